package main

import (
	"context"
	"testing"

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
