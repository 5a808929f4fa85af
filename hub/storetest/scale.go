package storetest

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"feedmill/hub"
)

// Scale measures a store alone, as far as the environment asks for it: FEEDMILL_SUBSCRIPTIONS of them
// on one topic, a tenth of which fail for good, through one save after another. Four workers claim a
// hundred at a time.
func Scale(t *testing.T, open func(t *testing.T) hub.Store) {
	total, _ := strconv.Atoi(os.Getenv("FEEDMILL_SUBSCRIPTIONS"))
	if total == 0 {
		t.Skip("set FEEDMILL_SUBSCRIPTIONS=100000")
	}
	s := open(t)
	begin := time.Now()
	err := s.Restore(t.Context(), func(yield func(hub.Subscription) bool) {
		for i := range total {
			sub := hub.Subscription{Topic: topicA, Callback: fmt.Sprintf("https://h%d.example/%d", i%5000, i), Secret: "s", Expires: begin.Add(time.Hour)}
			if !yield(sub) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("restored %d in %v; %d MiB in use", total, time.Since(begin), inUse())
	for version := range 4 {
		begin = time.Now()
		v := hub.Version{ETag: strconv.Itoa(9 - version), Modified: time.Unix(int64(version), 0)}
		if err := s.Publish(t.Context(), map[string]hub.Version{topicA: v}); err != nil {
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
			if strings.Contains(d.Callback, "0.example/") {
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

// inUse returns the memory that this process holds, in MiB.
func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse >> 20
}
