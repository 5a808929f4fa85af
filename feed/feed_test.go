package feed_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"

	"feedmill/article"
	"feedmill/catalog"
	"feedmill/feed"
	"feedmill/internal/corpus"
)

var update = flag.Bool("update", false, "write the golden files that do not exist")

var now = time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)

// site is a mill and the snapshot it grinds.
type site struct {
	*feed.Mill
	*catalog.Snapshot
}

func newSite(t testing.TB, fsys fs.FS, change func(*feed.Options)) site {
	t.Helper()
	base, _ := url.Parse("https://example.org/feeds/")
	home, _ := url.Parse("https://example.org/")
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	taxonomies := []string{"categories", "tags"}
	parser := article.New(article.Options{Site: home, Zone: shanghai})
	c := catalog.New(catalog.Options{
		Open: func() (fs.FS, error) { return fsys, nil }, Parser: parser, Taxonomies: taxonomies,
		Limit: 1000, MaxFileSize: 1 << 20,
	})
	if _, err := c.Apply(t.Context(), now, catalog.Change{Rescan: true}); err != nil {
		t.Fatal(err)
	}
	for _, p := range c.Current().Problems {
		if p.Severity == article.Error {
			t.Error(p)
		}
	}
	o := feed.Options{
		Title: "The Mill", Description: "News of the mill", Language: "en", BaseURL: base, SiteURL: home,
		Formats: []feed.Format{feed.RSS, feed.Atom, feed.JSON}, Taxonomies: taxonomies, Parser: parser, Text: c.Text, CacheBytes: 1 << 20,
	}
	if change != nil {
		change(&o)
	}
	m, err := feed.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return site{m, c.Current()}
}

func (s site) build(t testing.TB, sel *catalog.Selection, f feed.Format) feed.Document {
	t.Helper()
	d, err := s.Build(t.Context(), sel, f)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestGolden compares documents with the files of their revision. Readers have seen these bytes
// under ETags that hold the revision, so a file that exists is never written again: new output is
// a new revision.
func TestGolden(t *testing.T) {
	full := newSite(t, os.DirFS("testdata/site"), nil)
	short := newSite(t, os.DirFS("testdata/site"), func(o *feed.Options) { o.SummaryOnly = true })
	empty := newSite(t, fstest.MapFS{}, nil)
	switched := newSite(t, os.DirFS("testdata/site"), func(o *feed.Options) {
		o.Hubs = []string{"https://hub.example/"}
		o.For = map[string]feed.Switches{"tags": {
			Formats: o.Formats, SummaryOnly: true, Title: ":site: :taxonomy/:term",
			Paths: map[feed.Format][]string{feed.RSS: {"/t/:term/feed/"}},
		}}
	})
	tag, _ := full.Term("tags", "算力")
	podcast := newSite(t, os.DirFS("testdata/podcast"), func(o *feed.Options) {
		o.Author = article.Author{Name: "The Millers", Email: "mill@example.org"}
		o.Podcast = &feed.Podcast{
			Image: "https://example.org/cover.png", Categories: []string{"Arts > Books", "Science"}, Explicit: "false", Type: "episodic",
			Owner: article.Author{Name: "Ada & Bo", Email: "bo@example.org"}, GUID: "9b024349-ccf0-5f69-a609-6b82873eab3c",
		}
	})
	unsaid := newSite(t, os.DirFS("testdata/podcast"), nil)
	episodes, _ := podcast.Term("categories", "podcast")
	mill, _ := podcast.Term("categories", "mill")
	for _, test := range []struct {
		name string
		site site
		sel  *catalog.Selection
	}{
		{"site", full, full.Site},
		{"tag", full, tag},
		{"summary", short, short.Site},
		{"empty", empty, empty.Site},
		{"switched", switched, tag},
		{"podcast", podcast, podcast.Site},
		{"podcast-episodes", podcast, episodes},
		{"podcast-none", podcast, mill},
		{"podcast-unsaid", unsaid, unsaid.Site},
	} {
		for _, f := range test.site.Formats(test.sel) {
			golden(t, test.name+"-"+f.File(), test.site.build(t, test.sel, f).Body)
		}
	}
	opml, err := full.OPML(full.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "opml.xml", opml)
}

func golden(t *testing.T, name string, have []byte) {
	t.Helper()
	file := filepath.Join("testdata", fmt.Sprintf("revision-%d", feed.Revision), name)
	want, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) && *update {
		err = errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, have, 0o644))
		want = have
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(have)); diff != "" {
		t.Errorf("%s (-want +have); if this is meant, raise the revision:\n%s", file, diff)
	}
}

