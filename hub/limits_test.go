package hub

import (
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// TestSource has one customer ask for more than is meant for one, and others who do not feel it.
func TestSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for asks, same := range map[string]string{
			"1.1.1.1":        "::ffff:1.1.1.1",
			"2606:4700::1":   "2606:4700::ffff:1", // of one network
			"2606:4700:1::1": "2606:4700:1:0:1::",
		} {
			l := newLimits()
			ask := func(ip string, times int) (taken int) {
				for range times {
					if l.source(netip.MustParseAddr(ip)) {
						taken++
					}
				}
				return taken
			}
			if n := ask(asks, 2*sourceBurst); n != sourceBurst {
				t.Errorf("%s: %d of %d were taken, want %d", asks, n, 2*sourceBurst, sourceBurst)
			}
			if n := ask(same, 10) + ask("9.9.9.9", 10) + ask("2001:4860::1", 10) + ask("10.0.0.1", 2*sourceBurst); n != 20+2*sourceBurst {
				t.Errorf("%s: %d were taken, want those of others and of a proxy alone", same, n)
			}
			time.Sleep(time.Second)
			if n := ask(asks, 100); n != sourceRate {
				t.Errorf("%s: %d were taken a second later, want %d", asks, n, sourceRate)
			}
		}
	})
}

// TestAll has more sources ask than the hub has time for.
func TestAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, taken := newLimits(), 0
		for n := range 2 * allBurst {
			if l.source(netip.AddrFrom4([4]byte{1, 1, byte(n >> 8), byte(n)})) {
				taken++
			}
		}
		// Sources are remembered in bounds, which here are met first.
		if taken != mostBuckets || len(l.sources.of) != mostBuckets {
			t.Errorf("%d were taken, %d sources are remembered, want %d", taken, len(l.sources.of), mostBuckets)
		}
		proxy := netip.MustParseAddr("10.0.0.1")
		for range 2 * allBurst {
			l.source(proxy)
		}
		if l.source(proxy) {
			t.Error("there is no limit for all together")
		}
	})
}

// TestBuckets names more hosts than are remembered: unknown ones have to wait until others are
// forgotten, which is once they might ask as often as at first.
func TestBuckets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := buckets{limit: hostRate, burst: hostBurst}
		for n := range mostBuckets {
			if !b.allow(fmt.Sprint(n)) {
				t.Fatalf("the host %d is refused", n)
			}
		}
		if b.allow("new") || !b.allow("0") || len(b.of) != mostBuckets {
			t.Errorf("a new host is taken, or a known one refused; %d are remembered", len(b.of))
		}
		time.Sleep(2 * time.Second)
		if !b.allow("new") || len(b.of) > 2 {
			t.Errorf("a new host is refused; %d are remembered", len(b.of))
		}
	})
}
