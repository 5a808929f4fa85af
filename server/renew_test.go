package server

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"feedmill/article"
	"feedmill/catalog"
	"feedmill/feed"
)

// TestStampede lets many ask at once for a document that is still to be made, in each coding.
func TestStampede(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := New(Options{CacheBytes: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		defer s.documents.StopAllGoroutines()
		coded := countCodings(t)
		var made atomic.Int64
		begin := make(chan struct{})
		build := func(context.Context) ([]byte, error) {
			made.Add(1)
			<-begin
			return []byte(strings.Repeat("feed ", 1000)), nil
		}
		var all sync.WaitGroup
		for i := range 200 {
			v := variant{tag: "x"}
			if j := i % (len(codings) + 1); j < len(codings) {
				v.encoding = codings[j].name
			}
			all.Go(func() {
				if b, err := s.bytes(t.Context(), v, build); err != nil || len(b.bytes) == 0 {
					t.Errorf("%v: %d bytes, %v", v, len(b.bytes), err)
				}
			})
		}
		synctest.Wait() // all of them are waiting
		close(begin)
		all.Wait()
		if n := made.Load(); n != 1 {
			t.Errorf("made %d times", n)
		}
		for name, n := range coded {
			if n.Load() != 1 {
				t.Errorf("%s: coded %d times", name, n.Load())
			}
		}
	})
}

// countCodings counts the uses of the codings until the test ends.
func countCodings(t *testing.T) map[string]*atomic.Int64 {
	counts, were := map[string]*atomic.Int64{}, codings
	t.Cleanup(func() { codings = were })
	for i, c := range were {
		n := new(atomic.Int64)
		counts[c.name] = n
		codings[i].newWriter = func(w io.Writer) (io.WriteCloser, error) {
			n.Add(1)
			return c.newWriter(w)
		}
	}
	return counts
}

// TestRenew changes an article, and looks which documents are ready then before anybody has come.
func TestRenew(t *testing.T) {
	dir := t.TempDir()
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "a.md"), []byte("---\ntitle: A\ndate: 2024-01-01\ntags: [t]\n---\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	base, _ := url.Parse("https://example.org/")
	parser := article.New(article.Options{Site: base})
	c := catalog.New(catalog.Options{
		Open: catalog.Dir(dir), Parser: parser, Taxonomies: []string{"tags"}, Language: "en",
		Limit: 20, MaxFileSize: 1 << 20,
	})
	mill, err := feed.New(feed.Options{
		Title: "T", BaseURL: base, SiteURL: base, Formats: []feed.Format{feed.RSS, feed.Atom}, Parser: parser, CacheBytes: 1 << 20,
		Text: c.Text,
	})
	if err != nil {
		t.Fatal(err)
	}
	apply := func() {
		t.Helper()
		if _, err := c.Apply(t.Context(), time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC), catalog.Change{Rescan: true, Reread: true}); err != nil {
			t.Fatal(err)
		}
	}
	s, err := New(Options{CacheBytes: 1 << 20, Current: func() View { return View{Snapshot: c.Current(), Mill: mill, BasePath: "/"} }})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(path, coding, etag string) string {
		t.Helper()
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", coding)
		r.Header.Set("If-None-Match", etag)
		w := httptest.NewRecorder()
		s.Public().ServeHTTP(w, r)
		return w.Header().Get("ETag")
	}

	write("One.")
	apply()
	ask("/rss.xml", "gzip", "")
	ask("/rss.xml", "br", ask("/rss.xml", "br", "")) // who has it wants to have the next one too
	ask("/atom.xml", "gzip", "")
	s.shelf.asked["/atom.xml"].note(identity-1, time.Now().Add(-2*fondness))
	write("Two.")
	apply()
	s.renew(t.Context())

	for _, want := range []struct {
		path, coding string
		ready        bool
	}{
		{"/rss.xml", "gzip", true}, {"/rss.xml", "br", true}, {"/rss.xml", "zstd", false},
		{"/atom.xml", "gzip", false}, {"/tags/t/rss.xml", "gzip", false},
	} {
		d := s.shelf.find(s.o.Current(), want.path)
		if _, ready := s.documents.GetIfPresent(d.in[codingOf(want.coding)].variant); ready != want.ready {
			t.Errorf("%s in %s: ready %v, want %v", want.path, want.coding, ready, want.ready)
		}
	}
}
