package article

import (
	"crypto/sha256"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Options is what a [Parser] needs to know of the site.
type Options struct {
	Site       *url.URL       // where the articles live; absolute, path ends in "/"
	Zone       *time.Location // of dates that name none, and of every date given; nil means UTC
	Layout     Layout
	Limits     Limits   // zero fields mean those of [DefaultLimits]
	Taxonomies []string // keys whose names become Terms; nil means categories and tags
	Undated    string   // what stands in for a date that nobody tells, in the words of a problem; "" makes it none

	// Shown tells what people find at a path below Site in place of an article that has it for its
	// address; "" is nothing, and nil is nothing anywhere.
	Shown func(path string) string

	// Fields names the owner's own front matter keys for a fact, which are looked at before those
	// that are known: {"title": {"headline"}}. A dot leads into a map. The facts are title, id, date,
	// updated, expires, hidden, shown, protected, summary, author, authorURL, language, url, slug, source,
	// image, enclosure, media, length, those of [Podcast], and every taxonomy.
	Fields map[string][]string
}

// Parser reads articles. It is safe for concurrent use.
type Parser struct {
	o      Options
	keys   keyIndex
	terms  termMemo
	render *renderer
}

// New returns a parser for one site.
func New(o Options) *Parser {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Taxonomies == nil {
		o.Taxonomies = []string{"categories", "tags"}
	}
	o.Limits = o.Limits.orDefault()
	return &Parser{o: o, keys: newKeyIndex(o), render: newRenderer(o)}
}

// Parse reads the facts of the file name, whose bytes are src. It returns nil and at least one
// problem of severity [Error] when they cannot be read, and nil and no problem when the file is
// no article: HTML without front matter, an undated page that lists others, or what the layout makes
// none of. Warnings may come with an article. Problems come by line.
func (p *Parser) Parse(name string, src []byte) (*Article, []Problem) {
	r := &report{path: name, limits: p.o.Limits, last: p.o.Layout.Last, room: rooms.Get().(*room)}
	defer r.room.leave()
	a := p.parse(name, src, r)
	slices.SortFunc(r.problems, Problem.Compare)
	return a, r.problems
}

func (p *Parser) parse(name string, src []byte, r *report) *Article {
	if !utf8.ValidString(name) {
		r.errorf(1, "the file's name is not valid UTF-8; hint: rename it")
		return nil
	}
	place, ok := p.place(name)
	if !ok {
		return nil
	}
	front, ok := splitFrontMatter(src, r)
	if !ok || front.syntax == noSyntax && (place.Fenced || isHTML(name)) {
		return nil
	}
	root := front.parse(r)
	if root == nil {
		return nil
	}
	place.complete(root)
	d := draft{
		p:     p,
		r:     r,
		place: place,
		name:  readName(name, p.o.Zone),
		body:  cursor{src, front.bodyOffset, front.bodyLine},
		front: root,
		facts: p.keys.find(root, r.room),
	}
	if p.o.Layout.Dated && !d.isDated() {
		return nil
	}
	if !d.isDated() && d.name.published.IsZero() && isListing(src[front.bodyOffset:]) {
		return nil
	}
	if !d.isClear() {
		return nil
	}
	d.protect()
	a := d.article()
	a.own()
	a.Path = name
	a.Hash = sha256.Sum256(src)
	a.bodyOffset, a.bodyLine = int32(d.body.offset), int32(front.bodyLine)
	return a
}

func isHTML(name string) bool { return strings.EqualFold(path.Ext(name), ".html") }
