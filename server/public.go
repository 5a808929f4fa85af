package server

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"feedmill/catalog"
	"feedmill/feed"
	"feedmill/page"
)

// Public returns the handler of the public listener.
func (s *Server) Public() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", s.withSite(s.resolve))
	mux.HandleFunc("OPTIONS /", s.besideHub(options))
	mux.HandleFunc("/", s.besideHub(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", reading) // RFC 9110 §15.5.6
		s.refuse(w, r, http.StatusMethodNotAllowed, "feeds and pages can only be read")
	}))
	mux.HandleFunc("GET "+HubPath, s.besideHub(s.withSite(s.resolve)))
	mux.HandleFunc("POST "+HubPath, s.withSite(s.subscribe))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { tell(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", s.ready)
	if s.o.Hook != nil {
		mux.Handle("POST /-/hook", s.o.Hook)
	}
	return s.metrics.count(s.known(s.tidy(mux)))
}

// reading is the methods of whatever can be read.
const reading = "GET, HEAD, OPTIONS"

// options tells how something can be asked for (RFC 9110 §9.3.7), and a browser that a web page may do so
// with whatever header fields it likes, such as conditions: https://fetch.spec.whatwg.org/#cors-preflight-fetch.
func options(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Allow", reading)
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Headers", "*")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}

// known answers for documents, whose way needs no more than a look at the shelf. They are what
// [Server.resolve] would find; the rest it leaves to next.
func (s *Server) known(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			if d := s.shelf.find(s.o.Current(), r.RequestURI); d != nil {
				if s.answer(w, r, d) == nil {
					return
				}
				// next finds what is wrong too, and tells it
			}
		}
		next.ServeHTTP(w, r)
	})
}

// guard sets the header fields of all answers, which keep browsers from guessing and from telling.
func guard(h http.Header) {
	h["X-Content-Type-Options"] = nosniff
	h["Referrer-Policy"] = noReferrer
}

var nosniff, noReferrer = []string{"nosniff"}, []string{"no-referrer"}

// Keys of what the context of a request bears: its [View], and when it came.
type viewKey struct{}
type beganKey struct{}

