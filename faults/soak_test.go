//go:build linux

package faults

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestD18Soak does everything at once, by a seed, for as long as FEEDMILL_SOAK says ("5m"): edits,
// renamings, bursts, kills, ends, pauses and rebuilds, while somebody reads. Every few seconds all
// rests, and then the feeds are those of a fresh build beside it, and nothing that was ever served
// is lost, has another id or another date. What the program uses does not grow.
func TestD18Soak(t *testing.T) {
	length, err := time.ParseDuration(os.Getenv("FEEDMILL_SOAK"))
	if err != nil {
		t.Skip("FEEDMILL_SOAK says no time")
	}
	seed := uint64(1)
	if n, err := strconv.ParseUint(os.Getenv("FEEDMILL_SEED"), 10, 64); err == nil {
		seed = n
	}
	s := newKeeping(t, "watch: {reconcile: 2s}\nfeeds: {limit: 1000}")
	a, l := newAuthor(s, seed), newLedger()
	for range 300 {
		a.act(300)
	}
	s.start("", "")
	var figures []string
	checks, kills := 0, 0
	for begin := time.Now(); time.Since(begin) < length; checks++ {
		rest := s.disturb(a, l, &kills)
		s.untilRight(rest)
		l.check(s, a.path)
		if checks%20 == 0 || time.Since(begin) >= length {
			figures = append(figures, fmt.Sprintf("%v: %d MiB, %+v", time.Since(begin).Round(time.Second), s.resident()>>20, s.usage()))
		}
	}
	t.Logf("seed %d, %v: %d checks, %d ends and kills, %d answers, %d articles, %d versions, %d deleted", seed, length, checks, kills, l.answers, len(l.first), len(l.changed), len(l.deleted))
	t.Log(strings.Join(figures, "\n"))
	if n := s.resident(); n > 200<<20 {
		t.Errorf("the program uses %d MiB", n>>20)
	}
}

// disturb does some dozens of things. It returns how many more folders than at the last start there
// may be.
func (s *site) disturb(a *author, l *ledger, kills *int) int {
	s.Helper()
	for range 20 + a.r.IntN(20) {
		<-time.After(time.Duration(a.r.IntN(100)) * time.Millisecond)
		switch a.r.IntN(40) {
		case 0:
			*kills++
			s.kill()
			a.act(300)
			s.start("", "")
		case 1:
			*kills++
			s.end()
			a.act(300)
			s.start("", "")
		case 2:
			s.signal(syscall.SIGSTOP)
			a.act(300)
			s.signal(syscall.SIGCONT)
		case 3:
			s.signal(syscall.SIGHUP)
		case 4:
			resp, err := client.Post("http://"+s.admin+"/-/rebuild", "", nil)
			if err != nil {
				s.Fatal(err)
			}
			resp.Body.Close()
		case 5:
			now := time.Now()
			if err := os.Chtimes(s.config(), now, now); err != nil {
				s.Fatal(err)
			}
		case 6:
			for range 100 {
				a.act(300)
			}
		case 7:
			n := a.any()
			s.write(a.path[n], "---\ntitle: \"broken\n---\n")
			if a.r.IntN(2) == 0 {
				<-time.After(300 * time.Millisecond)
			}
			a.replace(n)
		case 8, 9, 10:
			if err := l.ask(s.addr); err != nil {
				s.Fatal(err)
			}
		default:
			a.act(300)
		}
	}
	return 20
}

// resident is the memory of the program, in bytes.
func (s *site) resident() int {
	s.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", s.pid(), "statm"))
	if err != nil {
		s.Fatal(err)
	}
	pages, err := strconv.Atoi(string(bytes.Fields(text)[1]))
	if err != nil {
		s.Fatal(err)
	}
	return pages * os.Getpagesize()
}
