package main

import (
	"context"
	"testing"
	"time"

	"feedmill/catalog"
	"feedmill/config"
	"feedmill/watcher"
)

// TestGiveWay lets the watcher tell of something, or of nothing, while something else is done.
func TestGiveWay(t *testing.T) {
	batches := make(chan watcher.Batch)
	_, is := giveWay(t.Context(), batches, func(ctx context.Context) {
		batches <- watcher.Batch{Rescan: true, Reason: "reconcile"}
		if ctx.Err() != nil {
			t.Error("it gives way to routine")
		}
	})
	if is {
		t.Error("something has happened, want nothing")
	}

	b, is := giveWay(t.Context(), batches, func(ctx context.Context) {
		batches <- watcher.Batch{Paths: []string{"a.md"}}
		<-ctx.Done()
		if !gaveWay(ctx) {
			t.Errorf("it ends by %v", context.Cause(ctx))
		}
	})
	if !is || len(b.Paths) != 1 {
		t.Errorf("what has happened is %+v, %v", b, is)
	}

	close(batches)
	if _, is = giveWay(t.Context(), batches, func(ctx context.Context) { <-ctx.Done() }); is {
		t.Error("the end of the watcher is something that has happened")
	}
}

// TestPrepareWaits states that what has not settled waits for the batch that is told early, and for nothing else.
func TestPrepareWaits(t *testing.T) {
	cfg := &config.Config{}
	cfg.Watch.Settle = time.Minute
	d := &daemon{}
	d.site.Store(&site{cfg: cfg, catalog: catalog.New(catalog.Options{})})
	d.prepare(t.Context(), nil)
	if !d.later.IsZero() {
		t.Errorf("the next look is at %v, want none: there is nothing to settle", d.later)
	}
	now := time.Now()
	d.later = now.Add(time.Second)
	d.prepare(t.Context(), nil)
	if wait := d.later.Sub(now); wait < 4*time.Minute || wait > 6*time.Minute {
		t.Errorf("the next look is in %v, want some settle times", wait)
	}
	d.later = now.Add(time.Hour)
	d.prepare(t.Context(), nil)
	if !d.later.Equal(now.Add(time.Hour)) {
		t.Errorf("the next look is at %v, want it when it was due", d.later)
	}
}
