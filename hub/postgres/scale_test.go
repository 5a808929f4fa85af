package postgres_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"feedmill/hub"
	"feedmill/internal/pgserver"
)

// TestScale measures the store alone: FEEDMILL_SUBSCRIPTIONS of them on one topic, a tenth of which
// fail for good, through one save after another. Four workers claim a hundred at a time.
func TestScale(t *testing.T) {
	total, _ := strconv.Atoi(os.Getenv("FEEDMILL_SUBSCRIPTIONS"))
	if total == 0 {
		t.Skip("set FEEDMILL_SUBSCRIPTIONS=100000")
	}
	server := pgserver.Get(t)
	s := open(t, server.Place(t))
	begin := time.Now()
	err := s.Restore(t.Context(), func(yield func(hub.Subscription) bool) {
		for i := range total {
			sub := hub.Subscription{Topic: topic, Callback: fmt.Sprintf("https://h%d.example/%d", i%5000, i), Secret: "s", Expires: begin.Add(time.Hour)}
			if !yield(sub) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("restored %d in %v", total, time.Since(begin))
	for version := range 4 {
		begin = time.Now()
		v := hub.Version{ETag: strconv.Itoa(9 - version), Modified: time.Unix(int64(version), 0)}
		if err := s.Publish(t.Context(), map[string]hub.Version{topic: v}); err != nil {
			t.Fatal(err)
		}
		t.Logf("save %d: published after %v", version, time.Since(begin))
		var all sync.WaitGroup
		var mu sync.Mutex
		var at []time.Duration
		for range 4 {
			all.Go(func() {
				work(t, s, func(n int) {
					mu.Lock()
					defer mu.Unlock()
					for range n {
						at = append(at, time.Since(begin))
					}
				})
			})
		}
		all.Wait()
		if t.Failed() || len(at) == 0 {
			t.Fatalf("delivered %d", len(at))
		}
		slices.Sort(at)
		t.Logf("save %d: %d settled, the median after %v, the last after %v", version, len(at), at[len(at)/2], at[len(at)-1])
		begin = time.Now()
		if _, err := s.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
		took := time.Since(begin)
		begin = time.Now()
		if ds, err := s.Claim(t.Context(), 100, time.Minute, nil); err != nil || len(ds) > 0 {
			t.Fatalf("Claim = %d, %v", len(ds), err)
		}
		t.Logf("save %d: idle, Next takes %v, Claim %v", version, took, time.Since(begin))
	}
}

// work claims and settles until nothing is left. Every tenth host answers with failures.
func work(t *testing.T, s hub.Store, settled func(n int)) {
	for {
		ds, err := s.Claim(t.Context(), 100, time.Minute, nil)
		if err != nil {
			t.Error(err)
			return
		}
		if len(ds) == 0 {
			return
		}
		var done []hub.Outcome
		for _, d := range ds {
			o := hub.Outcome{Delivery: d, Tried: true, Has: d.Newest.ETag}
			var host, path int
			if fmt.Sscanf(d.Callback, "https://h%d.example/%d", &host, &path); host%10 == 0 {
				o.Has, o.Again = "", time.Hour
			}
			done = append(done, o)
		}
		if err := s.Settle(t.Context(), done); err != nil {
			t.Error(err)
			return
		}
		settled(len(done))
	}
}
