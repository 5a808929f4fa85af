//go:build linux

package hub_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// TestMillion measures the deliverer and the stores alone: how one change comes to as many subscribers
// as FEEDMILL_SUBSCRIPTIONS says, a hundred on each host, whom no socket leads to. A tenth of the hosts
// lets no one connect, a twentieth takes two seconds.
func TestMillion(t *testing.T) {
	n := howMany(t)
	for kind := range stores {
		t.Run(kind, func(t *testing.T) {
			c := change{body: make([]byte, 9280)} // what is new of an Atom feed: an article of 7 KB
			world := &simulated{took: c.took}
			there := 0
			for i := range n {
				if kindOf(i) != dead {
					there++
				}
			}
			figures := c.deliver(t, kind, &http.Client{Transport: world}, n, callback, there)
			well := c.of(func(i int) bool { return kindOf(i) == well })
			slow := c.of(func(i int) bool { return kindOf(i) == slow })
			t.Logf("%d well: the median after %v, the last after %v", len(well), well[len(well)/2], well[len(well)-1])
			t.Logf("%d slow: the median after %v, the last after %v", len(slow), slow[len(slow)/2], slow[len(slow)-1])
			t.Logf("%d tries of %d bodies of %d bytes: %d bytes in all", world.tries.Load(), figures["delivered"], len(c.body), world.bytes.Load())
		})
	}
}

// What a simulated host is.
const (
	well = iota
	dead
	slow
)

func kindOf(subscriber int) int {
	switch subscriber / 100 % 20 {
	case 0, 1:
		return dead
	case 2:
		return slow
	}
	return well
}

func callback(subscriber int) string {
	return fmt.Sprintf("https://host%d.example/%d", subscriber/100, subscriber)
}

// simulated is a network that is all in this process.
type simulated struct {
	took         func(subscriber int)
	tries, bytes atomic.Int64
}

const (
	deadTime = 5 * time.Second // until nobody tries to connect any more
	slowTime = 2 * time.Second
	wellTime = 100 * time.Millisecond
)

// RoundTrip is [http.RoundTripper].
func (s *simulated) RoundTrip(r *http.Request) (*http.Response, error) {
	defer r.Body.Close()
	subscriber, err := strconv.Atoi(path.Base(r.URL.Path))
	if err != nil {
		return nil, err
	}
	s.tries.Add(1)
	takes := map[int]time.Duration{well: wellTime, dead: deadTime, slow: slowTime}[kindOf(subscriber)]
	select {
	case <-time.After(takes):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if kindOf(subscriber) == dead {
		return nil, errors.New("no connection")
	}
	var n written
	if err := r.Write(&n); err != nil {
		return nil, err
	}
	s.bytes.Add(int64(n))
	s.took(subscriber)
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody, Request: r}, nil
}

// written is the bytes that were written.
type written int64

func (c *written) Write(p []byte) (int, error) {
	*c += written(len(p))
	return len(p), nil
}

var _ io.Writer = (*written)(nil)
