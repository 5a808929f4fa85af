package server

import (
	"context"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// TestSending has one client who takes all that it gets, and others who want a file, too.
func TestSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSending(4)
		slow, other := netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("192.0.2.2/32")
		begin := func(client netip.Prefix) (end func(), took time.Duration) {
			start := time.Now()
			end, _ = s.begin(t.Context(), client)
			return end, time.Since(start)
		}
		begin(slow)
		end, _ := begin(slow)
		if third, took := begin(slow); third != nil || took != sendingWait {
			t.Errorf("one client gets more than half, after %s", took)
		}
		begin(other)
		if another, took := begin(other); another == nil || took != 0 {
			t.Errorf("another client waits for %s", took)
		}
		time.AfterFunc(time.Second, end)
		if third, took := begin(slow); third == nil || took > 2*time.Second {
			t.Errorf("a client waits for %s where one of its files has been sent after a second", took)
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		if _, ok := s.begin(gone, other); ok {
			t.Error("a client who is gone gets a file")
		}
	})
}
