package server

import (
	"context"
	"hash/maphash"
	"net/http"
	"net/url"
	"path"
	"strings"

	"feedmill/catalog"
	"feedmill/feed"
	"feedmill/page"
)

// html answers with a page for people, which make makes once for each snapshot.
func (s *Server) html(w http.ResponseWriter, r *http.Request, v View, name, policy string, make func(page.Site) ([]byte, error)) {
	h := http.Header{}
	h.Set("Content-Security-Policy", policy)
	s.site(w, r, v.Snapshot, name, "text/html", h, func() ([]byte, error) {
		return make(page.Site{Snapshot: v.Snapshot, Mill: v.Mill, Language: v.Language, BasePath: v.BasePath})
	})
}

// asset answers with a file that pages load. There will never be another one at its address.
func (s *Server) asset(w http.ResponseWriter, r *http.Request, a page.Asset) {
	v := variant{tag: a.Name}
	if i := negotiate(strings.Join(r.Header["Accept-Encoding"], ",")); i != identity {
		v.encoding = codings[i].name
	}
	b, err := s.bytes(r.Context(), v, func(context.Context) ([]byte, error) { return a.Body, nil })
	if err != nil {
		s.retry(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.MediaType+"; charset=utf-8")
	h["Content-Length"] = b.length
	h.Set("Cache-Control", "max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	if v.encoding != "" {
		h.Set("Content-Encoding", v.encoding)
	}
	_, _ = w.Write(b.bytes) // fails only when the client has gone, or stalls
}

// article answers with the page of the article that has its address at the path, where the site has
// no other place for it.
func (s *Server) article(w http.ResponseWriter, r *http.Request, v View, path string) {
	if !v.Mill.IsSite() {
		s.absent(w, r, false)
		return
	}
	book := s.addressesOf(v)
	e := book.find(v, path)
	switch {
	case e == nil && s.media(w, r, v, book, path):
	case e != nil:
		s.html(w, r, v, "article "+path, page.ArticlePolicy, func(p page.Site) ([]byte, error) {
			return p.Article(context.WithoutCancel(r.Context()), e)
		})
	case book.find(v, path+"/") != nil:
		moved(w, r, v.Mill.At(path+"/"))
	default:
		s.absent(w, r, false)
	}
}

// addresses finds the articles of one snapshot by the paths of their pages.
type addresses struct {
	generation uint64
	mill       *feed.Mill
	entries    map[uint64]*catalog.Entry // by a hash of the path
	folders    map[string]bool           // of the content, in which articles lie or what they embed
}

var addressSeed = maphash.MakeSeed()

// addressesOf returns those of the view. They are made when the first page is asked for.
func (s *Server) addressesOf(v View) *addresses {
	if a := s.addresses.Load(); a != nil && a.generation == v.Generation && a.mill == v.Mill {
		return a
	}
	a := &addresses{v.Generation, v.Mill, make(map[uint64]*catalog.Entry, v.Articles), map[string]bool{}}
	for e := range v.Entries() {
		a.folders[folderOf(e.Path)] = true
		if s.o.Attached != nil {
			a.folders[path.Clean(s.o.Attached(e.Path))] = true
		}
		if path, ok := pathBelow(v.Mill, e.URL); ok {
			key := maphash.String(addressSeed, path)
			if a.entries[key] == nil { // of several the newest
				a.entries[key] = e
			}
		}
	}
	s.addresses.Store(a)
	return a
}

func (a *addresses) find(v View, path string) *catalog.Entry {
	e := a.entries[maphash.String(addressSeed, path)]
	if e == nil {
		return nil
	}
	if is, _ := pathBelow(v.Mill, e.URL); is != path {
		return nil
	}
	return e
}

func folderOf(name string) string {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		return name[:i]
	}
	return "."
}

// pathBelow is the unescaped path below the base URL of an address there.
func pathBelow(m *feed.Mill, address string) (string, bool) {
	rest, ok := strings.CutPrefix(address, strings.TrimSuffix(m.At("/"), "/"))
	if !ok || !strings.HasPrefix(rest, "/") || strings.ContainsAny(rest, "?#") {
		return "", false
	}
	path, err := url.PathUnescape(rest)
	return path, err == nil
}
