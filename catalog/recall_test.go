package catalog_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/article"
	"feedmill/catalog"
	"feedmill/store"
)

// TestRecalled begins anew with other options than the run before had, or after something else was kept. Only
// where the feeds are sure to be those of before they are there without a look at the disk, and after the look
// they are what they are where nothing was known of the files.
func TestRecalled(t *testing.T) {
	now := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		set  func(*catalog.Options)
		keep func(t *testing.T, dir string, s store.State) store.Changes
		soon bool
	}{
		"same":       {soon: true},
		"limit":      {set: func(o *catalog.Options) { o.Limit = 2 }, soon: true},
		"language":   {set: func(o *catalog.Options) { o.Language = "fr" }},
		"taxonomies": {set: func(o *catalog.Options) { o.Taxonomies = []string{"tags", "series"} }},
		"resurface":  {set: func(o *catalog.Options) { o.Resurface = true }},
		"record": {keep: func(_ *testing.T, _ string, s store.State) store.Changes {
			other := *s.Articles["a3.md"]
			other.ID = "urn:x:moved"
			return store.Changes{Articles: map[string]*store.Article{"a3.md": &other}}
		}},
		"no record": {keep: func(*testing.T, string, store.State) store.Changes {
			return store.Changes{Articles: map[string]*store.Article{"a3.md": nil}}
		}},
		"gone": {keep: func(_ *testing.T, _ string, s store.State) store.Changes {
			other := *s.Articles["a3.md"]
			other.Gone = now
			return store.Changes{Articles: map[string]*store.Article{"a3.md": &other}}
		}},
		"one more": {keep: func(_ *testing.T, _ string, s store.State) store.Changes {
			return store.Changes{Articles: map[string]*store.Article{"elsewhere.md": s.Articles["a3.md"]}}
		}},
		"moved": {keep: func(t *testing.T, dir string, s store.State) store.Changes {
			moved := store.Changes{Articles: map[string]*store.Article{}}
			if err := os.Mkdir(filepath.Join(dir, "b"), 0o755); err != nil {
				t.Fatal(err)
			}
			for p, a := range s.Articles {
				if err := os.Rename(filepath.Join(dir, p), filepath.Join(dir, "b", p)); err != nil {
					t.Fatal(err)
				}
				moved.Articles[p], moved.Articles["b/"+p] = nil, a
			}
			return moved
		}},
	} {
		t.Run(name, func(t *testing.T) {
			dirs, states, known := make([]string, 2), make([]string, 2), make([][]byte, 2)
			for i := range dirs {
				dirs[i], states[i] = t.TempDir(), t.TempDir()
				for n := range 20 {
					text := frontMatter([]string{fmt.Sprint("title=Article ", n), "tags=birds", "series=walks"})
					if err := os.WriteFile(filepath.Join(dirs[i], fmt.Sprintf("a%d.md", n)), append(text, fmt.Sprint("\nSee [[a", n/2, "]].\n")...), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				c, s := newKeeping(t, dirs[i], states[i], nil)
				look(t, c, now, catalog.Change{Rescan: true})
				var b bytes.Buffer
				if err := c.WriteFiles(t.Context(), &b); err != nil {
					t.Fatal(err)
				}
				known[i] = b.Bytes()
				if tc.keep != nil {
					kept, err := s.Load()
					if err == nil {
						err = s.Commit(tc.keep(t, dirs[i], kept))
					}
					if err != nil {
						t.Fatal(err)
					}
				}
				s.Close()
			}
			begin := func(i int, known []byte) *catalog.Catalog {
				s, err := store.Open(states[i], dirs[i])
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { s.Close() })
				o := options(dirs[i], article.Layout{}, []string{"categories", "tags"})
				if o.Keep = s.Commit; tc.set != nil {
					tc.set(&o)
				}
				if known != nil {
					o.Recalled = catalog.Recall(bytes.NewReader(known), o)
				}
				if o.Kept, err = s.LoadRest(o.Recalled.Tells); err != nil {
					t.Fatal(err)
				}
				return catalog.New(o)
			}
			now := now.Add(time.Hour)
			want, have := begin(0, nil), begin(1, known[1])
			if !have.Restored() {
				t.Fatal("nothing is known of the files")
			}
			if _, err := have.Apply(t.Context(), now, catalog.Change{}); err != nil {
				t.Fatal(err)
			}
			if soon := have.Current() != nil; soon != tc.soon {
				t.Errorf("published without a look: %t", soon)
			}
			look(t, want, now, catalog.Change{Rescan: true})
			look(t, have, now, catalog.Change{Rescan: true})
			if diff := cmp.Diff(memoryOf(want.Current()), memoryOf(have.Current())); diff != "" {
				t.Errorf("-nothing known +recalled:\n%s", diff)
			}
		})
	}
}

