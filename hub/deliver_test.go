package hub_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"feedmill/hub"
	"feedmill/hub/local"
)

// TestTarpits delivers to many who take what they are sent and never answer, and to a few who do.
// Those need not wait for the others, be these many hosts or many subscribers of one: all who are well
// have what is new while of those at few hosts not one has been given up yet.
func TestTarpits(t *testing.T) {
	for _, test := range []struct{ hosts, each int }{{60, 5}, {2, 900}, {6, 300}} {
		t.Run(fmt.Sprintf("%d hosts of %d", test.hosts, test.each), func(t *testing.T) { tarpits(t, test.hosts, test.each) })
	}
}

func tarpits(t *testing.T, tarpits, each int) {
	const well = 200
	s := newSubscriber(t)
	r := start(t, loopback, s.URL)
	subscribe := func(callback string) {
		t.Helper()
		if err := r.store.Subscribe(t.Context(), hub.Subscription{Topic: topic, Callback: callback, Has: "1"}, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	for i := range tarpits {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.1.%d:0", i+1))
		if err != nil {
			t.Skip("addresses of 127.0.0.0/8 are not all this machine's:", err)
		}
		defer l.Close() // what waits to be accepted is never answered
		for n := range each {
			subscribe(fmt.Sprintf("http://%s/%d", l.Addr(), n))
		}
	}
	for n := range well {
		subscribe(fmt.Sprintf("%s/%d", s.URL, n))
	}
	r.publish(2)
	for range well {
		if got := <-s.sent; got.body != "text 2" {
			t.Errorf("sent %q", got.body)
		}
	}
	if n := r.sends.Figures()["failed"]; tarpits < 10 && n > 0 {
		t.Errorf("%d who never answer were waited for", n)
	}
}

// slowHost is a deliverer of its own time, to many subscribers of one host, whom send answers for.
func slowHost(t *testing.T, subscribers int, lease time.Duration, is hub.Version, send func()) (store *local.Store, asked *atomic.Int32, end func()) {
	t.Helper()
	store, asked = local.New(nil), new(atomic.Int32)
	for n := range subscribers {
		if err := store.Subscribe(t.Context(), hub.Subscription{Topic: topic, Callback: fmt.Sprintf("https://reader.example/%d", n), Has: "1"}, lease); err != nil {
			t.Fatal(err)
		}
	}
	d := hub.NewDeliverer(hub.DelivererOptions{
		Hub: "https://blog.example/hub", Store: store,
		Client: &http.Client{Transport: round(func(*http.Request) (*http.Response, error) {
			send()
			return &http.Response{StatusCode: http.StatusNoContent, Header: http.Header{}, Body: http.NoBody}, nil
		})},
		Content: func(context.Context, string, string) (hub.Content, error) {
			asked.Add(1)
			return hub.Content{Version: is}, nil
		},
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { d.Run(ctx); close(ended) }()
	d.Publish(map[string]hub.Version{topic: {ETag: "2", Modified: time.Unix(2, 0)}})
	return store, asked, func() { stop(); <-ended }
}

// TestLease has more subscribers of a slow host than can be reached before their lease ends.
func TestLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const lease = time.Minute
		begin := time.Now()
		var late atomic.Int32
		_, _, end := slowHost(t, 200, lease, hub.Version{ETag: "2", Modified: time.Unix(2, 0)}, func() {
			if time.Since(begin) >= lease {
				late.Add(1)
			}
			time.Sleep(5 * time.Second)
		})
		time.Sleep(10 * lease)
		end()
		if n := late.Load(); n > 0 {
			t.Errorf("%d were sent something after their lease", n)
		}
	})
}

// TestAhead has another version than the store was told of: one that is newer is sent once, one that is
// older never, and one with the same content, whatever its time, is that.
func TestAhead(t *testing.T) {
	for name, is := range map[string]hub.Version{
		"ahead": {ETag: "3", Modified: time.Unix(3, 0)}, "behind": {ETag: "1a", Modified: time.Unix(2, 0)},
		"equal, and does not know since when": {ETag: "2", Modified: time.Unix(1, 0)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var sent atomic.Int32
				_, asked, end := slowHost(t, 1, time.Hour, is, func() { sent.Add(1) })
				time.Sleep(10 * time.Second)
				end()
				if n := asked.Load(); n > 20 {
					t.Errorf("content asked for %d times in 10 s", n)
				}
				want := int32(1)
				if name == "behind" {
					want = 0
				}
				if sent.Load() != want {
					t.Errorf("sent %d times, want %d", sent.Load(), want)
				}
			})
		})
	}
}

// TestUnknown has a feed that another process has published, and that this one learns of later: it is waited
// for as long again as it has been there, so not often and not for long.
func TestUnknown(t *testing.T) {
	for _, wait := range []time.Duration{5 * time.Second, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			store, asked, begin := local.New(nil), 0, time.Now()
			newest := hub.Version{ETag: "2", Modified: begin}
			if err := store.Subscribe(t.Context(), hub.Subscription{Topic: topic, Callback: "https://reader.example/", Has: "1"}, 24*time.Hour); err != nil {
				t.Fatal(err)
			}
			if err := store.Publish(t.Context(), map[string]hub.Version{topic: newest}); err != nil {
				t.Fatal(err)
			}
			var sent time.Duration
			d := hub.NewDeliverer(hub.DelivererOptions{
				Hub: "https://blog.example/hub", Store: store,
				Client: saying(func(*http.Request) string { sent = time.Since(begin); return "" }),
				Content: func(context.Context, string, string) (hub.Content, error) {
					if asked++; time.Since(begin) < wait {
						return hub.Content{}, hub.ErrUnknownTopic
					}
					return hub.Content{Version: newest}, nil
				},
			})
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() { d.Run(ctx); close(ended) }()
			time.Sleep(2 * time.Hour)
			stop()
			<-ended
			if sent < wait || sent > min(2*wait, wait+10*time.Minute)+5*time.Second || asked > 30 {
				t.Errorf("known after %v: sent after %v, asked for %d times", wait, sent, asked)
			}
		})
	}
}

