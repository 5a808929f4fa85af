//go:build linux

package faults

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"time"

	"feedmill/internal/crowd"
)

// imported lets the program have the subscriptions of all readers, by a file.
func (s *site) imported(readers *crowd.Crowd) {
	s.Helper()
	name := filepath.Join(s.dir, "subscriptions.jsonl")
	f, err := os.Create(name)
	if err != nil {
		s.Fatal(err)
	}
	out := bufio.NewWriter(f)
	lines := json.NewEncoder(out)
	for i := range readers.Size {
		err = errors.Join(err, lines.Encode(map[string]any{
			"topic": "https://example.org/atom.xml", "callback": readers.Callback(i), "expires": time.Now().Add(24 * time.Hour),
		}))
	}
	if err := errors.Join(err, out.Flush(), f.Close()); err != nil {
		s.Fatal(err)
	}
	if text, err := s.command(s.Context(), program, "hub", "import", "--config", s.config(), name).CombinedOutput(); err != nil {
		s.Fatalf("%v\n%s", err, text)
	}
}

// has tells whether the program has so many subscriptions, no more and no less.
func (s *site) has(want int) error {
	if n := s.metric("feedmill_hub_subscriptions"); n != float64(want) {
		return fmt.Errorf("%v of %d subscriptions", n, want)
	}
	return nil
}

// witness sees what a crowd takes.
type witness struct {
	mu    sync.Mutex
	last  []int // round, by subscriber
	all   int   // deliveries
	again int   // of a round that had come before
	older int   // of a round before one that had
}

func newWitness(subscribers int) *witness {
	w := &witness{last: make([]int, subscribers)}
	for i := range w.last {
		w.last[i] = -1
	}
	return w
}

var roundOf = regexp.MustCompile(`Round (\d+)\.`)

func (w *witness) took(subscriber int, body []byte) {
	round := -1 // which no one has been waiting for
	if m := roundOf.FindSubmatch(body); m != nil {
		round, _ = strconv.Atoi(string(m[1]))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all++
	switch last := w.last[subscriber]; {
	case round == last:
		w.again++
	case round < last:
		w.older++
	default:
		w.last[subscriber] = round
	}
}

// lack returns how many of those who are well lack a round.
func (w *witness) lack(size, round int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for i := range size {
		if crowd.Well(i) && w.last[i] != round {
			n++
		}
	}
	return n
}
