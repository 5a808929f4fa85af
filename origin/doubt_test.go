package origin

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"
)

// TestDoubt empties a bucket: its articles stay until that was seen twice, a grace apart, by whatever process.
func TestDoubt(t *testing.T) {
	s := newStock(t)
	const n = 30
	for i := range n {
		s.put(fmt.Sprintf("%d.md", i), "text")
	}
	g, _ := s.follow(func(o *Options) { o.Grace = time.Hour })
	pull(t, g)
	remove := func(from, to int) {
		for i := from; i < to; i++ {
			s.put(fmt.Sprintf("%d.md", i), "")
		}
	}
	remove(0, 5)
	pull(t, g) // some
	if err := alike(g, n-5); err != nil {
		t.Error(err)
	}
	doubted := func() {
		t.Helper()
		again := quick(t, g.o)
		_, err := again.Pull(t.Context())
		if _, ok := errors.AsType[doubt](err); !ok || Hint(err) == "" {
			t.Fatalf("Pull: %v, want a doubt and what to do", err)
		}
		if err := alike(g, n-5); err != nil {
			t.Error(err)
		}
	}
	remove(5, 25)
	doubted()
	remove(25, n)
	doubted()
	s.put("0.md", "text", "1.md", "text") // all others are missing still
	doubted()
	long := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(g.at.file("doubted"), long, long); err != nil {
		t.Fatal(err)
	}
	pull(t, g)
	if err := alike(g, 2); err != nil {
		t.Error(err)
	}
	if pull(t, g) { // which ends the doubt
		t.Error("the same listing is a change")
	}
	s.put("0.md", "", "1.md", "")
	if _, err := g.Pull(t.Context()); err == nil {
		t.Error("a bucket that was emptied again is believed at once")
	}
	none := g.o
	none.Grace = 0
	pull(t, quick(t, none))
	holds(t, g, map[string]string{})
}
