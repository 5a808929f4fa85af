package catalog

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"feedmill/store"
)

// TestKin finds by one walk all pairs that comparing everything with everything finds.
func TestKin(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 7))
		random := func() (t trace) {
			binary.BigEndian.PutUint32(t.hash[:], 1<<31+r.Uint32N(50)<<10) // which differ above the filter
			n := 1 + r.IntN(len(t.sketch))
			for i, h := range r.Perm(20)[:n] {
				t.sketch[i] = 1 + uint32(h)<<10
			}
			slices.Sort(t.sketch[:n])
			return t
		}
		come := map[string]trace{}
		for i := range r.IntN(6) {
			come[fmt.Sprint("new", i)] = random()
		}
		var k kin
		want, have := map[string]bool{}, map[string]bool{}
		for i := range 40 {
			t, path := random(), fmt.Sprint("old", i)
			k = append(k, relative{t.sketch, t.short(), path})
			for p, other := range come {
				if t.short() == other.short() || similar(t.sketch, other.sketch) {
					want[path+" "+p] = true
				}
			}
		}
		for path, p := range k.of(come) {
			have[path+" "+p] = true
		}
		if fmt.Sprint(want) != fmt.Sprint(have) {
			t.Fatalf("seed %d: %v, want %v", seed, have, want)
		}
	}
	// Of what a great many have in common nothing follows, and the walk stays short.
	var k kin
	come := map[string]trace{}
	for i := range 1000 {
		come[fmt.Sprint("new", i)] = trace{sketch: store.Sketch{7}}
		k = append(k, relative{store.Sketch{7}, 0, fmt.Sprint("old", i)})
	}
	n := 0
	for range k.of(come) {
		n++
	}
	if n > 100*len(k) {
		t.Errorf("%d pairs of %d files", n, len(k))
	}
}

// BenchmarkKin compares one article that has come with a hundred thousand.
func BenchmarkKin(b *testing.B) {
	r := rand.New(rand.NewPCG(6, 7))
	text := func() (s store.Sketch) {
		for i := range s {
			s[i] = 1 + r.Uint32N(1<<27) // the smallest of some
		}
		slices.Sort(s[:])
		return s
	}
	var k kin
	for i := range 100_000 {
		k = append(k, relative{text(), r.Uint32(), fmt.Sprint(i)})
	}
	come := map[string]trace{"new": {sketch: k[77].sketch}}
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for range k.of(come) {
			n++
		}
		if n == 0 {
			b.Fatal("nothing is like what has come, though one is")
		}
	}
}
