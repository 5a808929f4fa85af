package catalog_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"feedmill/article"
	"feedmill/catalog"
	"feedmill/internal/corpus"
)

// BenchmarkApply indexes one change among few articles and among many, which must cost the same: an
// edit of an old article, and one that moves it from tag to tag.
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
			tags := of.Article(1).Tags
			b.Run("edit", func(b *testing.B) { apply(b, c, dir, of, nil) })
			b.Run("retag", func(b *testing.B) { apply(b, c, dir, of, tags) })
		})
	}
}

// apply changes the first article of the corpus again and again, where tags are given also from its
// own to these and back, and measures how long the catalog looks at it.
func apply(b *testing.B, c *catalog.Catalog, dir string, of corpus.Corpus, tags []string) {
	b.ReportAllocs()
	now := of.To
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		a := of.Article(0)
		a.Note = fmt.Sprint("Change ", i, " of ", b.N, ".")
		if i%2 == 0 && tags != nil {
			a.Tags = tags
		}
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
