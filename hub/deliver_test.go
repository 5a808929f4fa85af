package hub_test

import (
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"feedmill/hub"
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
