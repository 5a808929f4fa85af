package catalog

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestEdits edits a list again and again, and sorts all entries anew each time.
func TestEdits(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 3))
		l, entries, n := &list{}, []*Entry(nil), 0
		for range 12 {
			e := &edit{}
			gone := map[*Entry]bool{}
			for _, i := range r.Perm(len(entries))[:r.IntN(len(entries)/(1+r.IntN(20))+1)] {
				e.out, gone[entries[i]] = append(e.out, entries[i]), true
				if r.IntN(2) == 0 {
					moved := *entries[i] // the same id, maybe at another place
					moved.Published = moved.Published.Add(time.Duration(r.IntN(3)-1) * time.Hour)
					e.in = append(e.in, &moved)
				}
			}
			for range r.IntN(1 << r.IntN(12)) {
				e.in = append(e.in, listedEntry(n, time.Duration(r.IntN(40))*time.Hour))
				n++
			}
			before := slices.Collect(l.entries.values)
			was := l.entries
			entries = slices.DeleteFunc(slices.Concat(entries, e.in), func(x *Entry) bool { return gone[x] })
			slices.SortFunc(entries, newestFirst)
			l.apply(e)
			checkRoll(t, l.entries, entries)
			if !slices.Equal(before, slices.Collect(was.values)) {
				t.Fatal("an edit changed the list before it")
			}
			for x := range gone {
				if l.entries.holds(x) {
					t.Fatalf("%s is there after it went", x.ID)
				}
			}
		}
	}
}

// checkRoll checks that r holds the entries, whichever way it is asked, in blocks that are neither empty nor
// large.
func checkRoll(t *testing.T, r roll, want []*Entry) {
	t.Helper()
	if !slices.Equal(slices.Collect(r.values), want) || r.size() != len(want) {
		t.Fatalf("%d entries, want %d, or another order", r.size(), len(want))
	}
	for i, e := range want {
		if r.at(i) != e || !r.holds(e) {
			t.Fatalf("entry %d of %d is %s, held %t", i, len(want), r.at(i).ID, r.holds(e))
		}
	}
	for from := 0; from < len(want); from += 97 {
		for _, to := range []int{from, min(from+50, len(want)), len(want)} {
			if !slices.Equal(r.part(from, to), want[from:to]) {
				t.Fatalf("the part from %d to %d is another", from, to)
			}
		}
	}
	for _, block := range r.blocks {
		if len(block) == 0 || len(block) > 2*blockSize {
			t.Fatalf("a block of %d entries", len(block))
		}
	}
}
