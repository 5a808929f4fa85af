//go:build linux

package faults

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
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

// TestBuildThatTakesLong starts the daemon while a build owns the state, stopped in its middle: that
// one is waited for, however long it takes, and what it has kept is known.
func TestBuildThatTakesLong(t *testing.T) {
	s := newKeeping(t, quick, "flock")
	for i := range 3_000 {
		s.write(fmt.Sprintf("%d.md", i), article(fmt.Sprint("Number ", i), "Text."))
	}
	build := exec.CommandContext(t.Context(), program, "build", "--config", s.config(), "--out", filepath.Join(s.dir, "out"))
	if err := build.Start(); err != nil {
		t.Fatal(err)
	}
	for owned := false; !owned; { // until it is stopped while it owns the state
		if err := build.Process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatalf("the build has ended: %v", err)
		}
		file := filepath.Join(s.state(), "state.db")
		_, err := os.Stat(file)
		if owned = err == nil && exec.CommandContext(t.Context(), "flock", "-n", file, "true").Run() != nil; !owned {
			_ = build.Process.Signal(syscall.SIGCONT)
		}
	}
	go func() {
		for t.Context().Err() == nil && !strings.Contains(s.log(), "waiting for a build") {
			<-time.After(20 * time.Millisecond)
		}
		_ = build.Process.Signal(syscall.SIGCONT)
	}()
	s.start("", "")
	if err := build.Wait(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(s.log(), "waiting for a build") {
		t.Error("the test is void: the build was not waited for")
	}
	s.untilRight(0)
}
