package catalog

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestEdits applies edits, and sorts all entries anew.
func TestEdits(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 3))
		entry := func(i int) *Entry { return listedEntry(i, time.Duration(r.IntN(40))*time.Hour) }
		var entries []*Entry
		for i := range r.IntN(50) {
			entries = append(entries, entry(i))
		}
		slices.SortFunc(entries, newestFirst)
		e := &edit{}
		for _, i := range r.Perm(len(entries))[:r.IntN(len(entries)+1)] {
			e.out = append(e.out, entries[i])
			if r.IntN(2) == 0 {
				moved := *entries[i] // the same id, maybe at another place
				moved.Published = moved.Published.Add(time.Duration(r.IntN(3)-1) * time.Hour)
				e.in = append(e.in, &moved)
			}
		}
		for i := range r.IntN(9) {
			e.in = append(e.in, entry(100+i))
		}
		want := slices.DeleteFunc(slices.Concat(entries, e.in), func(x *Entry) bool { return slices.Contains(e.out, x) })
		slices.SortFunc(want, newestFirst)
		l := &list{entries: entries}
		if l.apply(e); !slices.Equal(l.entries, want) {
			t.Errorf("seed %d: %d entries, want %d, or another order", seed, len(l.entries), len(want))
		}
	}
}
