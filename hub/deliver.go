package hub

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// DelivererOptions is what a [Deliverer] needs to know. All but Logger must be set.
type DelivererOptions struct {
	Hub    string // URL of the hub that subscribers know
	Store  Store
	Client *http.Client // for callbacks: of [NewClient]

	// Content returns what is new in a topic since it had the ETag, or all of it where that is not
	// known; [ErrUnknownTopic] where there is none. It is safe for concurrent use.
	Content func(ctx context.Context, topic, since string) (Content, error)
	Logger  *slog.Logger
}

const (
	senders   = 256             // deliveries at a time
	slowest   = senders / 4     // of those that are slow, or to hosts that failed last
	mostClaim = 2 * senders     // claimed at a time
	holdTime  = 2 * time.Minute // of a claim, in which its delivery begins or is somebody else's
	slowAfter = time.Second
	pollEvery = time.Second // whether others have published, or have left something undone
	farewell  = 3 * time.Second
)

// Deliverer sends subscribers what is new in their topics (WebSub §7), at least once. All that it
// knows of what is to do is in the store.
type Deliverer struct {
	o        DelivererOptions
	log      *slog.Logger
	contents contents
	wake     chan struct{} // holds one when there are new versions
	reports  chan report

	mu     sync.Mutex
	newest map[string]Version // that the store does not know yet

	failing failing

	// What follows is the business of Run alone.
	hosts  map[string]*host
	inHand int // claimed deliveries
	fast   int // under way
	slow   int // likewise, in the lane for slow ones

	delivered, failed, gone atomic.Uint64
}

// NewDeliverer returns a deliverer that sends nothing until [Deliverer.Run] is called.
func NewDeliverer(o DelivererOptions) *Deliverer {
	d := &Deliverer{o: o, log: o.Logger, wake: make(chan struct{}, 1), reports: make(chan report, senders), newest: map[string]Version{}, failing: failing{hosts: map[string]failures{}}, hosts: map[string]*host{}}
	d.contents.make = o.Content
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	return d
}

// Publish notes what topics hold now. It never waits, and may be called from any goroutine, before
// Run too.
func (d *Deliverer) Publish(newest map[string]Version) {
	d.mu.Lock()
	maps.Copy(d.newest, newest)
	d.mu.Unlock()
	select {
	case d.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// Figures returns how many deliveries there were so far, by what became of them. It may be called
// from any goroutine.
func (d *Deliverer) Figures() map[string]uint64 {
	return map[string]uint64{"delivered": d.delivered.Load(), "failed": d.failed.Load(), "gone": d.gone.Load()}
}

// Run delivers until ctx is done, and returns when nothing is under way any more.
func (d *Deliverer) Run(ctx context.Context) {
	keeping := context.WithoutCancel(ctx) // what has been done is written down to the end
	sending, stop := context.WithCancel(keeping)
	defer stop()
	trouble := time.Duration(0) // for how long the store is left alone
	for ctx.Err() == nil {
		pause, err := d.step(ctx, sending)
		if err != nil && ctx.Err() == nil {
			trouble = min(max(2*trouble, 250*time.Millisecond), 15*time.Second)
			d.log.Warn("subscriptions", "error", err, "again", trouble)
			pause = trouble
		} else {
			trouble = 0
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-d.wake:
			if trouble > 0 { // not at once
				select {
				case <-timer.C:
				case <-ctx.Done():
				}
			}
		case r := <-d.reports:
			d.settle(keeping, r)
		}
		timer.Stop()
	}
	var left []Outcome
	for _, h := range d.hosts {
		left = append(left, d.release(h, 0, 0)...)
	}
	d.keep(keeping, left)
	time.AfterFunc(farewell, stop)
	for d.fast+d.slow > 0 {
		d.settle(keeping, <-d.reports)
	}
}

// step tells the store what is new, claims what there is room for and begins it. It returns when to
// look again.
func (d *Deliverer) step(ctx, sending context.Context) (time.Duration, error) {
	if err := d.publish(ctx); err != nil {
		return 0, err
	}
	now := time.Now()
	var except []string
	lane := slowest - d.slow // hosts that are sick and may be asked for
	for name, h := range d.hosts {
		switch {
		case h.idle(now, len(d.hosts) > mostRest):
			delete(d.hosts, name)
		case !h.free(now) || len(h.waiting) > 0 || h.sick() && lane <= 0:
			except = append(except, name)
		case h.sick():
			lane--
		}
	}
	if room := mostClaim - d.inHand; room >= senders/2 {
		all, err := d.o.Store.Claim(ctx, room, holdTime, except)
		if err != nil {
			return 0, err
		}
		for _, c := range all {
			name := Host(c.Callback)
			h := d.hosts[name]
			if h == nil {
				h = &host{}
				d.hosts[name] = h
			}
			h.waiting = append(h.waiting, claimed{c, now})
			d.inHand++
		}
	}
	d.begin(sending, now)
	// Who waits behind many of one host must not wait for that host, and nobody for sick ones.
	var over []Outcome
	for _, h := range d.hosts {
		few := inLine
		if h.sick() {
			few = 0
		}
		over = append(over, d.release(h, few, 0)...)
	}
	if len(over) > 0 {
		return 0, d.o.Store.Settle(ctx, over)
	}
	if d.inHand > 0 || len(except) > 0 { // the end of a delivery is told, and a host's rest lasts longer
		return pollEvery, nil
	}
	next, err := d.o.Store.Next(ctx)
	if err != nil || next.IsZero() {
		return pollEvery, err
	}
	return min(max(time.Until(next), 10*time.Millisecond), pollEvery), nil
}

// publish tells the store of new versions.
func (d *Deliverer) publish(ctx context.Context) error {
	d.mu.Lock()
	newest := d.newest
	d.newest = map[string]Version{}
	d.mu.Unlock()
	if len(newest) == 0 {
		return nil
	}
	err := d.o.Store.Publish(ctx, newest)
	if err != nil {
		d.mu.Lock()
		maps.Copy(newest, d.newest) // what has come meanwhile is newer
		d.newest = newest
		d.mu.Unlock()
	}
	return err
}

// begin begins the deliveries that there is room for.
func (d *Deliverer) begin(ctx context.Context, now time.Time) {
	for name, h := range d.hosts {
		for len(h.waiting) > 0 && h.free(now) {
			sick := h.sick()
			if sick && d.slow >= slowest || !sick && d.fast >= senders-slowest {
				break
			}
			next := h.waiting[0]
			h.waiting = h.waiting[1:]
			// A claim that runs out is given again by the store; who has left is not written to.
			if now.Sub(next.at) > holdTime-answerTime || !next.Expires.After(now) {
				d.inHand--
				continue
			}
			h.busy++
			if sick {
				d.slow++
			} else {
				d.fast++
			}
			own, cancel := context.WithCancelCause(ctx)
			a := &attempt{Outcome: Outcome{Delivery: next.Delivery}, host: name, slow: sick, cancel: cancel}
			late := time.AfterFunc(slowAfter, func() {
				select {
				case d.reports <- report{a, true}:
				case <-own.Done():
				}
			})
			go func() {
				d.attempt(own, a)
				late.Stop()
				cancel(nil)
				d.reports <- report{a, false}
			}()
		}
	}
}
