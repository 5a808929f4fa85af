package server

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/maypok86/otter/v2"

	"feedmill/catalog"
	"feedmill/feed"
)

// variant names one representation of one document. Equal variants have equal bytes.
type variant struct {
	tag      string // the document's
	encoding string // content coding, "" for none
}

// etag is strong, since the bytes of every coding differ: RFC 9110 §8.8.3.3.
func (v variant) etag() string {
	if v.encoding == "" {
		return `"` + v.tag + `"`
	}
	return `"` + v.tag + "-" + v.encoding + `"`
}

// feed answers with the document of sel in the format f, which is made when it is asked for and
// kept as long as there is room. Who asks for it gets only what has changed.
func (s *Server) feed(w http.ResponseWriter, r *http.Request, m *feed.Mill, sel *catalog.Selection, f feed.Format) {
	d := m.Head(sel, f)
	openToAll(w.Header())
	w.Header().Set("Link", links(m, m.URL(sel, f), m.Home(sel)))
	delta, since := deltaOf(r, m, sel, f)
	s.answer(w, r, d, since, func(ctx context.Context) ([]byte, error) {
		d, err := m.Build(ctx, cmp.Or(delta, sel), f)
		return d.Body, err
	})
}

// page answers with an archive document.
func (s *Server) page(w http.ResponseWriter, r *http.Request, m *feed.Mill, sel *catalog.Selection, p catalog.Page, f feed.Format) {
	d := m.PageHead(sel, p, f)
	openToAll(w.Header())
	w.Header().Set("Link", links(m, m.At(d.Path), m.Home(sel)))
	s.answer(w, r, d, "", func(ctx context.Context) ([]byte, error) {
		d, err := m.BuildPage(ctx, sel, p, f)
		return d.Body, err
	})
}

// links is the Link header of a document (RFC 8288): WebSub §4 wants self and hubs there, since
// formats need not have a place for them.
func links(m *feed.Mill, self, home string) string {
	var b strings.Builder
	b.WriteString("<" + self + `>; rel="self", <` + home + `>; rel="alternate"; type="text/html"`)
	for _, hub := range m.Hubs() {
		b.WriteString(", <" + hub + `>; rel="hub"`)
	}
	return b.String()
}

// openToAll lets readers that are web pages fetch a document, which is public anyway, and keeps a
// browser that shows it from running anything in it.
func openToAll(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
}

// site answers with what is made of a whole snapshot, once for each. The name tells it from others. A
// page has no date: it shows more than that of the snapshot speaks of.
func (s *Server) site(w http.ResponseWriter, r *http.Request, snap *catalog.Snapshot, name, mediaType string, make func() ([]byte, error)) {
	made := variant{tag: fmt.Sprintf("%s in generation %d", name, snap.Generation)}
	body, err := s.documents.Get(r.Context(), made, otter.LoaderFunc[variant, []byte](
		func(context.Context, variant) ([]byte, error) { return make() }))
	if err != nil {
		s.fail(w, err)
		return
	}
	sum := sha256.Sum256(body)
	d := feed.Document{MediaType: mediaType, Tag: hex.EncodeToString(sum[:12]), MaxAge: time.Minute}
	if mediaType != "text/html" {
		d.Modified = snap.Modified
	}
	s.answer(w, r, d, "", func(context.Context) ([]byte, error) { return body, nil })
}

// answer answers a GET or HEAD with the document d, whose body is made only when it must be. Where
// since is not "" it is a delta to the document of that tag: its validators are those of the whole.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, d feed.Document, since string, body func(context.Context) ([]byte, error)) {
	v := variant{tag: d.Tag, encoding: negotiate(r.Header.Get("Accept-Encoding"))}
	h := w.Header()
	h.Set("ETag", v.etag())
	h.Set("Cache-Control", "max-age="+strconv.Itoa(int(d.MaxAge.Seconds())))
	h.Set("Vary", "Accept-Encoding")
	if !d.Modified.IsZero() && !d.Modified.After(time.Now()) { // RFC 9110 §8.8.2.1: never in the future
		h.Set("Last-Modified", d.Modified.UTC().Format(http.TimeFormat))
	}
	if notModified(r.Header, v.etag(), d.Modified) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if since != "" {
		v.tag += " since " + since
	}
	b, err := s.documents.Get(r.Context(), v, s.loader(body))
	if err != nil {
		s.fail(w, err)
		return
	}
	h.Set("Content-Type", d.MediaType+"; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(b)))
	if v.encoding != "" {
		h.Set("Content-Encoding", v.encoding)
	}
	if since != "" {
		markDelta(h)
		w.WriteHeader(http.StatusIMUsed)
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(b) // fails only when the client has gone, or stalls
	}
}

// loader makes the bytes of a variant. Of many requests that want the same one at once, one makes it.
func (s *Server) loader(body func(context.Context) ([]byte, error)) otter.LoaderFunc[variant, []byte] {
	return func(ctx context.Context, v variant) ([]byte, error) {
		ctx = context.WithoutCancel(ctx) // others may be waiting for it too
		if v.encoding == "" {
			return body(ctx)
		}
		plain, err := s.documents.Get(ctx, variant{tag: v.tag}, s.loader(body))
		if err != nil {
			return nil, err
		}
		return encode(v.encoding, plain)
	}
}

func (s *Server) fail(w http.ResponseWriter, err error) {
	s.o.Logger.Error("answer", "error", err)
	for _, name := range []string{"ETag", "Last-Modified", "Vary", "Link"} {
		w.Header().Del(name)
	}
	tell(w, http.StatusInternalServerError, "this feed can't be made at the moment; the log says why")
}
