package server

import (
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"

	"feedmill/catalog"
	"feedmill/feed"
)

const (
	styleFile  = "style.css"
	noSuchFeed = "no such feed; / lists all feeds"
)

// Public returns the handler of the public listener.
func (s *Server) Public() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.withSite(s.index))
	mux.HandleFunc("GET /{file}", s.withSite(s.siteFile))
	mux.HandleFunc("GET /{taxonomy}/{$}", s.withSite(s.index))
	mux.HandleFunc("GET /{taxonomy}/{term}", s.withSite(s.withSlash))
	mux.HandleFunc("GET /{taxonomy}/{term}/{$}", s.withSite(s.term))
	mux.HandleFunc("GET /{taxonomy}/{term}/{file}", s.withSite(s.term))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { tell(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", s.ready)
	return s.metrics.count(tidy(s.o.BasePath, mux))
}

// tidy hands on requests for paths that name one thing in one way, and knows no others. The path
// of the base URL is taken off, for a proxy may pass it on or not.
func tidy(basePath string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		p := r.URL.Path
		if rest, ok := strings.CutPrefix(p, basePath); ok && basePath != "/" {
			u := *r.URL
			u.Path, u.RawPath = "/"+rest, ""
			if raw, ok := strings.CutPrefix(r.URL.RawPath, basePath); ok {
				u.RawPath = "/" + raw
			}
			r = r.Clone(r.Context())
			r.URL, p = &u, u.Path
		}
		if clean := path.Clean(p); p != clean && p != clean+"/" || strings.ContainsAny(p, "\x00\\") {
			tell(w, http.StatusNotFound, "no such page")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// withSite gives the handler the snapshot that the whole answer comes from.
func (s *Server) withSite(h func(http.ResponseWriter, *http.Request, *catalog.Snapshot)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		snap := s.o.Current()
		if snap == nil {
			w.Header().Set("Retry-After", "1")
			tell(w, http.StatusServiceUnavailable, "the articles are still being read")
			return
		}
		h(w, r, snap)
	}
}

func (s *Server) siteFile(w http.ResponseWriter, r *http.Request, snap *catalog.Snapshot) {
	file := r.PathValue("file")
	switch f, ok := s.format(file); {
	case ok:
		s.feed(w, r, snap.Site, f)
	case "/"+file == feed.OPMLPath:
		s.page(w, r, snap, file, feed.OPMLType, func() ([]byte, error) { return s.o.Mill.OPML(snap) })
	case file == styleFile:
		s.page(w, r, snap, file, "text/css", func() ([]byte, error) { return pages.ReadFile("pages/" + styleFile) })
	default:
		tell(w, http.StatusNotFound, noSuchFeed)
	}
}

func (s *Server) term(w http.ResponseWriter, r *http.Request, snap *catalog.Snapshot) {
	taxonomy, slug, file := r.PathValue("taxonomy"), r.PathValue("term"), r.PathValue("file")
	sel, gone := snap.Term(taxonomy, slug)
	f, known := s.format(file)
	switch canonical := catalog.Slug(slug); {
	case file != "" && !known:
		tell(w, http.StatusNotFound, noSuchFeed)
	case sel != nil && file == "":
		s.articles(w, r, snap, sel)
	case sel != nil:
		s.feed(w, r, sel, f)
	case gone:
		tell(w, http.StatusGone, "there was such a feed, but its articles are gone")
	case canonical != slug:
		if sel, _ := snap.Term(taxonomy, canonical); sel != nil {
			to := s.o.Mill.PageURL(sel)
			if known {
				to = s.o.Mill.URL(sel, f)
			}
			http.Redirect(w, r, to, http.StatusMovedPermanently)
			return
		}
		fallthrough
	default:
		tell(w, http.StatusNotFound, noSuchFeed)
	}
}

// withSlash leads to the page of a term whose address lacks the slash at its end.
func (s *Server) withSlash(w http.ResponseWriter, r *http.Request, snap *catalog.Snapshot) {
	sel, _ := snap.Term(r.PathValue("taxonomy"), r.PathValue("term"))
	if sel == nil {
		tell(w, http.StatusNotFound, noSuchFeed)
		return
	}
	http.Redirect(w, r, s.o.Mill.PageURL(sel), http.StatusMovedPermanently)
}

// format returns the format whose documents have that file name, if it is offered.
func (s *Server) format(file string) (feed.Format, bool) {
	for _, f := range s.o.Mill.Formats() {
		if f.File() == file {
			return f, true
		}
	}
	return "", false
}

func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	snap := s.o.Current()
	switch {
	case s.draining.Load():
		tell(w, http.StatusServiceUnavailable, "going down")
	case snap == nil:
		tell(w, http.StatusServiceUnavailable, "the articles are still being read")
	default:
		h := s.o.Health()
		tell(w, http.StatusOK, strings.TrimSpace(fmt.Sprintf("ready: %d articles, %s %s", snap.Articles, h.State, h.Reason)))
	}
}

// tell answers with a line of plain text, which must hold nothing of the request.
func tell(w http.ResponseWriter, status int, line string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, line+"\n") // fails only when the client has gone
}
