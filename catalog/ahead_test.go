package catalog

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"feedmill/article"
)

// TestPrepare states that what was prepared of a file is taken exactly where the file still holds the same.
func TestPrepare(t *testing.T) {
	const first, second, broken = "---\ntitle: First\n---\nText.\n", "---\ntitle: Later\n---\nText.\n", "---\ntitle: \"broken\n---\n"
	tests := []struct {
		name, before, then string // what the file holds when it is prepared, and when Apply comes; "" is none
		title              string // what is shown at last
		taken              bool
	}{
		{name: "the same", before: second, then: second, title: "Later", taken: true},
		{name: "written again", before: first, then: second, title: "Later"},
		{name: "there no more", before: second},
		{name: "broken since", before: second, then: broken, title: "Known"},
		{name: "broken", before: broken, then: broken, title: "Known", taken: true},
		{name: "mended since", before: broken, then: second, title: "Later"},
		{name: "as it was known", before: second, then: "---\ntitle: Known\n---\n", title: "Known"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir, now := t.TempDir(), time.Now()
			file := filepath.Join(dir, "a.md")
			write := func(text string) {
				t.Helper()
				err := os.WriteFile(file, []byte(text), 0o644)
				if text == "" {
					err = os.Remove(file)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			site, _ := url.Parse("https://example.org/")
			c := New(Options{
				Open: Dir(dir), Parser: article.New(article.Options{Site: site}), Limit: 3, MaxFileSize: 4096, TextBytes: 4096,
			})
			look := func(ch Change) {
				t.Helper()
				if _, err := c.Apply(t.Context(), now, ch); err != nil {
					t.Fatal(err)
				}
			}
			write("---\ntitle: Known\n---\n")
			look(Change{Rescan: true})

			write(tt.before)
			if err := c.Prepare(t.Context(), []string{"a.md", "gone.md", "a.txt", "."}); err != nil {
				t.Fatal(err)
			}
			ahead, ok := c.ahead["a.md"]
			if !ok || len(c.ahead) != 1 {
				t.Fatalf("prepared = %v, want a.md alone", c.ahead)
			}
			if shown := c.Current().Site.Entries[0]; shown.Title != "Known" {
				t.Errorf("Prepare alone shows %q, want nothing new", shown.Title)
			}
			write(tt.then)
			look(Change{Paths: []string{"a.md"}})
			title := ""
			for _, e := range c.Current().Site.Entries {
				title = e.Title
			}
			if title != tt.title {
				t.Errorf("title = %q, want %q", title, tt.title)
			}
			if f := c.files["a.md"]; f != nil && ahead.source.article != nil && (f.good.article == ahead.source.article) != tt.taken {
				t.Errorf("what was prepared was taken = %t, want %t", !tt.taken, tt.taken)
			}
			if f := c.files["a.md"]; tt.taken && len(f.problems) != len(ahead.problems) {
				t.Errorf("problems = %v, want those that were prepared: %v", f.problems, ahead.problems)
			}
			if len(c.ahead) > 0 {
				t.Errorf("after the look %d files stay prepared, want none", len(c.ahead))
			}
		})
	}
}