// tidy hands on requests for paths that name one thing in one way, and knows no others. The path
// of the base URL is taken off, for a proxy may pass it on or not. The request bears the view that
// the whole answer comes from: what is served may be another thing in the next moment.
func (s *Server) tidy(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		view := s.o.Current()
		basePath := view.BasePath
		r = r.WithContext(context.WithValue(context.WithValue(r.Context(), beganKey{}, time.Now()), viewKey{}, view))
		guard(w.Header())
		p := r.URL.Path
		if strings.Contains(strings.ToLower(r.URL.RawPath), "%2f") { // a slash that is none: no slug has one
			s.refuse(w, r, http.StatusNotFound, "no such page")
			return
		}
		if rest, ok := strings.CutPrefix(p, basePath); ok && basePath != "/" {
			p = "/" + rest
		}
		if p == "" {
			p = "/" // RFC 9110 §4.2.3
		}
		u := *r.URL
		u.Path, u.RawPath = p, ""
		r.URL = &u // r is ours since it bears the view
		if !isTidy(p) {
			s.refuse(w, r, http.StatusNotFound, "no such page")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isTidy reports whether a path is written as those of ours are.
func isTidy(p string) bool {
	clean := path.Clean(p)
	return strings.HasPrefix(p, "/") && (p == clean || clean != "/" && p == clean+"/") && !strings.ContainsAny(p, "\x00\\")
}

// withSite gives the handler the view of the request, in which there are articles.
func (s *Server) withSite(h func(http.ResponseWriter, *http.Request, View)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := viewOf(r)
		if v.Snapshot == nil {
			w.Header().Set("Retry-After", "1")
			s.refuse(w, r, http.StatusServiceUnavailable, "the articles are still being read")
			return
		}
		h(w, r, v)
	}
}

func viewOf(r *http.Request) View {
	v, _ := r.Context().Value(viewKey{}).(View) // tidy has put it there
	return v
}

// resolve answers with what the path names. config sees to it that no path names two things.
func (s *Server) resolve(w http.ResponseWriter, r *http.Request, v View) {
	path := r.URL.Path
	if path == feed.OPMLPath {
		s.site(w, r, v.Snapshot, path, feed.OPMLType, openToAll(), func() ([]byte, error) { return v.Mill.OPML(v.Snapshot) })
		return
	}
	if a, ok := page.FindAsset(path); ok {
		s.asset(w, r, a)
		return
	}
	if d := v.document(path); d != nil {
		if err := s.answer(w, r, d); err != nil {
			s.retry(w, r, err)
		}
		return
	}
	if l, ok := v.Mill.Locate(path); ok {
		s.located(w, r, v, l)
		return
	}
	s.forPeople(w, r, v, path)
}

// located leads from a location, at whose path there is no document, to the address of the one it
// names.
func (s *Server) located(w http.ResponseWriter, r *http.Request, v View, l feed.Location) {
	sel, gone := find(v.Snapshot, l.Taxonomy, l.Slug)
	switch {
	case sel == nil:
		s.absent(w, r, gone)
	case l.Page != "":
		s.archived(w, r, v, sel, l)
	default:
		moved(w, r, v.Mill.URL(sel, l.Format))
	}
}

// archived leads to the archive document of sel that holds the articles of a page now.
func (s *Server) archived(w http.ResponseWriter, r *http.Request, v View, sel *catalog.Selection, l feed.Location) {
	p, instead, known := sel.Page(l.Page)
	if !known {
		s.absent(w, r, false)
		return
	}
	to := v.Mill.Path(sel, l.Format)
	if name := cmp.Or(p.Name, instead); name != "" {
		to = v.Mill.PagePath(sel, name, l.Format)
	}
	lead(w, r, v.Mill.At(to), http.StatusFound, "no-store")
}

// forPeople answers with a page, or leads to what has the same path but for a slash at its end.
func (s *Server) forPeople(w http.ResponseWriter, r *http.Request, v View, path string) {
	taxonomy, slug, _ := strings.Cut(strings.Trim(path, "/"), "/")
	sel, gone := find(v.Snapshot, taxonomy, slug)
	l, isFeed := v.Mill.Locate(path + "/")
	ofTaxonomy, known := v.Taxonomy(taxonomy)
	closed := strings.HasSuffix(path, "/")
	switch {
	case path == "/":
		s.html(w, r, v, path, page.Policy, page.Site.Catalogue)
	case closed && slug == "" && known:
		s.html(w, r, v, path, page.Policy, func(p page.Site) ([]byte, error) { return p.Taxonomy(ofTaxonomy) })
	case closed && slug != "" && sel != nil && sel.Path() == path:
		s.html(w, r, v, path, page.Policy, func(p page.Site) ([]byte, error) { return p.Term(context.WithoutCancel(r.Context()), sel) })
	case slug != "" && sel != nil:
		moved(w, r, v.Mill.PageURL(sel))
	case slug != "" && gone:
		s.absent(w, r, true)
	case !closed && isFeed:
		s.located(w, r, v, l)
	case !closed && slug == "" && known:
		moved(w, r, v.Mill.At(path+"/"))
	default:
		s.article(w, r, v, path)
	}
}

// find returns the selection of the site or of a term, which may be spelt as articles do: "C++",
// "Machine Learning".
func find(snap *catalog.Snapshot, taxonomy, slug string) (sel *catalog.Selection, gone bool) {
	switch {
	case taxonomy == "":
		return snap.Site, false
	case strings.Contains(slug, "/"):
		return nil, false
	}
	sel, gone = snap.Term(taxonomy, slug)
	if sel == nil && !gone {
		sel, gone = snap.Term(taxonomy, catalog.Slug(slug))
	}
	return sel, gone
}

// moved leads to the address that a feed or a page has now, which a configuration may change.
func moved(w http.ResponseWriter, r *http.Request, to string) {
	lead(w, r, to, http.StatusMovedPermanently, "max-age=3600")
}

// lead leads to another address, readers that are web pages too.
func lead(w http.ResponseWriter, r *http.Request, to string, status int, keep string) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cache-Control", keep)
	http.Redirect(w, r, to, status)
}

func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	snap := viewOf(r).Snapshot
	switch {
	case s.draining.Load():
		tell(w, http.StatusServiceUnavailable, "going down")
	case snap == nil:
		tell(w, http.StatusServiceUnavailable, "the articles are still being read")
	default:
		h := s.o.Health()
		articles := "articles"
		if snap.Articles == 1 {
			articles = "article"
		}
		line := strings.TrimSpace(fmt.Sprintf("ready: %d %s, %s %s", snap.Articles, articles, h.State, h.Reason))
		if h.Unverified {
			line += "; as the last run left them, the disk is being looked at"
		}
		tell(w, http.StatusOK, line)
	}
}
