//go:build linux

package faults

import (
	"fmt"
	"testing"
	"time"
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
		s.write("news.md", fmt.Sprintf("---\ntitle: News\ndate: 2024-02-01\n---\nRound %d.\n", round))
		<-time.After(time.Duration(a.r.IntN(150)) * time.Millisecond)
		s.kill()
		s.start("", "")
	}
	last := fmt.Sprintf("Round %d.", n-1)
	s.until("all sent the last round", func() error { return readers.sent(last) })
}
