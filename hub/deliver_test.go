package hub_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"feedmill/hub"
	"feedmill/hub/local"
)

// TestTarpits delivers to many who take what they are sent and never answer, and to a few who do:
// those need not wait for the others, which hold on for as long as they are let.
func TestTarpits(t *testing.T) {
	const tarpits, each, well = 60, 5, 30
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
	until(t, "all who are well have it", func() bool { return r.sends.Figures()["delivered"] == well })
	for range well {
		if got := <-s.sent; got.body != "text 2" {
			t.Errorf("sent %q", got.body)
		}
	}
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