// TestRelease ends a deliverer whose subscribers wait for their host: another one has them at once.
func TestRelease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, _, end := slowHost(t, 100, time.Hour, hub.Version{ETag: "2", Modified: time.Unix(2, 0)}, func() { time.Sleep(2 * time.Second) })
		time.Sleep(time.Second)
		end()
		left, err := store.Claim(t.Context(), 1000, time.Minute, nil)
		if err != nil || len(left) != 96 {
			t.Errorf("%d are left, %v; want all but the four under way", len(left), err)
		}
	})
}

// TestBurst publishes faster than anybody can be sent it: a subscriber gets the last version, and far
// fewer than all.
func TestBurst(t *testing.T) {
	s := newSubscriber(t)
	r := start(t, loopback, s.URL)
	r.post(form("subscribe", s.URL))
	until(t, "subscribed", func() bool { _, ok := r.has(t, s.URL); return ok })
	go func() {
		for n := range 1000 {
			r.publish(int64(n) + 2)
		}
	}()
	times := 0
	for got := (sent{}); got.body != "text 1001"; times++ {
		got = <-s.sent
	}
	if times > 500 {
		t.Errorf("sent %d times", times)
	}
}

// TestFailure shows that an error ends no subscription, and is tried again later.
func TestFailure(t *testing.T) {
	s := newSubscriber(t)
	r := start(t, loopback, s.URL)
	r.post(form("subscribe", s.URL))
	until(t, "subscribed", func() bool { _, ok := r.has(t, s.URL); return ok })
	s.status.Store(http.StatusNotFound)
	r.publish(2)
	<-s.sent
	until(t, "noted", func() bool {
		is, ok := r.has(t, s.URL)
		return ok && is.Failures == 1 && time.Until(is.Due) > 5*time.Second
	})
}

// TestFailing tells of a host that is down, until one of its subscribers is reached.
func TestFailing(t *testing.T) {
	s := newSubscriber(t)
	r := start(t, loopback, s.URL)
	for i, path := range []string{"/a", "/b"} {
		r.post(form("subscribe", s.URL+path))
		until(t, "subscribed", func() bool { _, ok := r.has(t, s.URL+path); return ok })
		s.status.Store(http.StatusServiceUnavailable)
		if path == "/b" {
			s.status.Store(http.StatusOK)
		}
		r.publish(int64(2 + i))
		until(t, "told of "+path, func() bool { return (len(r.sends.Failing()) == 0) == (path == "/b") })
		if path == "/a" && r.sends.Failing()["127.0.0.1"] != 1 {
			t.Errorf("Failing() = %v, want one failure of 127.0.0.1", r.sends.Failing())
		}
	}
}

// round is a [http.RoundTripper] without a network.
type round func(*http.Request) (*http.Response, error)

func (f round) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestSchedule shows when a subscriber that fails is tried again: later and later, not before the
// time that it asks for, and never after the end of its lease.
func TestSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tries []time.Time
		client := &http.Client{Transport: round(func(*http.Request) (*http.Response, error) {
			tries = append(tries, time.Now())
			resp := &http.Response{StatusCode: http.StatusInternalServerError, Header: http.Header{}, Body: http.NoBody}
			if len(tries) == 2 {
				resp.StatusCode = http.StatusTooManyRequests
				resp.Header.Set("Retry-After", "3600")
			}
			return resp, nil
		})}
		store := local.New(nil)
		newest := hub.Version{ETag: "2", Modified: time.Now()}
		d := hub.NewDeliverer(hub.DelivererOptions{
			Hub: "https://blog.example/hub", Store: store, Client: client,
			Content: func(context.Context, string, string) (hub.Content, error) { return hub.Content{Version: newest}, nil },
		})
		const lease = 48 * time.Hour
		end := time.Now().Add(lease)
		if err := store.Subscribe(t.Context(), hub.Subscription{Topic: topic, Callback: "https://reader.example/", Has: "1"}, lease); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { d.Run(ctx); close(ended) }()
		d.Publish(map[string]hub.Version{topic: newest})
		time.Sleep(3 * lease)
		stop()
		<-ended

		want := []time.Duration{10 * time.Second, time.Hour, 2 * time.Minute, 10 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour, 12 * time.Hour}
		for i, pause := range want {
			if i+1 >= len(tries) {
				t.Fatalf("%d tries, want more", len(tries))
			}
			// A quarter is added by chance, and after three failures the host has its rest.
			if gap := tries[i+1].Sub(tries[i]); gap < pause || gap > pause+pause/4+2*time.Minute {
				t.Errorf("pause %d is %v, want %v or a quarter more", i+1, gap, pause)
			}
		}
		if last := tries[len(tries)-1]; last.After(end) || len(tries) > len(want)+3 {
			t.Errorf("%d tries, the last %v after the end of the lease", len(tries), last.Sub(end))
		}
	})
}
