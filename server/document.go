package server

import (
	"context"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"feedmill/catalog"
	"feedmill/feed"
)

// document is all that there is to say of one document but its bytes, made ready for every reader of
// one view. It is never changed, but for what is noted of its readers.
type document struct {
	feed.Document             // without its Body
	header        http.Header // of every answer; the values are shared
	lastModified  []string    // one of them, but for documents of the future
	contentType   []string
	in            [len(codings) + 1]coded
	build         builder
	since         func(tag string) builder // makes what is new after the document of that tag; nil where all is
	asked         *asked                   // nil for what is not on the shelf
	of            *readable                // nil for what is no feed
}

// builder makes the bytes of a document.
type builder = func(context.Context) ([]byte, error)

// coded is a document in one content coding.
type coded struct {
	variant
	etag, encoding []string                  // header fields; encoding is nil for identity
	heads          [2]atomic.Pointer[[]byte] // of the express: 200, 304; nil: not asked for yet
}

func newDocument(d feed.Document, header http.Header, build builder) *document {
	doc := &document{Document: d, header: header, build: build}
	header.Set("Cache-Control", "max-age="+strconv.Itoa(int(d.MaxAge.Seconds())))
	header.Set("Vary", "Accept-Encoding")
	doc.lastModified = []string{d.Modified.UTC().Format(http.TimeFormat)}
	doc.contentType = []string{d.MediaType + "; charset=utf-8"}
	for i := range doc.in {
		c := &doc.in[i]
		c.tag = d.Tag
		if i < len(codings) {
			c.variant.encoding = codings[i].name
			c.encoding = []string{codings[i].name}
		}
		c.etag = []string{c.variant.etag()}
	}
	return doc
}

// document returns the document at a path, nil if it is no address of one.
func (v View) document(path string) *document {
	l, ok := v.Mill.Locate(path)
	if !ok {
		return nil
	}
	sel, _ := find(v.Snapshot, l.Taxonomy, l.Slug)
	switch {
	case sel == nil:
		return nil
	case l.Page != "":
		p, _, _ := sel.Page(l.Page)
		if p.Name == "" || v.Mill.PagePath(sel, p.Name, l.Format) != path {
			return nil
		}
		return v.page(sel, p, l.Format)
	case v.Mill.Path(sel, l.Format) != path:
		return nil
	}
	return v.feed(sel, l.Format)
}

// feed returns the document of sel in the format f, of which who asks for it gets only what has changed.
func (v View) feed(sel *catalog.Selection, f feed.Format) *document {
	m := v.Mill
	build := func(sel *catalog.Selection) builder {
		return func(ctx context.Context) ([]byte, error) {
			d, err := m.Build(ctx, sel, f)
			return d.Body, err
		}
	}
	d := newDocument(m.Head(sel, f), linked(m.URL(sel, f), m.Home(sel), m.Hubs()), build(sel))
	d.of = &readable{feedKey{sel.Taxonomy, sel.Slug}, f}
	d.since = func(tag string) builder {
		if delta := m.Since(sel, f, tag); delta != nil && len(delta.Entries) < len(sel.Entries) {
			return build(delta)
		}
		return nil
	}
	return d
}

// page returns an archive document.
func (v View) page(sel *catalog.Selection, p catalog.Page, f feed.Format) *document {
	m := v.Mill
	head := m.PageHead(sel, p, f)
	return newDocument(head, linked(m.At(head.Path), m.Home(sel), nil), func(ctx context.Context) ([]byte, error) {
		d, err := m.BuildPage(ctx, sel, p, f)
		return d.Body, err
	})
}

// linked is the header of a document with its Link (RFC 8288): WebSub §4 wants self and hubs there,
// since formats need not have a place for them.
func linked(self, home string, hubs []string) http.Header {
	var b strings.Builder
	b.WriteString("<" + self + `>; rel="self", <` + home + `>; rel="alternate"; type="text/html"`)
	for _, hub := range hubs {
		b.WriteString(", <" + hub + `>; rel="hub"`)
	}
	h := openToAll()
	h.Set("Link", b.String())
	return h
}

// openToAll is the header that lets readers which are web pages fetch a document, which is public
// anyway, and see all of the header, such as the ETag that they may come back with. It keeps a browser
// that shows the document from running anything in it.
func openToAll() http.Header {
	h := http.Header{}
	guard(h)
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "*")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	return h
}

// choose returns the document in the coding for an Accept-Encoding, and notes that it was asked for.
func (d *document) choose(accept string, now time.Time) *coded {
	i := negotiate(accept)
	if d.asked != nil {
		d.asked.note(i, now)
	}
	return &d.in[i]
}

// describe sets what every answer with the document says.
func (d *document) describe(h http.Header, c *coded, now time.Time) {
	maps.Copy(h, d.header)
	h["Etag"] = c.etag
	if !d.Modified.IsZero() && !d.Modified.After(now) { // RFC 9110 §8.8.2.1: never in the future
		h["Last-Modified"] = d.lastModified
	}
}

// describeBody sets what an answer says that has a body, or to HEAD would have.
func (d *document) describeBody(h http.Header, c *coded, b body) {
	h["Content-Type"] = d.contentType
	h["Content-Length"] = b.length
	if c.encoding != nil {
		h["Content-Encoding"] = c.encoding
	}
}
