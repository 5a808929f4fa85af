package page

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"feedmill/article"
	"feedmill/catalog"
	"feedmill/feed"
)

// siteOf is a site of these files, whose pages are at https://example.org/.
func siteOf(t testing.TB, language string, files fstest.MapFS) Site {
	t.Helper()
	base, _ := url.Parse("https://example.org/")
	parser := article.New(article.Options{Site: base, Taxonomies: []string{"tags"}})
	c := catalog.New(catalog.Options{
		Open: func() (fs.FS, error) { return files, nil }, Parser: parser, Taxonomies: []string{"tags"},
		Language: language, Limit: 20, MaxFileSize: 1 << 20,
	})
	if _, err := c.Apply(t.Context(), time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC), catalog.Change{Rescan: true}); err != nil {
		t.Fatal(err)
	}
	mill, err := feed.New(feed.Options{
		Title: "Example", Language: language, BaseURL: base, SiteURL: base, Formats: []feed.Format{feed.RSS},
		Taxonomies: []string{"tags"}, Parser: parser, CacheBytes: 1 << 20, Text: c.Text,
	})
	if err != nil {
		t.Fatal(err)
	}
	return Site{Snapshot: c.Current(), Mill: mill, Language: language, BasePath: "/"}
}

// manyTags are articles with n tags, each of which has one article but for the last, which has all.
func manyTags(n int) fstest.MapFS {
	files := fstest.MapFS{}
	const each = 100
	for i := 0; i < n; i += each {
		var b strings.Builder
		fmt.Fprintf(&b, "---\ntitle: Article %d\ndate: 2024-01-%02d\ntags: [zebra", i, 1+i/each%28)
		for j := i; j < min(i+each, n-1); j++ {
			fmt.Fprintf(&b, ", t%05d", j)
		}
		b.WriteString("]\n---\nText.\n")
		files[fmt.Sprintf("a%05d.md", i)] = &fstest.MapFile{Data: []byte(b.String())}
	}
	return files
}

// TestMany: however many terms there are, a page shows the largest of them and says where the others are.
func TestMany(t *testing.T) {
	s := siteOf(t, "en", manyTags(maxTerms+500))
	for _, test := range []struct {
		name string
		make func() ([]byte, error)
		rows int
		all  bool
	}{
		{"catalogue", s.Catalogue, maxFew, true},
		{"taxonomy", func() ([]byte, error) { return s.Taxonomy(s.Snapshot.Taxonomies[0]) }, maxTerms, false},
	} {
		html, err := test.make()
		if err != nil {
			t.Fatal(err)
		}
		if rows := bytes.Count(html, []byte(`<a class="name"`)); rows != test.rows {
			t.Errorf("%s: has %d terms, want %d", test.name, rows, test.rows)
		}
		if !bytes.Contains(html, []byte(">zebra</a>")) {
			t.Errorf("%s: the largest is not there", test.name)
		}
		if all := bytes.Contains(html, []byte(`<a class="all" href="https://example.org/tags/">`)); all != test.all {
			t.Errorf("%s: leads to all of them: %t, want %t", test.name, all, test.all)
		}
	}
}

// TestHostile: what authors write stays text, on every page.
func TestHostile(t *testing.T) {
	const evil = `1 <script & "onclick="`
	s := siteOf(t, "en", fstest.MapFS{"a.md": {Data: []byte("---\ntitle: 'A" + evil + "'\ndate: 2024-01-01\ntags: ['" + evil + "']\n" +
		"source: 'javascript:alert(1)'\n---\n<script>alert(1)</script><p onclick=alert(1)>Text</p>\n")}})
	if len(s.Snapshot.Taxonomies[0].Terms) == 0 {
		t.Fatal("there is no tag: ", s.Snapshot.Problems)
	}
	tag := s.Snapshot.Taxonomies[0].Terms[0]
	for name, make := range map[string]func() ([]byte, error){
		"catalogue": s.Catalogue,
		"term":      func() ([]byte, error) { return s.Term(t.Context(), tag) },
		"article":   func() ([]byte, error) { return s.Article(t.Context(), tag.Entries[0]) },
	} {
		html, err := make()
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"<script>", "<script &", `"onclick=`, "onclick=alert", "javascript:"} {
			if bytes.Contains(html, []byte(bad)) {
				t.Errorf("%s: has %s\n%s", name, bad, html)
			}
		}
	}
}

// TestEmpty: a site without articles has a catalogue, too.
func TestEmpty(t *testing.T) {
	html, err := siteOf(t, "en", fstest.MapFS{}).Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	if want := "https://example.org/rss.xml"; !strings.Contains(string(html), want) {
		t.Errorf("has no %s\n%s", want, html)
	}
}

func TestNameOf(t *testing.T) {
	for tag, want := range map[string]named{
		"en": {"English", "en"}, "zh-cn": {"中文", "zh-cn"}, "zh-hant": {"繁體中文", "zh-hant"}, "ar": {"العربية", "ar"},
		"de-AT": {"Österreichisches Deutsch", "de-AT"}, "qaa": {"qaa", ""}, "no language": {"no language", ""},
	} {
		if have := nameOf(&catalog.Selection{Taxonomy: catalog.Languages, Name: tag}); have != want {
			t.Errorf("nameOf(%q) = %q, want %q", tag, have, want)
		}
	}
	if have := nameOf(&catalog.Selection{Taxonomy: "tags", Name: "en"}); have != (named{"en", ""}) {
		t.Errorf("the tag en is called %q", have)
	}
}

func TestRhythm(t *testing.T) {
	files := fstest.MapFS{}
	for i, date := range []string{"2024-05-31", "2024-05-30", "2024-01-10", "2010-01-01", ""} {
		files[fmt.Sprintf("%d.md", i)] = &fstest.MapFile{Data: []byte("---\ntitle: A\ndate: " + date + "\n---\nText.\n")}
	}
	s := siteOf(t, "en", files)
	over := spanOf(s.Snapshot.Site)
	if want := "2023-12-01 2024-05-31"; over.begin.Format(time.DateOnly)+" "+over.end.Format(time.DateOnly) != want {
		t.Errorf("from %v to %v, want %s", over.begin, over.end, want)
	}
	// Two in the last of the bars, and one alone.
	if have, want := rhythmOf(s.Snapshot.Site, over).Path, "M20 16v-8h3v8zM100 16v-16h3v16z"; have != want {
		t.Errorf("path is %q, want %q", have, want)
	}
}

func BenchmarkTaxonomy(b *testing.B) {
	s := siteOf(b, "en", manyTags(maxTerms))
	for b.Loop() {
		html, err := s.Taxonomy(s.Snapshot.Taxonomies[0])
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(html)))
	}
}
