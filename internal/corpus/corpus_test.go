package corpus

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"feedmill/article"
)

// TestSame checks the digest of some articles. Figures that were measured on others can't be
// compared: if this is meant, they are to be measured anew.
func TestSame(t *testing.T) {
	sum := sha256.New()
	for i := range 100 {
		a := New(100).Article(i)
		sum.Write([]byte(a.Path))
		sum.Write(a.Append(nil))
	}
	const want = "936fc5c2b91caa45"
	if have := hex.EncodeToString(sum.Sum(nil)[:8]); have != want {
		t.Errorf("digest of the articles = %s, want %s", have, want)
	}
}

// TestArticles reads many articles as the program does: they have what was decided about them, and
// no problems.
func TestArticles(t *testing.T) {
	const n = 2000
	home, _ := url.Parse("https://example.org/")
	p := article.New(article.Options{Site: home, Zone: time.UTC, Taxonomies: []string{"categories", "tags"}})
	size, terms, seen := 0, map[string]int{}, map[string]bool{}
	for i := range n {
		a := New(n).Article(i)
		text := a.Append(nil)
		size += len(text)
		have, problems := p.Parse(a.Path, text)
		if have == nil || len(problems) > 0 {
			t.Fatalf("%s: %v\n%s", a.Path, problems, text)
		}
		if seen[a.Path] || !have.Published.Equal(a.Date) || len(have.Terms.Of("categories")) != 1 || len(have.Terms.Of("tags")) != len(a.Tags) {
			t.Fatalf("%s: %+v, want %+v", a.Path, have, a)
		}
		seen[a.Path] = true
		for _, t := range have.Terms {
			for _, name := range t.Names {
				terms[t.Taxonomy+"/"+name]++
			}
		}
	}
	if mean := size / n; mean < 4500 || mean > 6500 {
		t.Errorf("an article has %d bytes on average, want about 5,000 of text", mean)
	}
	if len(terms) < 500 || len(terms) > 2020 {
		t.Errorf("%d terms, want most of 20 categories and 2,000 tags", len(terms))
	}
}

// TestNames checks that no two terms have one name.
func TestNames(t *testing.T) {
	numbers := map[string]int{}
	for k := range 100_000 {
		if other, ok := numbers[name(k)]; ok {
			t.Fatalf("terms %d and %d are both called %q", other, k, name(k))
		}
		numbers[name(k)] = k
	}
}

func TestWrite(t *testing.T) {
	dir, c := t.TempDir(), New(1500)
	told := 0
	if err := c.Write(t.Context(), dir, func(done int) { told = done }); err != nil {
		t.Fatal(err)
	}
	if told != 1000 {
		t.Errorf("told of %d articles, want 1,000", told)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*/*/*.md"))
	if err != nil || len(files) != c.Articles {
		t.Errorf("%d files, want %d", len(files), c.Articles)
	}
	a := c.Article(c.Articles - 1)
	a.Note = "One more."
	if err := a.Write(dir); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, a.Path)
	text, err := os.ReadFile(file)
	if err != nil || !bytes.Contains(text, []byte("One more.\n")) {
		t.Errorf("%s: %v\n%s", file, err, text)
	}
	if fi, err := os.Stat(file); err != nil || !fi.ModTime().Equal(a.Date) {
		t.Errorf("%v, %v, want a change at %v", fi, err, a.Date)
	}
}

func BenchmarkAppend(b *testing.B) {
	c, text := New(1000), []byte(nil)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		text = c.Article(i % c.Articles).Append(text[:0])
	}
	b.SetBytes(int64(len(text)))
}