// TestReadBack reads the three formats as their specifications say, and with a reader's library: they
// must tell the same.
func TestReadBack(t *testing.T) {
	s := newSite(t, os.DirFS("testdata/site"), nil)
	agree(t, s)
	agree(t, newSite(t, os.DirFS("testdata/podcast"), nil))
	for _, f := range s.Formats(s.Site) {
		parsed, err := gofeed.NewParser().Parse(bytes.NewReader(s.build(t, s.Site, f).Body))
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		if parsed.Title != "The Mill" || parsed.FeedLink != s.URL(s.Site, f) {
			t.Errorf("%s: title %q at %q", f, parsed.Title, parsed.FeedLink)
		}
	}
}

// TestSameBytes builds the same site twice: nothing but content, configuration and time of the
// articles may have a say.
func TestSameBytes(t *testing.T) {
	a, b := newSite(t, os.DirFS("testdata/site"), nil), newSite(t, os.DirFS("testdata/site"), nil)
	for sel := range a.Selections() {
		other := b.Site
		if sel.Taxonomy != "" {
			other, _ = b.Term(sel.Taxonomy, sel.Slug)
		}
		for _, f := range a.Formats(sel) {
			if diff := cmp.Diff(a.build(t, sel, f), b.build(t, other, f)); diff != "" {
				t.Error(diff)
			}
		}
	}
}

// TestTags checks that an ETag changes with everything that the bytes depend on, and with nothing else.
func TestTags(t *testing.T) {
	s := newSite(t, os.DirFS("testdata/site"), nil)
	tags := map[string]string{}
	note := func(what string, d feed.Document) {
		t.Helper()
		if was, ok := tags[d.Tag]; ok {
			t.Errorf("%s has the tag of %s", what, was)
		}
		tags[d.Tag] = what
	}
	for sel := range s.Selections() {
		for _, f := range s.Formats(sel) {
			note(sel.Path()+f.File(), s.Head(sel, f))
		}
	}
	for name, change := range map[string]func(*feed.Options){
		"title":   func(o *feed.Options) { o.Title = "Another" },
		"summary": func(o *feed.Options) { o.SummaryOnly = true },
		"author":  func(o *feed.Options) { o.Author.Name = "Ada" },
		"base":    func(o *feed.Options) { o.BaseURL, _ = url.Parse("https://example.net/") },
	} {
		other := newSite(t, os.DirFS("testdata/site"), change)
		note(name, other.Head(other.Site, feed.RSS))
	}
	d := s.build(t, s.Site, feed.RSS)
	d.Body = nil
	if diff := cmp.Diff(s.Head(s.Site, feed.RSS), d); diff != "" {
		t.Errorf("Head and Build differ:\n%s", diff)
	}
}

// BenchmarkBuild makes the document of 20 articles: of such as have been shown before, and of new ones.
func BenchmarkBuild(b *testing.B) {
	dir, of := b.TempDir(), corpus.New(20)
	of.To = now
	if err := of.Write(b.Context(), dir, func(int) {}); err != nil {
		b.Fatal(err)
	}
	for name, cache := range map[string]uint64{"known": 1 << 20, "new": 1} {
		s := newSite(b, os.DirFS(dir), func(o *feed.Options) { o.CacheBytes = cache })
		for _, f := range s.Formats(s.Site) {
			b.Run(name+"/"+string(f), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					s.build(b, s.Site, f)
				}
			})
		}
	}
}

func BenchmarkHead(b *testing.B) {
	s := newSite(b, os.DirFS("testdata/site"), nil)
	b.ReportAllocs()
	for b.Loop() {
		s.Head(s.Site, feed.RSS)
	}
}
