package main

import (
	"context"
	"errors"
	"time"

	"feedmill/catalog"
	"feedmill/server"
)

// order is a rebuild to be answered when it is served.
type order struct {
	since time.Time
	reply chan<- outcome // has room for the answer
}

// outcome is what has come of an order.
type outcome struct {
	rebuilt server.Rebuilt
	err     error
}

// rebuild looks at everything again, and returns when that is served.
func (d *daemon) rebuild(ctx context.Context) (server.Rebuilt, error) {
	reply := make(chan outcome, 1)
	select {
	case d.orders <- order{time.Now(), reply}:
	case <-ctx.Done():
		return server.Rebuilt{}, ctx.Err()
	case <-d.done:
		return server.Rebuilt{}, errGoingDown
	}
	select {
	case is := <-reply:
		return is.rebuilt, is.err
	case <-ctx.Done():
		return server.Rebuilt{}, ctx.Err()
	}
}

var errGoingDown = errors.New("the daemon is going down")

// demand asks for a look at everything that nobody waits for.
func (d *daemon) demand() {
	select {
	case d.demands <- struct{}{}:
	default: // there is one already that has not begun
	}
}

// hint tells that a reader has found a file to be another one than the snapshot has.
func (d *daemon) hint() {
	select {
	case d.hints <- struct{}{}:
	default: // there is one already
	}
}

// obey answers the order and all others that wait by now with one look: it begins after each of
// them was given. Those that come while it lasts share the next.
func (d *daemon) obey(ctx context.Context, first order) {
	waiting := []order{first}
	for more := true; more; {
		select {
		case o := <-d.orders:
			waiting = append(waiting, o)
		default:
			more = false
		}
	}
	r, err := d.look(ctx, catalog.Change{Rescan: true, Reread: true})
	out := server.Rebuilt{
		Scanned: r.Scanned, Parsed: r.Parsed, Changed: r.Changed, Removed: r.Removed, FeedsChanged: r.Feeds, Doubt: r.Doubt,
	}
	if snap := d.site.Load().catalog.Current(); snap != nil {
		out.Problems = len(snap.Problems)
	}
	for _, o := range waiting {
		out.TookMS = time.Since(o.since).Milliseconds()
		o.reply <- outcome{out, err}
	}
}
