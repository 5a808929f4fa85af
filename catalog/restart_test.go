package catalog_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/catalog"
)

// TestRestarts changes a content folder at random. A catalog that begins anew now and then, from what
// was kept, must always show what one shows that never does: the same entries, ids and dates, and
// feeds with the same versions, dates, deletions and pages.
func TestRestarts(t *testing.T) {
	restored := 0
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			dir, state := t.TempDir(), t.TempDir()
			now := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
			was := now
			stays := frontMatter([]string{"title=Stays", "tags=go"}) // so that never all are missing
			if err := os.WriteFile(filepath.Join(dir, "stays.md"), stays, 0o644); err != nil {
				t.Fatal(err)
			}
			steady, steadyStore := newKeeping(t, dir, t.TempDir(), nil)
			defer steadyStore.Close()
			other, otherStore := newKeeping(t, dir, state, nil)
			defer func() { otherStore.Close() }()
			ids := map[string]string{}
			var files []byte // as the other knew them at some time, or nil
			for step := range 60 {
				var touched []string
				before := brokenFiles(t, dir)
				for range r.IntN(4) {
					touched = append(touched, change(t, r, dir)...)
				}
				now = now.Add(time.Duration(r.IntN(20*60)) * time.Minute)
				ch := catalog.Change{Paths: touched, Rescan: step == 0 || r.IntN(8) == 0}
				if r.IntN(4) == 0 {
					// What breaks while nobody looks has no good version that anybody could have kept.
					for p := range brokenFiles(t, dir) {
						if !before[p] {
							mend(t, p)
						}
					}
					if err := otherStore.Close(); err != nil {
						t.Fatal(err)
					}
					switch r.IntN(3) {
					case 0:
						files = nil
					case 1:
						var b bytes.Buffer
						if err := other.WriteFiles(t.Context(), &b); err != nil {
							t.Fatal(err)
						}
						files = b.Bytes()
					}
					var shown []string
					if s := other.Current(); s != nil {
						shown = feedsOf(s)
					}
					other, otherStore = newKeeping(t, dir, state, files)
					if other.Restored() {
						if _, err := other.Apply(t.Context(), was, catalog.Change{}); err != nil {
							t.Fatal(err)
						}
						if s := other.Current(); s != nil {
							restored++
							if diff := cmp.Diff(shown, feedsOf(s)); diff != "" {
								t.Fatalf("step %d: without a look at the disk (-shown last +shown first):\n%s", step, diff)
							}
						}
					}
					ch = catalog.Change{Rescan: true}
				}
				was = now
				look(t, steady, now, ch)
				look(t, other, now, ch)
				if diff := cmp.Diff(memoryOf(steady.Current()), memoryOf(other.Current())); diff != "" {
					t.Fatalf("step %d: a catalog that began anew differs (-steady +other):\n%s", step, diff)
				}
				ids = sameIDs(t, step, ids, steady.Current())
			}
		})
	}
	if restored < 10 {
		t.Errorf("%d catalogs went on from what was known of the files; this test says little", restored)
	}
}

// brokenFiles are the broken files in the folders below dir.
func brokenFiles(t *testing.T, dir string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if string(text) == broken {
			found[f] = true
		}
	}
	return found
}

// sameIDs checks that articles whose author gives no id have those that they had, by path, and
// returns them.
func sameIDs(t *testing.T, step int, was map[string]string, s *catalog.Snapshot) map[string]string {
	t.Helper()
	is := map[string]string{}
	for e := range s.Entries() {
		if e.Article.ID != "" {
			continue
		}
		is[e.Path] = e.ID
		if id, known := was[e.Path]; known && id != e.ID {
			t.Errorf("step %d: %s: the id was %s and is %s", step, e.Path, id, e.ID)
		}
	}
	return is
}

// memoryOf is everything of a snapshot that outlives a run.
func memoryOf(s *catalog.Snapshot) []string {
	d := digestOf(s)
	for sel := range s.Selections() {
		line := fmt.Sprintf("feed %s modified %s removed %s deleted %v archive %q pages", sel.Path(), sel.Modified.UTC(), sel.Removed.UTC(), sel.Deleted, sel.Archive())
		for p := range sel.Pages() {
			line += " " + p.Name
		}
		d = append(d, line)
	}
	return d
}

// feedsOf is of that what readers see.
func feedsOf(s *catalog.Snapshot) []string {
	return slices.DeleteFunc(memoryOf(s), func(line string) bool {
		return strings.HasPrefix(line, "problem ") || strings.HasPrefix(line, "next ")
	})
}
