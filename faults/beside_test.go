//go:build linux

package faults

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// TestBuildsBesideStarts builds, as cron does, while the daemon starts, works and is killed. Each
// build succeeds, and knows what the daemon has kept.
func TestBuildsBesideStarts(t *testing.T) {
	s := newKeeping(t, quick)
	a, l := newAuthor(s, 8), newLedger()
	for range 30 {
		a.act(30)
	}
	s.start("", "")
	for range 5 {
		s.kill()
		stop := make(chan struct{})
		var builds sync.WaitGroup
		for i := range 2 {
			builds.Go(func() {
				out := filepath.Join(s.dir, fmt.Sprint("out", i))
				for t.Context().Err() == nil {
					if text, err := exec.CommandContext(t.Context(), program, "build", "--config", s.config(), "--out", out).CombinedOutput(); err != nil {
						t.Errorf("build: %v\n%s", err, text)
					}
					select {
					case <-stop:
						return
					case <-time.After(100 * time.Millisecond):
					}
				}
			})
		}
		s.start("", "")
		l.check(s, a.path)
		for range 20 {
			a.act(30)
		}
		s.untilRight(20)
		close(stop)
		builds.Wait()
	}
}
