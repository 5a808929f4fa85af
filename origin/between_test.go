package origin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// between is a storage in front of the real one, before which something may happen to a request.
func (s *stock) between(do func(*http.Request) (forward bool)) string {
	to, err := url.Parse(s.at.Endpoint)
	if err != nil {
		s.t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host // which is signed
	}}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if do(r) {
			proxy.ServeHTTP(w, r)
			return
		}
		panic(http.ErrAbortHandler)
	}))
	s.t.Cleanup(front.Close)
	return front.URL
}

func isList(r *http.Request) bool { return r.URL.Query().Get("list-type") == "2" }

// TestMoved changes an object between its listing and its request, and removes one: what lies at the path is
// one listing.
func TestMoved(t *testing.T) {
	s := newStock(t)
	s.put("a.md", "1", "b.md", "1", "c.md", "1")
	var once sync.Once
	var lists atomic.Int32
	g, _ := s.follow(func(o *Options) {
		o.Bucket.Endpoint = s.between(func(r *http.Request) bool {
			if isList(r) {
				lists.Add(1)
			} else {
				once.Do(func() { s.put("a.md", "2", "b.md", "2", "c.md", "") })
			}
			return true
		})
	})
	pull(t, g)
	holds(t, g, map[string]string{"a.md": "2", "b.md": "2"})
	if n := lists.Load(); n < 3 {
		t.Errorf("%d listings, want one after the change and one that is the same", n)
	}
}

// TestWriting has somebody write all the time: a generation is a listing nevertheless.
func TestWriting(t *testing.T) {
	s := newStock(t)
	s.put("a.md", "0", "b.md", "0")
	round := 0
	g, _ := s.follow(func(o *Options) {
		o.Bucket.Endpoint = s.between(func(r *http.Request) bool {
			if isList(r) {
				round++
				s.put("a.md", fmt.Sprint(round), "b.md", fmt.Sprint(round))
			}
			return true
		})
	})
	pull(t, g)
	if err := alike(g, 2); err != nil {
		t.Error(err)
	}
	if round > 2*mostRounds {
		t.Errorf("%d listings in one pull", round)
	}
}

// alike says why the files at the path are not one generation: they all hold the same, and are n.
func alike(g *Origin, n int) error {
	files, err := os.ReadDir(g.Path())
	if err != nil || len(files) != n {
		return fmt.Errorf("%d files of %d: %w", len(files), n, err)
	}
	texts := map[string]bool{}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(g.Path(), f.Name()))
		if err != nil {
			return err
		}
		texts[string(text)] = true
	}
	if len(texts) != 1 {
		return fmt.Errorf("they hold %v", texts)
	}
	return nil
}

// TestCutOff loses the connection in the middle of everything; the next pull goes on from what is here.
func TestCutOff(t *testing.T) {
	s := newStock(t)
	for i := range 30 {
		s.put(fmt.Sprintf("%d.md", i), "text")
	}
	var gets, left atomic.Int32
	left.Store(12)
	g, _ := s.follow(func(o *Options) {
		o.Bucket.Endpoint = s.between(func(r *http.Request) bool {
			if isList(r) {
				return true
			}
			gets.Add(1)
			return left.Add(-1) >= 0
		})
	})
	if _, err := g.Pull(t.Context()); err == nil {
		t.Fatal("Pull succeeds without its objects")
	}
	if g.Ready() {
		t.Error("half a listing is ready")
	}
	left.Store(1000)
	pull(t, g)
	if err := alike(g, 30); err != nil {
		t.Error(err)
	}
	if parts, _ := filepath.Glob(filepath.Join(g.o.Folder, "*", "*"+part)); len(parts) > 0 {
		t.Errorf("left behind: %v", parts)
	}
}
