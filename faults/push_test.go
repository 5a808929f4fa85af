//go:build linux

package faults

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"feedmill/internal/crowd"
	"feedmill/internal/pgserver"
)

// TestS11KilledWhileSending kills the program at random moments while it sends subscribers what is
// new. In the end each has been sent the newest version.
func TestS11KilledWhileSending(t *testing.T) {
	readers := newAudience(t)
	s := newKeeping(t, quick+"hub: {allow: [127.0.0.0/8]}\n")
	a := newAuthor(s, 11)
	s.start("", "")
	readers.subscribe(100, s)
	s.until("all subscribed", func() error { return readers.subscribed(s) })
	n := rounds(10)
	for round := range n {
		s.write("news.md", news(round))
		<-time.After(time.Duration(a.r.IntN(150)) * time.Millisecond)
		s.kill()
		s.start("", "")
	}
	last := fmt.Sprintf("Round %d.", n-1)
	s.until("all sent the last round", func() error { return readers.got(last) })
}

func news(round int) string {
	return fmt.Sprintf("---\ntitle: News\ndate: 2024-02-01\n---\nRound %d.\n", round)
}

// TestS11Many is the same with as many subscribers as FEEDMILL_SUBSCRIPTIONS says, of whom some are
// dead and some never answer, and with subscriptions in a file and in PostgreSQL. What comes more than
// once is what was under way at a kill.
func TestS11Many(t *testing.T) {
	needs(t)
	many, err := strconv.Atoi(os.Getenv("FEEDMILL_SUBSCRIPTIONS"))
	if err != nil {
		t.Skip("FEEDMILL_SUBSCRIPTIONS is not set: this takes minutes")
	}
	t.Run("file", func(t *testing.T) { killedWhileSending(t, many, "") })
	t.Run("PostgreSQL", func(t *testing.T) { killedWhileSending(t, many, ", store: "+pgserver.New(t).URL()) })
}

// atOnce is how many deliveries are under way at most.
const atOnce = 256

func killedWhileSending(t *testing.T, many int, store string) {
	w := newWitness(many)
	readers := crowd.New(t, many, w.took)
	s := newKeeping(t, quick+"hub: {allow: [127.0.0.0/8]"+store+"}\n")
	s.write("news.md", news(0))
	s.imported(readers)
	s.start("", "")
	a, n := newAuthor(s, 11), rounds(10)
	starts := time.Duration(0)
	for round := range n {
		s.write("news.md", news(round+1))
		<-time.After(time.Duration(a.r.IntN(4000)) * time.Millisecond)
		s.kill()
		begin := time.Now()
		s.start("", "")
		starts += time.Since(begin)
	}
	begin := time.Now()
	for left, last := 1, time.Now(); left > 0; <-time.After(100 * time.Millisecond) {
		is := w.lack(readers.Size, n)
		if is != left {
			left, last = is, time.Now()
		}
		if time.Since(last) > patience {
			t.Fatalf("%d subscribers lack the last round, and nothing comes any more", left)
		}
	}
	if err := s.has(readers.Size); err != nil {
		t.Error(err)
	}
	took := time.Since(begin)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.again > n*atOnce {
		t.Errorf("%d came once more, want what was under way at %d kills: %d at most", w.again, n, n*atOnce)
	}
	t.Logf("%d subscribers, %d kills; %d deliveries, %d of them once more, %d of what was no longer new; a start takes %v; all had the last round %v after the last of them",
		readers.Size, n, w.all, w.again, w.older, (starts / time.Duration(max(n, 1))).Round(time.Millisecond), took.Round(time.Millisecond))
}
