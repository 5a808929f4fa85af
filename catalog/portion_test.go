package catalog_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"feedmill/article"
	"feedmill/catalog"
	"feedmill/store"
)

// TestCutOff ends a first run in the middle of what it writes of its first look, which takes several
// commits. The next run must take up the same ids and dates: those of a first look.
func TestCutOff(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	for i := range 5000 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i, ".md")), fmt.Appendln(nil, "The undated text", i, "of many"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	shown := func(s *catalog.Snapshot) map[string]string {
		all := map[string]string{}
		for e := range s.Entries() {
			all[e.Path] = fmt.Sprint(e.ID, e.Published, e.Updated)
		}
		return all
	}
	now := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
	run := func(commits int) (*catalog.Snapshot, catalog.Report, int) {
		s, err := store.Open(state, "site")
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		o := options(dir, article.Layout{}, nil)
		if o.Kept, err = s.Load(); err != nil {
			t.Fatal(err)
		}
		kept := len(o.Kept.Articles)
		o.Keep = func(c store.Changes) error {
			if commits--; commits < 0 {
				return errors.New("cut off")
			}
			return s.Commit(c)
		}
		c := catalog.New(o)
		now = now.Add(time.Hour)
		r, err := c.Apply(t.Context(), now, catalog.Change{Rescan: true})
		if err != nil {
			t.Fatal(err)
		}
		return c.Current(), r, kept
	}
	first, r, kept := run(1)
	if r.Unkept == nil || kept != 0 {
		t.Fatalf("the first run: %v, on %d articles", r.Unkept, kept)
	}
	want := shown(first)
	for _, most := range []int{1, 9, 9} {
		s, _, kept := run(most)
		if kept == 0 {
			t.Fatal("the run before has kept nothing")
		}
		for p, have := range shown(s) {
			if have != want[p] {
				t.Fatalf("%s is %s, and was %s", p, have, want[p])
			}
		}
	}
}
