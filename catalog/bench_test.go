package catalog_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"feedmill/article"
	"feedmill/catalog"
	"feedmill/internal/corpus"
	"feedmill/store"
)

// BenchmarkApply indexes one change among few articles and among many, which must cost the same: an
// edit, and one that moves the article from tag to tag.
func BenchmarkApply(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir, of := b.TempDir(), corpus.New(n)
			if err := of.Write(b.Context(), dir, func(int) {}); err != nil {
				b.Fatal(err)
			}
			o := options(dir, article.Layout{}, []string{"categories", "tags"})
			o.Limit, o.MaxFileSize = 20, 1<<20
			c := catalog.New(o)
			if _, err := c.Apply(b.Context(), of.To, catalog.Change{Rescan: true}); err != nil {
				b.Fatal(err)
			}
			now, changes := of.To, 0
			// apply changes an old article again and again, and measures how long the catalog looks at it.
			apply := func(b *testing.B, change func(*corpus.Article)) {
				b.ReportAllocs()
				for b.Loop() {
					b.StopTimer()
					a := of.Article(0)
					changes++
					a.Note = fmt.Sprint("Change ", changes, ".")
					change(&a)
					now = now.Add(time.Minute)
					if err := os.WriteFile(filepath.Join(dir, a.Path), a.Append(nil), 0o644); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
					r, err := c.Apply(b.Context(), now, catalog.Change{Paths: []string{a.Path}})
					if err != nil || r.Changed != 1 {
						b.Fatal(r, err)
					}
				}
			}
			b.Run("edit", func(b *testing.B) { apply(b, func(*corpus.Article) {}) })
			b.Run("retag", func(b *testing.B) {
				apply(b, func(a *corpus.Article) { a.Tags = of.Article(1 + changes%2).Tags })
			})
		})
	}
}

// BenchmarkApplyRecalled goes on from what an earlier run has known, up to the first snapshot.
func BenchmarkApplyRecalled(b *testing.B) {
	const n = 10_000
	dir, of := b.TempDir(), corpus.New(n)
	if err := of.Write(b.Context(), dir, func(int) {}); err != nil {
		b.Fatal(err)
	}
	s, err := store.Open(b.TempDir(), "site")
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	o := options(dir, article.Layout{}, []string{"categories", "tags"})
	o.Limit, o.MaxFileSize, o.Keep = 20, 1<<20, s.Commit
	c := catalog.New(o)
	if _, err := c.Apply(b.Context(), of.To, catalog.Change{Rescan: true}); err != nil {
		b.Fatal(err)
	}
	var known bytes.Buffer
	if err := c.WriteFiles(b.Context(), &known); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		o.Recalled = catalog.Recall(bytes.NewReader(known.Bytes()), o)
		if o.Kept, err = s.LoadRest(o.Recalled.Tells); err != nil {
			b.Fatal(err)
		}
		c = catalog.New(o)
		if _, err := c.Apply(b.Context(), of.To, catalog.Change{}); err != nil || c.Current().Articles != n {
			b.Fatal(err)
		}
	}
}
