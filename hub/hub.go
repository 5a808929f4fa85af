// Package hub speaks WebSub (W3C Recommendation of 23 January 2018), both parts of it.
//
// A [Hub] takes subscriptions to the site's own feeds, and a [Deliverer] sends the subscribers what is
// new; who is to be sent what follows from a [Store], in which subscriptions are kept. A [Publisher]
// tells hubs elsewhere which feeds have changed.
package hub

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Options is what a [Hub] needs to know. All but Allow, Ports and Logger must be set.
type Options struct {
	Store     Store
	Topic     func(url string) (etag string, ok bool) // tells what a feed holds now, and whether there is one; safe for concurrent use
	Client    *http.Client                            // for callbacks: of [NewClient]
	AllowHTTP bool                                    // callbacks need not be https
	Allow     []netip.Prefix                          // as for NewClient
	Ports     []int                                   // of callbacks, beside 443 and 80
	Own       *url.URL                                // base URL of the site, its host in lower case and ASCII: no place for callbacks
	Logger    *slog.Logger
}

const (
	askers    = 64         // verifications at a time
	slowAsked = askers / 4 // of those that take long
	waiting   = 10_000     // requests that wait to be verified, at most

	mostOfTopic = 1_000_000 // subscriptions
	mostOfHost  = 100_000   // of one host

	countEvery = 10 * time.Second // to see whether there are too many
	sweepEvery = time.Hour
)

// Hub takes subscriptions to the site's own feeds (WebSub §5). It answers at once, and asks the
// subscriber afterwards.
type Hub struct {
	o      Options
	log    *slog.Logger
	queue  chan *request
	slow   chan struct{} // holds one for each verification that takes long
	limits *limits

	mu      sync.Mutex
	pending map[place]*request // the newest of each, which waits or is being verified
	figures map[string]uint64

	counting sync.Mutex
	counted  time.Time      // when the subscriptions were counted
	byTopic  map[string]int // subscriptions at that time
	byHost   map[string]int // likewise
}

// place is what there is one subscription for.
type place struct{ topic, callback string }

func (q *request) place() place { return place{q.topic, q.callback.String()} }

// NewHub returns a hub that verifies nothing until [Hub.Run] is called.
func NewHub(o Options) *Hub {
	h := &Hub{o: o, log: o.Logger, queue: make(chan *request, waiting), slow: make(chan struct{}, slowAsked), limits: newLimits(), pending: map[place]*request{}, figures: map[string]uint64{}}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	return h
}

// ServeHTTP answers a request to subscribe or to end that.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := h.accept(w, r)
	if err == nil {
		h.count("accepted")
		w.WriteHeader(http.StatusAccepted)
		return
	}
	f, ok := errors.AsType[*refusal](err)
	if !ok {
		h.log.Warn("hub", "error", err)
		f = &refusal{http.StatusServiceUnavailable, "try again later", "store"}
	}
	h.count(f.kind)
	if f.status == http.StatusServiceUnavailable || f.status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "60")
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(f.status)
	_, _ = w.Write([]byte(f.reason + "\n"))
}

func (h *Hub) accept(w http.ResponseWriter, r *http.Request) error {
	if from, err := netip.ParseAddrPort(r.RemoteAddr); err == nil && !h.limits.source(from.Addr()) {
		return &refusal{http.StatusTooManyRequests, "too many requests", "too many"}
	}
	q, err := h.read(w, r)
	if err != nil {
		return err
	}
	if _, ok := h.o.Topic(q.topic); !ok && q.mode == "subscribe" {
		return &refusal{http.StatusNotFound, "hub.topic: want the address of a feed, as the feed itself says it", "topic"}
	}
	if !h.limits.host(q.callback.Hostname()) {
		return &refusal{http.StatusTooManyRequests, "too many requests for this callback's host", "too many"}
	}
	return h.enqueue(q)
}

// enqueue has the request verified. One for the same place that still waits is replaced by it.
func (h *Hub) enqueue(q *request) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, waits := h.pending[q.place()]; !waits {
		select {
		case h.queue <- q:
		default:
			return &refusal{http.StatusServiceUnavailable, "too many requests wait", "too many"}
		}
	}
	h.pending[q.place()] = q
	return nil
}

// Run verifies requests, and forgets subscriptions whose lease has ended, until ctx is done; what it has
// accepted by then it verifies for a moment more.
func (h *Hub) Run(ctx context.Context) {
	asking, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(farewell, stop) })()
	var asked errgroup.Group
	asked.SetLimit(askers)
	var wg sync.WaitGroup
	wg.Go(func() { h.sweep(ctx) })
	defer wg.Wait()
	ask := func(q *request) {
		asked.Go(func() error {
			h.verifyNewest(asking, q.place())
			return nil
		})
	}
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case q := <-h.queue:
			ask(q)
		}
	}
	for asking.Err() == nil && len(h.queue) > 0 { // nobody else takes from it
		ask(<-h.queue)
	}
	_ = asked.Wait() // it has no errors
}

// verifyNewest verifies what is asked for the place, until nothing newer is.
func (h *Hub) verifyNewest(ctx context.Context, p place) {
	var done *request
	for {
		h.mu.Lock()
		q := h.pending[p]
		if q == done {
			delete(h.pending, p)
			h.mu.Unlock()
			return
		}
		h.mu.Unlock()
		if err := h.verify(ctx, q); err != nil {
			h.count("unverified")
			h.log.Info("subscription not verified", "mode", q.mode, "feed", q.topic, "host", q.callback.Hostname(), "error", plain(err))
		} else {
			h.count("verified")
			h.log.Info(q.mode+"d", "feed", q.topic, "host", q.callback.Hostname())
		}
		done = q
	}
}

func (h *Hub) sweep(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		if n, err := h.o.Store.Sweep(ctx); err != nil && ctx.Err() == nil {
			h.log.Warn("subscriptions", "error", err)
		} else if n > 0 {
			h.log.Info("subscriptions ended", "count", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (h *Hub) count(kind string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.figures[kind]++
}

// Figures returns how many requests there were so far, by what became of them. It may be called from
// any goroutine.
func (h *Hub) Figures() map[string]uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := map[string]uint64{}
	for kind, n := range h.figures {
		all[kind] = n
	}
	return all
}
