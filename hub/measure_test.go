//go:build linux

package hub_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"feedmill/hub"
	"feedmill/hub/local"
	"feedmill/hub/postgres"
	"feedmill/internal/pgserver"
)

// stores are those that can be measured, empty.
var stores = map[string]func(*testing.T) (hub.Store, error){
	"bbolt":      func(t *testing.T) (hub.Store, error) { return local.Open(filepath.Join(t.TempDir(), "hub.db"), nil) },
	"PostgreSQL": func(t *testing.T) (hub.Store, error) { return postgres.Open(pgserver.New(t).URL()) },
}

// howMany is how many subscriptions the environment asks for. It skips the test where it asks for none.
func howMany(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("FEEDMILL_SUBSCRIPTIONS"))
	if err != nil {
		t.Skip("FEEDMILL_SUBSCRIPTIONS is not set: this takes minutes")
	}
	return n
}

// change is one that subscribers are sent.
type change struct {
	body []byte

	mu    sync.Mutex
	begin time.Time
	after []time.Duration // when it first came, by subscriber; 0: it has not
	came  int             // to how many
	again int             // how often it came once more
}

func (c *change) took(subscriber int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.after[subscriber] > 0 {
		c.again++
		return
	}
	c.after[subscriber] = time.Since(c.begin)
	c.came++
}

func (c *change) left(all int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return all - c.came
}

// of returns when it came to those subscribers, in order. Whoever calls knows that it did.
func (c *change) of(which func(subscriber int) bool) []time.Duration {
	var some []time.Duration
	for subscriber, d := range c.after {
		if which(subscriber) {
			some = append(some, d.Round(time.Millisecond))
		}
	}
	slices.Sort(some)
	return some
}

// deliver subscribes n to a topic, makes the change, and waits until it has come to all who are there.
// It returns the deliverer's figures, and tells what memory that took.
func (c *change) deliver(t *testing.T, kind string, client *http.Client, n int, callback func(subscriber int) string, there int) map[string]uint64 {
	t.Helper()
	c.after = make([]time.Duration, n)
	store, err := stores[kind](t)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil { // proc(5): peak begins anew
		t.Fatal(err)
	}
	before, begin := inUse(), time.Now()
	err = store.Restore(t.Context(), func(yield func(hub.Subscription) bool) {
		for i := range n {
			sub := hub.Subscription{Topic: topic, Callback: callback(i), Secret: "a secret of thirty-two bytes ...", Expires: begin.Add(24 * time.Hour), Has: "1"}
			if !yield(sub) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d subscriptions, kept after %v, take %d MiB", kind, n, time.Since(begin).Round(time.Millisecond), inUse()-before)

	newest := hub.Version{ETag: "2", Modified: time.Now()}
	d := hub.NewDeliverer(hub.DelivererOptions{
		Hub: "https://blog.example/hub", Store: store, Client: client,
		Content: func(context.Context, string, string) (hub.Content, error) {
			return hub.Content{Type: "application/atom+xml", Body: c.body, Version: newest}, nil
		},
	})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var running sync.WaitGroup
	worked := processors(t)
	c.begin = time.Now()
	d.Publish(map[string]hub.Version{topic: newest})
	running.Go(func() { d.Run(ctx) })
	told := time.Now()
	for left, last := c.left(there), time.Now(); left > 0; <-time.After(100 * time.Millisecond) {
		if time.Since(told) > 10*time.Second {
			told = time.Now()
			t.Logf("%v: %d lack it; %v", time.Since(c.begin).Round(time.Second), left, d.Figures())
		}
		if now := c.left(there); now < left {
			left, last = now, time.Now()
		} else if time.Since(last) > 5*time.Minute {
			t.Fatalf("%d of %d lack it, and nothing comes any more", left, there)
		}
	}
	stop()
	running.Wait()
	t.Logf("%d came more than once; %v; subscribers and all, this process had at most %d MiB of memory, and %v of the processors' time",
		c.again, d.Figures(), peak(t), (processors(t) - worked).Round(time.Millisecond))
	return d.Figures()
}

// processors returns how long they have worked for this process.
func processors(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// inUse returns the memory that Go's values take, in MiB.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc >> 20)
}

// peak returns the most memory that the process has had since its peak was last set back, in MiB.
func peak(t *testing.T) int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if m == nil {
		t.Fatal(fmt.Errorf("no VmHWM in %s", status))
	}
	kib, _ := strconv.Atoi(string(m[1]))
	return kib >> 10
}
