package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"feedmill/catalog"
	"feedmill/watcher"
)

// rounds are the looks at everything that the watcher asks for now and then. Nobody waits for what they may
// find, so they give way to what has happened, and rest for long where they take long.
type rounds struct {
	ended time.Time // when the last one did that was not given up
	took  time.Duration
	lost  int // how many were given up since
}

const (
	roundsRest = 20 // times as long as the last one took
	mostLost   = 3  // the next one is not given up
)

// due reports whether another look is worth its time.
func (r *rounds) due(now time.Time) bool { return now.Sub(r.ended) >= roundsRest*r.took }

// end notes how a look has ended that began then: err says that it was given up.
func (r *rounds) end(begun time.Time, err error) {
	if r.lost++; err == nil {
		*r = rounds{ended: time.Now(), took: time.Since(begun)}
	}
}

// take looks where a batch of the watcher says.
func (d *daemon) take(ctx context.Context, b watcher.Batch) {
	var err error
	look := func(ctx context.Context) {
		if b.Rescan {
			d.log.Debug("rescan", "reason", b.Reason)
		}
		_, err = d.look(ctx, catalog.Change{Paths: b.Paths, Rescan: b.Rescan})
	}
	begun := time.Now()
	switch {
	case !b.Routine():
		look(ctx) // an error is in the log
	case d.rounds.due(begun):
		if d.rounds.lost < mostLost {
			d.meanwhile(ctx, look)
		} else {
			look(ctx)
		}
		d.rounds.end(begun, err)
	}
}

// prepare reads what the next batch will tell of. Until that has come, what has not settled is not looked at
// again: it would be found in motion.
func (d *daemon) prepare(ctx context.Context, paths []string) {
	s := d.site.Load()
	c := s.catalog
	if wait := time.Now().Add(burstRest * s.cfg.Watch.Settle); !d.later.IsZero() && d.later.Before(wait) {
		d.later = wait
	}
	if d.from != nil || c.Current() == nil {
		return // what comes next is a look at everything
	}
	d.meanwhile(ctx, func(ctx context.Context) {
		d.busy.Store(time.Now().Unix())
		defer d.busy.Store(0)
		if err := c.Prepare(ctx, paths); err != nil {
			d.log.Debug("watch", "problem", "changed files could not be read in advance; they are read when all have come", "error", err)
		}
	})
}

// burstRest is after how many settle times a batch has come that was told early, and more.
const burstRest = 5

// meanwhile does what gives way to what the watcher tells, and looks at that then.
func (d *daemon) meanwhile(ctx context.Context, do func(context.Context)) {
	if b, is := giveWay(ctx, d.site.Load().batches, do); is {
		d.take(ctx, b)
	}
}

// errGaveWay is why something was given up for now.
var errGaveWay = errors.New("something has happened that is looked at first")

func gaveWay(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errGaveWay) }

// giveWay calls do with a context that ends, by errGaveWay, when a batch comes that is no routine, and returns
// that. Routine is left out meanwhile.
func giveWay(ctx context.Context, batches <-chan watcher.Batch, do func(context.Context)) (b watcher.Batch, is bool) {
	doing, end := context.WithCancelCause(ctx)
	var listening sync.WaitGroup
	listening.Go(func() {
		for !is {
			select {
			case next, open := <-batches:
				if open && next.Routine() {
					continue
				}
				end(errGaveWay)
				if b, is = next, open; !open {
					return
				}
			case <-doing.Done():
				return
			}
		}
	})
	do(doing)
	end(nil)
	listening.Wait()
	return b, is
}
