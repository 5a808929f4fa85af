package feed

import (
	"context"
	"strings"
	"time"

	"github.com/gorilla/feeds"

	"feedmill/catalog"
)

// part is what one document shows of a selection: its newest entries, or those of a page.
type part struct {
	sel  *catalog.Selection
	page *catalog.Page // nil: the newest
}

func (p part) entries() []*catalog.Entry {
	if p.page != nil {
		return p.page.Entries
	}
	return p.sel.Entries
}

func (p part) version() [16]byte {
	if p.page != nil {
		return p.page.Version
	}
	return p.sel.Version
}

func (p part) modified() time.Time {
	if p.page != nil {
		return p.page.Modified
	}
	return p.sel.Modified
}

// maxAge is long for a page, since it changes only when one of its articles does.
func (p part) maxAge() time.Duration {
	if p.page != nil {
		return 7 * 24 * time.Hour
	}
	return pace(p.sel.Entries)
}

// previous is the name of the page before, or "".
func (p part) previous() string {
	if p.page != nil {
		return p.page.Previous
	}
	return p.sel.Archive()
}

// updated is when the part changed last, as far as feeds tell: the newest update among its entries,
// or the time at which one left.
func (p part) updated() time.Time {
	entries := p.entries()
	if len(entries) == 0 && p.sel.Removed.IsZero() {
		return noArticles
	}
	var newest time.Time
	if p.page == nil {
		newest = p.sel.Removed
	}
	for _, e := range entries {
		if e.Updated.After(newest) {
			newest = e.Updated
		}
	}
	return newest
}

func (m *Mill) pathOf(p part, f Format) string {
	if p.page != nil {
		return m.PagePath(p.sel, p.page.Name, f)
	}
	return m.Path(p.sel, f)
}

// archive is the folder below the path of a selection in which its pages lie.
const archive = "archive/"

// PagePath returns the address of the page of sel with that name, below the base URL.
func (m *Mill) PagePath(sel *catalog.Selection, name string, f Format) string {
	return sel.Path() + archive + name + "/" + f.File()
}

// locatePage tells which page a path below the base URL names, if it is of that form.
func (m *Mill) locatePage(path string) (l Location, ok bool) {
	i := strings.LastIndex(path, "/"+archive)
	if i < 0 {
		return Location{}, false
	}
	name, file, _ := strings.Cut(path[i+len("/"+archive):], "/")
	l, ok = m.locateUsual(path[:i+1] + file)
	l.Page = name
	return l, ok && name != ""
}

// PageHead returns the document of a page of sel in format f without its Body, as [Mill.Head] does.
func (m *Mill) PageHead(sel *catalog.Selection, p catalog.Page, f Format) Document {
	return m.head(part{sel, &p}, f)
}

// BuildPage returns the document of a page of sel in format f: an archive document (RFC 5005 §4).
func (m *Mill) BuildPage(ctx context.Context, sel *catalog.Selection, p catalog.Page, f Format) (Document, error) {
	return m.build(ctx, part{sel, &p}, f)
}

// Since returns sel with those entries alone that its document in format f did not show, or not as
// they are now, when it had the given tag; nil if that is too long ago to be known. Its document is
// what RFC 3229 calls an instance manipulated by "feed"; the tag of it is that of the whole.
func (m *Mill) Since(sel *catalog.Selection, f Format, tag string) *catalog.Selection {
	return sel.Since(func(version [16]byte) bool { return m.tag(sel.Taxonomy, version, f) == tag })
}

// links are those of a document of XML: to itself, to hubs (WebSub §4) and to the others that hold
// the articles which it leaves out (RFC 5005 §4).
func (c channel) links(f Format) []feeds.AtomLink {
	links := []feeds.AtomLink{{Href: c.self, Rel: "self", Type: f.MediaType()}}
	for _, h := range c.hubs {
		links = append(links, feeds.AtomLink{Href: h, Rel: "hub"})
	}
	if c.current != "" {
		links = append(links, feeds.AtomLink{Href: c.current, Rel: "current", Type: f.MediaType()})
	}
	if c.next != "" {
		// It is fixed from the beginning: while there is no such document its address leads to the feed.
		links = append(links, feeds.AtomLink{Href: c.next, Rel: "next-archive", Type: f.MediaType()})
	}
	if c.previous != "" {
		links = append(links, feeds.AtomLink{Href: c.previous, Rel: "prev-archive", Type: f.MediaType()})
	}
	return links
}

func (c channel) history() history {
	var h history
	if c.complete {
		h.Complete = &struct{}{}
	}
	if c.current != "" {
		h.Archive = &struct{}{}
	}
	return h
}
