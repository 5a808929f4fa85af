package hub

import (
	"context"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// PublisherOptions is what a [Publisher] needs to know.
type PublisherOptions struct {
	Hubs   []string     // absolute URLs
	Client *http.Client // nil for one of its own; its time limit and its way with redirects do not count
	Logger *slog.Logger // may be nil
}

// Publisher tells hubs which feeds have changed: each hub for itself, in the background. One that fails
// is asked again, later and later, a bounded number of times; what changes meanwhile waits as one notice
// a feed. Nothing of it outlives the process.
type Publisher struct {
	client  http.Client
	log     *slog.Logger
	outlets []*outlet
}

// NewPublisher returns a publisher that tells nothing until [Publisher.Run] is called.
func NewPublisher(o PublisherOptions) *Publisher {
	p := &Publisher{log: o.Logger}
	if o.Client != nil {
		p.client = *o.Client
	}
	p.client.Timeout = 10 * time.Second
	// A publication that is led elsewhere was not received.
	p.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	for _, hub := range o.Hubs {
		p.outlets = append(p.outlets, &outlet{hub: hub, notices: map[string]notice{}, wake: make(chan struct{}, 1)})
	}
	return p
}

// Publish notes that the feeds at these URLs have changed. It never waits for a hub, and may be
// called from any goroutine, before Run too.
func (p *Publisher) Publish(topics []string) {
	for _, o := range p.outlets {
		o.add(topics)
	}
}

// Run tells the hubs until ctx is done, and returns when nothing of it is under way any more.
func (p *Publisher) Run(ctx context.Context) {
	var wg sync.WaitGroup
	for _, o := range p.outlets {
		wg.Go(func() { p.serve(ctx, o) })
	}
	wg.Wait()
}

// outlet is one hub and what it is to be told.
type outlet struct {
	hub  string
	wake chan struct{} // holds one when there are new notices

	mu      sync.Mutex
	notices map[string]notice // by topic: never more than there are feeds

	until time.Time // before which the hub is left alone; owned by serve
}

// notice is what a hub has not been told yet.
type notice struct {
	tries int       // that have failed
	due   time.Time // zero: at once
}

func (o *outlet) add(topics []string) {
	o.mu.Lock()
	for _, t := range topics {
		o.notices[t] = notice{}
	}
	o.mu.Unlock()
	select {
	case o.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// take removes the notices that are due, so that a change which comes while they are told is told
// again.
func (o *outlet) take(now time.Time) map[string]notice {
	o.mu.Lock()
	defer o.mu.Unlock()
	due := map[string]notice{}
	for t, n := range o.notices {
		if !n.due.After(now) {
			due[t] = n
			delete(o.notices, t)
		}
	}
	return due
}

// putBack keeps a notice for later, unless there is a newer one.
func (o *outlet) putBack(topic string, n notice) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, ok := o.notices[topic]; !ok {
		o.notices[topic] = n
	}
}

// next is when the first of the notices is due and the hub may be asked, or zero without any.
func (o *outlet) next() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	var next time.Time
	for _, n := range o.notices {
		due := n.due
		if due.Before(o.until) {
			due = o.until
		}
		if next.IsZero() || due.Before(next) {
			next = due
		}
	}
	return next
}

// serve tells one hub what is due, whenever something is.
func (p *Publisher) serve(ctx context.Context, o *outlet) {
	for ctx.Err() == nil {
		now := time.Now()
		if !now.Before(o.until) {
			p.tellAll(ctx, o, o.take(now))
		}
		var again <-chan time.Time
		if next := o.next(); !next.IsZero() {
			again = time.After(time.Until(next))
		}
		select {
		case <-ctx.Done():
		case <-o.wake:
		case <-again:
		}
	}
}

// waits are the pauses before the second and each later try; after the last one a notice is given up.
var waits = []time.Duration{10 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour}

// tellAll tells the hub of each topic, and stops to ask it once it proves to be down.
func (p *Publisher) tellAll(ctx context.Context, o *outlet, due map[string]notice) {
	var down *failure
	for _, topic := range slices.Sorted(maps.Keys(due)) {
		f := down
		if f == nil {
			f = p.tell(ctx, o.hub, topic)
		}
		if f == nil {
			continue
		}
		if ctx.Err() != nil {
			return
		}
		n := due[topic]
		if n.tries >= len(waits) {
			p.log.Warn("hub not told", "hub", o.hub, "feed", topic, "tries", n.tries+1, "error", f.err)
			n.due = time.Now().Add(waits[0])
		} else {
			pause := max(waits[n.tries], f.after)
			n.due = time.Now().Add(pause + rand.N(pause/10))
			n.tries++
			o.putBack(topic, n)
		}
		if f.down && down == nil {
			down, o.until = f, n.due
			p.log.Info("hub is down", "hub", o.hub, "error", f.err, "again", n.due.Format(time.RFC3339))
		}
	}
}
