package hub

import (
	"testing"
	"time"
)

// TestPatience has a host that fails now and then, with nothing to do in between: its failures add up
// all the same, until it is left alone, and are forgotten when it has rested for long.
func TestPatience(t *testing.T) {
	var h host
	now := time.Now()
	for n := range patience {
		if !h.free(now) {
			t.Fatalf("left alone after %d failures", n)
		}
		h.busy++
		h.ended(true, false, now)
		if now = now.Add(restTime / 2); h.idle(now, false) {
			t.Fatalf("failure %d is forgotten", n+1)
		}
	}
	if h.free(now) {
		t.Errorf("not left alone after %d failures", patience)
	}
	if now = now.Add(restTime); !h.free(now) || h.idle(now, false) {
		t.Error("it is to be tried again, and would still be left alone at the next failure")
	}
	if now = now.Add(2 * memory); !h.idle(now, false) {
		t.Error("its failures are remembered for ever")
	}
}
