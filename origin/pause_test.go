package origin

import (
	"context"
	"fmt"
	"testing"
	"time"
)

func TestPause(t *testing.T) {
	for _, c := range []struct {
		interval time.Duration
		failures int
		most     time.Duration
	}{
		{time.Minute, 0, time.Minute},
		{time.Minute, 1, time.Minute},
		{time.Minute, 2, 2 * time.Minute},
		{time.Minute, 3, 4 * time.Minute},
		{time.Minute, 1000, longestPause},
		{time.Hour, 3, time.Hour},
		{1<<63 - 1, 3, 1<<63 - 1},
	} {
		var err error
		if c.failures > 0 {
			err = context.DeadlineExceeded
		}
		if p := pause(c.interval, c.failures, err); p > c.most || p < c.most/10*9 {
			t.Errorf("pause(%v, %d) = %v, want about %v", c.interval, c.failures, p, c.most)
		}
	}
	until := time.Now().Add(20 * time.Second)
	if p := pause(time.Minute, 1, fmt.Errorf("x: %w", doubt{until: until})); p > 20*time.Second {
		t.Errorf("after a doubt the next listing comes after %v", p)
	}
}