// TestRetained changes files right after a start, before anything has looked at them: what feeds show of them is
// still there to be read.
func TestRetained(t *testing.T) {
	now, dir, state := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC), t.TempDir(), t.TempDir()
	write := func(text string) {
		t.Helper()
		for i := range 5 {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("a%d.md", i)), frontMatter([]string{"title=" + text}), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	write("Before")
	c, s := newKeeping(t, dir, state, nil)
	look(t, c, now, catalog.Change{Rescan: true})
	var known bytes.Buffer
	if err := c.WriteFiles(t.Context(), &known); err != nil {
		t.Fatal(err)
	}
	s.Close()

	c, s = newKeeping(t, dir, state, known.Bytes())
	defer s.Close()
	look(t, c, now, catalog.Change{})
	write("After")
	n := 0
	for e := range c.Current().Entries() {
		n++
		if src, err := c.Text(e); err != nil || !bytes.Contains(src, []byte("Before")) {
			t.Errorf("%s: text = %q, %v, want the one before", e.Path, src, err)
		}
	}
	if n != 5 {
		t.Errorf("%d entries, want 5", n)
	}
}

// TestRecallDamaged reads what was cut short or changed, which must not do more harm than to be of no use.
func TestRecallDamaged(t *testing.T) {
	dir := t.TempDir()
	for i := range 20 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i, ".md")), frontMatter([]string{"tags=birds"}), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c, s := newKeeping(t, dir, t.TempDir(), nil)
	defer s.Close()
	look(t, c, time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC), catalog.Change{Rescan: true})
	var b bytes.Buffer
	if err := c.WriteFiles(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	o := options(dir, article.Layout{}, []string{"categories", "tags"})
	if catalog.Recall(bytes.NewReader(b.Bytes()), o) == nil {
		t.Fatal("what was written can't be read")
	}
	for at := range b.Bytes() {
		if catalog.Recall(bytes.NewReader(b.Bytes()[:at]), o) != nil {
			t.Errorf("cut short at byte %d of %d it is read", at, b.Len())
		}
	}
}

// TestRecalledDoubt begins anew where feeds have shown something since, and the folder looks nearly empty. Nothing
// is published before the files are there again, and then all of it.
func TestRecalledDoubt(t *testing.T) {
	dir, state, away := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "posts")
	now := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
	posts := filepath.Join(dir, "posts")
	if err := os.Mkdir(posts, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name string) {
		if err := os.WriteFile(filepath.Join(dir, name), frontMatter([]string{"title=" + name, "tags=birds"}), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("stays.md")
	for i := range 30 {
		write(fmt.Sprint("posts/", i, ".md"))
	}
	c, s := newKeeping(t, dir, state, nil)
	look(t, c, now, catalog.Change{Rescan: true})
	var known bytes.Buffer
	if err := c.WriteFiles(t.Context(), &known); err != nil {
		t.Fatal(err)
	}
	write("posts/later.md")
	look(t, c, now, catalog.Change{Rescan: true})
	want := feedsOf(c.Current())
	s.Close()

	if err := os.Rename(posts, away); err != nil {
		t.Fatal(err)
	}
	c, s = newKeeping(t, dir, state, known.Bytes())
	defer s.Close()
	for _, ch := range []catalog.Change{{}, {Rescan: true}, {Rescan: true}} {
		if r, err := c.Apply(t.Context(), now, ch); err != nil || c.Current() != nil {
			t.Fatalf("%+v: %+v, %v: %v is published", ch, r, err, c.Current())
		}
	}
	if err := os.Rename(away, posts); err != nil {
		t.Fatal(err)
	}
	look(t, c, now, catalog.Change{Rescan: true})
	if diff := cmp.Diff(want, feedsOf(c.Current())); diff != "" {
		t.Errorf("-before +after:\n%s", diff)
	}
}
