//go:build linux

package hub_test

import (
	"testing"

	"feedmill/hub"
	"feedmill/internal/crowd"
)

// TestMany measures how one change comes by HTTP to as many subscribers as FEEDMILL_SUBSCRIPTIONS says,
// a tenth of whom are at hosts that refuse connections, and a tenth at hosts that never answer.
func TestMany(t *testing.T) {
	n := howMany(t)
	for kind := range stores {
		t.Run(kind, func(t *testing.T) {
			c := change{body: make([]byte, 9280)} // what is new of an Atom feed: an article of 7 KB
			all := crowd.New(t, n, func(subscriber int, _ []byte) { c.took(subscriber) })
			well := 0
			for i := range all.Size {
				if crowd.Well(i) {
					well++
				}
			}
			c.deliver(t, kind, hub.NewClient(loopback), all.Size, all.Callback, well)
			after := c.of(crowd.Well)
			t.Logf("%d of %d subscribers are well: the median after %v, the last after %v", well, all.Size, after[well/2], after[well-1])
		})
	}
}
