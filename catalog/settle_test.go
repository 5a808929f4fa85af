package catalog_test

import (
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
