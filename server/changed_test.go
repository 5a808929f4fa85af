package server_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"feedmill/article"
	"feedmill/catalog"
	"feedmill/feed"
	"feedmill/server"
)

// TestChanged asks for a feed of which an article has changed on the disk since the snapshot, where
// no texts are kept: the answer comes from the next one, or is none for the moment.
func TestChanged(t *testing.T) {
	var disk atomic.Pointer[fstest.MapFS]
	write := func(text string) {
		disk.Store(&fstest.MapFS{"a.md": {Data: []byte("---\ntitle: A\ndate: 2024-01-01\n---\n" + text + "\n")}})
	}
	base, _ := url.Parse("https://example.org/")
	parser := article.New(article.Options{Site: base})
	c := catalog.New(catalog.Options{
		Open: func() (fs.FS, error) { return disk.Load(), nil }, Parser: parser,
		Language: "en", Limit: 20, MaxFileSize: 1 << 20,
	})
	look := func() {
		if _, err := c.Apply(t.Context(), time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC), catalog.Change{Rescan: true, Reread: true}); err != nil {
			t.Error(err)
		}
	}
	mill, err := feed.New(feed.Options{
		Title: "Example", Language: "en", BaseURL: base, SiteURL: base, Formats: []feed.Format{feed.RSS}, Parser: parser, Text: c.Text, CacheBytes: 1 << 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	changed := make(chan struct{}, 1)
	srv, err := server.New(server.Options{
		Current: func() server.View {
			return server.View{Snapshot: c.Current(), Mill: mill, Language: "en", BasePath: "/"}
		},
		CacheBytes: 1 << 20,
		Changed: func() {
			select {
			case changed <- struct{}{}:
			default:
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ask := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		srv.Public().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/rss.xml", nil))
		return w
	}

	write("One.")
	look()
	write("Two.")
	var looking sync.WaitGroup
	looking.Go(func() {
		<-changed
		look()
	})
	two := ask()
	looking.Wait()
	if head := ask(); two.Code != http.StatusOK || two.Header().Get("ETag") != head.Header().Get("ETag") || two.Body.String() != head.Body.String() {
		t.Errorf("while the article changes: %d %v, after that %v", two.Code, two.Header(), head.Header())
	}

	write("Three.")
	look()
	write("Four.")
	w := ask()
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || w.Header().Get("ETag") != "" {
		t.Errorf("of an article that can't be had: %d %v", w.Code, w.Header())
	}
}
