//go:build linux

package faults

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// newKeeping is newSite with a state folder.
func newKeeping(t *testing.T, yaml string, tools ...string) *site {
	t.Helper()
	s := newSite(t, yaml, tools...)
	text, err := os.ReadFile(s.config())
	if err == nil {
		err = os.WriteFile(s.config(), []byte(strings.Replace(string(text), "state: none", "state: state", 1)), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// kill ends the program as a loss of power would, but for the disk.
func (s *site) kill() {
	s.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		s.Fatal(err)
	}
	<-s.ended
	s.err = nil
}

// rounds is how often a test kills the program: as the environment says, else few times.
func rounds(few int) int {
	if n, err := strconv.Atoi(os.Getenv("FEEDMILL_KILLS")); err == nil {
		return n
	}
	return few
}

// quick makes changes visible soon.
const quick = "watch: {settle: 10ms}\nfeeds: {limit: 200}\n"

// TestD01KilledAtRandom kills the program again and again while articles change and somebody reads.
// Whatever was served once, with this id and these dates, is so again.
func TestD01KilledAtRandom(t *testing.T) {
	s := newKeeping(t, quick)
	a, l := newAuthor(s, 1), newLedger()
	for range 10 {
		a.act(10)
	}
	var slowest time.Duration
	n := rounds(30)
	for range n {
		begin := time.Now()
		s.start("", "")
		slowest = max(slowest, time.Since(begin))
		l.check(s, a.path)
		read := make(chan struct{})
		go func() {
			defer close(read)
			for l.ask(s.addr) == nil {
			}
		}()
		end := time.After(time.Duration(a.r.IntN(300)) * time.Millisecond)
	acting:
		for {
			select {
			case <-end:
				break acting
			case <-time.After(time.Duration(a.r.IntN(30)) * time.Millisecond):
				a.act(30)
			}
		}
		s.kill()
		<-read
	}
	s.start("", "")
	l.check(s, a.path)
	s.untilRight(20)
	t.Logf("%d kills, %d answers, %d articles and %d versions of them, %d deleted; the slowest start took %v", n, l.answers, len(l.first), len(l.changed), len(l.deleted), slowest)
}

// TestD10KilledWhileMade kills the program while it makes its state file for the first time.
func TestD10KilledWhileMade(t *testing.T) {
	s := newKeeping(t, "")
	a := newAuthor(s, 2)
	for range 20 {
		a.act(20)
	}
	state := filepath.Join(s.dir, "state")
	made := 0
	n := rounds(30)
	for range n {
		if err := os.RemoveAll(state); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), program, "serve", "--config", s.config(), "--listen", "127.0.0.1:0", "--admin", "none")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Duration(a.r.IntN(100_000)) * time.Microsecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if _, err := os.Stat(filepath.Join(state, "state.db")); err == nil {
			made++
		}
		out, err := exec.CommandContext(t.Context(), program, "check", "--config", s.config()).CombinedOutput()
		if err != nil {
			t.Fatalf("after a kill: %v\n%s", err, out)
		}
	}
	s.start("", "")
	s.untilRight(0)
	t.Logf("%d kills; in %d of them the file was there", n, made)
}
