package catalog_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/catalog"
)

// TestHistory changes a content folder at random and lets a catalog look only where something
// changed. Whatever happened on the way, it must end with what a new catalog finds there at the
// same time: the same entries, ids, names, slugs, versions and problems.
func TestHistory(t *testing.T) {
	for seed := range uint64(30) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 0))
			dir := t.TempDir()
			now := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
			// Some have feeds for terms of two articles or more.
			least := seed % 3
			catalogOf := func() *catalog.Catalog {
				c, err := newSized(dir, "categories=3", fmt.Sprintf("tags=3/%d", least), fmt.Sprintf("authors=2/%d", least))
				if err != nil {
					t.Fatal(err)
				}
				return c
			}
			c := catalogOf()
			for range 60 {
				var touched []string
				for range 1 + r.IntN(4) {
					touched = append(touched, change(t, r, dir)...)
					if r.IntN(3) == 0 { // as when many change at once; what follows may change the same once more
						if err := c.Prepare(t.Context(), touched); err != nil {
							t.Fatal(err)
						}
					}
				}
				now = now.Add(time.Duration(r.IntN(48)) * time.Hour)
				// Now and then an event is lost, and made up for by a rescan later.
				if r.IntN(5) == 0 {
					continue
				}
				look(t, c, now, catalog.Change{Paths: touched, Rescan: r.IntN(8) == 0})
			}
			for f := range brokenFiles(t, dir) { // what is served of those follows from their history, as it should
				mend(t, f)
			}
			look(t, c, now, catalog.Change{Rescan: true})
			now = now.Add(time.Minute) // whatever was doubted is believed by now
			look(t, c, now, catalog.Change{Rescan: true})

			fresh := catalogOf()
			look(t, fresh, now, catalog.Change{Rescan: true})
			if diff := cmp.Diff(digestOf(fresh.Current()), digestOf(c.Current())); diff != "" {
				t.Errorf("a new catalog and one with a history differ (-new +old):\n%s", diff)
			}
		})
	}
}

func look(t *testing.T, c *catalog.Catalog, now time.Time, ch catalog.Change) {
	t.Helper()
	was := map[string]*catalog.Selection{}
	if s := c.Current(); s != nil {
		for sel := range s.Selections() {
			was[sel.Path()] = sel
		}
	}
	if _, err := c.Apply(t.Context(), now, ch); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for e := range c.Current().Entries() {
		if ids[e.ID] {
			t.Errorf("two entries have the id %s", e.ID)
		}
		ids[e.ID] = true
	}
	for sel := range c.Current().Selections() {
		if old := was[sel.Path()]; old != nil && (old.Version == sel.Version) != old.Modified.Equal(sel.Modified) {
			t.Errorf("%s: version and date do not go together: %+v, %+v", sel.Path(), old, sel)
		}
	}
}

// change does one random thing to the folder and returns the paths that a watcher would tell.
func change(t *testing.T, r *rand.Rand, dir string) []string {
	file := func() string { return fmt.Sprintf("%c/%c.md", 'a'+r.IntN(3), 'a'+r.IntN(6)) }
	abs := func(p string) string { return filepath.Join(dir, p) }
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	var err error
	var told []string
	switch p := file(); r.IntN(11) {
	case 0:
		told, err = []string{p}, os.RemoveAll(abs(p))
	case 1:
		told, err = []string{filepath.Dir(p)}, os.RemoveAll(abs(filepath.Dir(p)))
	case 2:
		q := file()
		told = []string{p, q}
		if _, e := os.Stat(abs(p)); e == nil {
			err = errors.Join(os.MkdirAll(filepath.Dir(abs(q)), 0o755), os.Rename(abs(p), abs(q)))
		}
	case 3:
		told = []string{p}
		err = errors.Join(os.MkdirAll(filepath.Dir(abs(p)), 0o755), os.WriteFile(abs(p), []byte(broken), 0o644))
	case 4:
		told = []string{filepath.Dir(p) + "/wheel.mp3"}
		err = errors.Join(os.MkdirAll(filepath.Dir(abs(p)), 0o755), os.WriteFile(abs(told[0]), make([]byte, r.IntN(9)), 0o644))
	default:
		told = []string{p}
		pairs := []string{
			"title=" + pick("A", "B", "C"),
			fmt.Sprintf("date=2024-0%d-%02d", 5+r.IntN(3), 1+r.IntN(28)),
			"tags=" + pick("go", "Go,rust", "GO", "a_b,a-b", "a-b", "zig", "Ｇｏ,a/b"),
			"author=" + pick("Ada", "ada", "Bo"),
			"body=" + pick("x", "y", "z", "[[a]]", "[b](../b/b.md)", "[[c]]"),
		}
		if r.IntN(4) == 0 {
			pairs = append(pairs, "id="+pick("urn:x:1", "urn:x:2", "one", "urn:x:1#a%2Fa.md"))
		}
		if r.IntN(3) == 0 {
			pairs = append(pairs, "audio="+pick("wheel.mp3", "/a/wheel.mp3"))
		}
		if r.IntN(6) == 0 {
			pairs = append(pairs, "draft=true")
		}
		if r.IntN(6) == 0 {
			pairs = append(pairs, fmt.Sprintf("expiryDate=2024-0%d-15", 6+r.IntN(3)))
		}
		err = errors.Join(os.MkdirAll(filepath.Dir(abs(p)), 0o755), os.WriteFile(abs(p), frontMatter(pairs), 0o644))
	}
	if err != nil {
		t.Fatal(err)
	}
	return told
}

const broken = "---\ntitle: \"broken\n---\n"

// mend mends a broken file.
func mend(t *testing.T, file string) {
	t.Helper()
	if err := os.WriteFile(file, frontMatter([]string{"title=Mended", "date=2024-05-05"}), 0o644); err != nil {
		t.Fatal(err)
	}
}

// digestOf is everything of a snapshot that must not depend on its history.
func digestOf(s *catalog.Snapshot) []string {
	var d []string
	for e := range s.Entries() {
		d = append(d, fmt.Sprintf("entry %s %s %s %s", e.Path, e.ID, e.Published, e.Updated))
	}
	for sel := range s.Selections() {
		line := fmt.Sprintf("feed %s %q %d %x", sel.Path(), sel.Name, sel.Count, sel.Version)
		for _, e := range sel.Entries {
			line += " " + e.Path
		}
		d = append(d, line)
	}
	for _, p := range s.Problems {
		d = append(d, "problem "+p.String())
	}
	return append(d, "next "+s.Next.String())
}
