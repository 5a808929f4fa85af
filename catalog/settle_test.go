package catalog_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"feedmill/article"
	"feedmill/catalog"
	"feedmill/store"
)

// TestCutShort ends a run while a file seems to lack its end and is held back: the next one, which
// finds no more than that, still shows what it was.
func TestCutShort(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	file := filepath.Join(dir, "a.md")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(looks func(look func(now time.Time) string)) {
		t.Helper()
		s, err := store.Open(state, dir)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		o := options(dir, article.Layout{}, []string{"tags"})
		if o.Kept, err = s.Load(); err != nil {
			t.Fatal(err)
		}
		o.Keep, o.Settle = s.Commit, 100*time.Millisecond
		c := catalog.New(o)
		looks(func(now time.Time) string {
			if _, err := c.Apply(t.Context(), now, catalog.Change{Rescan: c.Current() == nil, Paths: []string{"a.md"}}); err != nil {
				t.Fatal(err)
			}
			var titles []string
			for e := range c.Current().Entries() {
				titles = append(titles, e.Title)
			}
			return strings.Join(titles, " ")
		})
	}
	now := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
	whole := "---\ntitle: Whole\ndate: 2024-01-01\n---\n" + strings.Repeat("Text. ", 20) + "\n"
	write(whole)
	run(func(look func(time.Time) string) {
		if have := look(now); have != "Whole" {
			t.Errorf("at first: %q", have)
		}
		write("---\ntitle: [")
		if have := look(now.Add(time.Minute)); have != "Whole" {
			t.Errorf("cut short: %q", have)
		}
	})
	run(func(look func(time.Time) string) {
		if have := look(now.Add(2 * time.Minute)); have != "Whole" {
			t.Errorf("after the restart: %q", have)
		}
		write(strings.Replace(whole, "Whole", "Mended", 1))
		if have := look(now.Add(3 * time.Minute)); have != "Mended" {
			t.Errorf("mended: %q", have)
		}
	})
}

// TestGoneInMotion removes some files, of which nobody tells: the second look that finds the same is believed,
// whatever else has been named meanwhile.
func TestGoneInMotion(t *testing.T) {
	dir, now := t.TempDir(), time.Now().Add(time.Hour) // the files are at rest
	name := func(i int) string { return fmt.Sprintf("%02d.md", i) }
	write := func(i int, title string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name(i)), frontMatter([]string{"title=" + title, "date=2024-01-01"}), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 40 {
		write(i, "Before")
	}
	o := options(dir, article.Layout{}, nil)
	o.Settle = 100 * time.Millisecond
	c := catalog.New(o)
	look := func(after time.Duration, ch catalog.Change) catalog.Report {
		t.Helper()
		r, err := c.Apply(t.Context(), now.Add(after), ch)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	look(0, catalog.Change{Rescan: true})
	for i := range 10 {
		if err := os.Remove(filepath.Join(dir, name(i))); err != nil {
			t.Fatal(err)
		}
	}
	if r := look(time.Minute, catalog.Change{Rescan: true}); !r.Held {
		t.Errorf("the first look that finds them gone: %+v, want it held", r)
	}
	write(20, "After")
	if r := look(time.Minute+200*time.Millisecond, catalog.Change{Paths: []string{name(20)}}); r.Held || r.Removed != 10 || r.Changed != 1 {
		t.Errorf("the second: %+v, want 10 removed and 1 changed", r)
	}
}
