// Package feed makes the documents of feeds: a [catalog.Selection] goes in, RSS 2.0, Atom 1.0 or
// JSON Feed 1.1 comes out, built from the types of gorilla/feeds and written with it.
//
// It is pure. The same selection and [Options] give the same bytes, at any time, on any machine,
// and a document's validators are known without making it.
package feed

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/maypok86/otter/v2"

	"feedmill/article"
	"feedmill/catalog"
)

// revision counts the ways in which this package and the article package have written the same
// articles. It must rise with every change of their output, for every ETag depends on it.
const revision = 4

// Format is one of the formats that a feed is offered in.
type Format string

// The formats.
const (
	RSS  Format = "rss"  // RSS 2.0
	Atom Format = "atom" // Atom 1.0, RFC 4287
	JSON Format = "json" // JSON Feed 1.1
)

// File is the last part of the URLs of documents in the format.
func (f Format) File() string {
	switch f {
	case RSS:
		return "rss.xml"
	case Atom:
		return "atom.xml"
	default:
		return "feed.json"
	}
}

// MediaType is the format's type, without parameters.
func (f Format) MediaType() string {
	switch f {
	case RSS:
		return "application/rss+xml"
	case Atom:
		return "application/atom+xml"
	default:
		return "application/feed+json"
	}
}

// Options is what a [Mill] needs to know of the site. It must not change afterwards.
type Options struct {
	Title       string
	Description string // "" means the title
	Author      article.Author
	Language    string   // BCP 47
	BaseURL     *url.URL // where the feeds are served; absolute, path ends in "/"
	SiteURL     *url.URL // where people read the site; likewise
	Formats     []Format `json:"-"` // of all feeds that For does not name; at least one
	Taxonomies  []string // whose terms the items name, in order
	SummaryOnly bool     `json:"-"` // of those feeds: leave the articles' content out
	Hubs        []string // URLs of the WebSub hubs that know of changes
	Podcast     *Podcast `json:",omitempty"` // nil: the site is none

	// Rendering is what the HTML of articles depends on beside them: see [article.Parser.Rendering].
	// [New] sets it.
	Rendering string `json:",omitempty"`

	// For holds what is different for the feeds of a taxonomy, or for that of the site, which is "".
	For map[string]Switches `json:"-"`

	Parser     *article.Parser                      `json:"-"`
	Text       func(*catalog.Entry) ([]byte, error) `json:"-"` // the bytes of the file that an entry was made from
	CacheBytes uint64                               `json:"-"` // bound of the memory for articles' HTML
	Problems   func([]article.Problem)              `json:"-"` // told what turns up when an article is rendered; may be nil
}

type digest = [sha256.Size]byte

// generator names the program in feeds; no version, for bytes change only with content.
const generator = "feedmill"

// Mill makes documents. It is safe for concurrent use.
type Mill struct {
	o           Options
	base        string // URL, without the slash at its end
	site, terms *switches
	own         map[string]*switches // by taxonomy
	places      []place              // where feeds are beside the usual addresses
	contents    *otter.Cache[digest, article.Content]
}

// New returns a mill for one site.
func New(o Options) (*Mill, error) {
	o.Rendering = o.Parser.Rendering()
	facts, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	contents, err := otter.New(&otter.Options[digest, article.Content]{
		MaximumWeight: o.CacheBytes,
		Weigher: func(_ digest, c article.Content) uint32 {
			return uint32(len(c.HTML) + len(c.Summary) + 200)
		},
	})
	if err != nil {
		return nil, err
	}
	if o.Problems == nil {
		o.Problems = func([]article.Problem) {}
	}
	base := *o.BaseURL
	base.RawPath = ""
	m := &Mill{o: o, base: strings.TrimSuffix(base.String(), "/"), own: map[string]*switches{}, contents: contents}
	common := Switches{Formats: o.Formats, SummaryOnly: o.SummaryOnly}
	var errs [2]error
	m.site, errs[0] = prepare(common, "", facts)
	m.terms, errs[1] = prepare(common, "*", facts)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	for taxonomy, s := range o.For {
		if m.own[taxonomy], err = prepare(s, taxonomy, facts); err != nil {
			return nil, err
		}
	}
	m.places = m.allPlaces()
	return m, nil
}

// Document is one feed in one format.
type Document struct {
	Path      string        // below the base URL, unescaped
	MediaType string        // without parameters; the charset is UTF-8
	Tag       string        // the opaque part of an ETag of Body (RFC 9110 §8.8.3)
	Modified  time.Time     // whole seconds
	MaxAge    time.Duration // how long it may be kept without asking again
	Body      []byte
}

// Head returns the document of sel in format f without its Body, at next to no cost.
func (m *Mill) Head(sel *catalog.Selection, f Format) Document { return m.head(part{sel, nil}, f) }

// Build returns the document of sel in format f.
func (m *Mill) Build(ctx context.Context, sel *catalog.Selection, f Format) (Document, error) {
	return m.build(ctx, part{sel, nil}, f)
}

func (m *Mill) head(p part, f Format) Document {
	return Document{
		Path:      m.pathOf(p, f),
		MediaType: f.MediaType(),
		Tag:       m.tag(p.sel.Taxonomy, p.version(), f),
		Modified:  p.modified(),
		MaxAge:    p.maxAge(),
	}
}

// tag is that of a document of a taxonomy, of this version.
func (m *Mill) tag(taxonomy string, version [16]byte, f Format) string {
	h := sha256.New()
	h.Write(m.of(taxonomy).digests[f])
	h.Write(version[:])
	h.Write([]byte(f))
	return hex.EncodeToString(h.Sum(nil)[:12])
}

func (m *Mill) build(ctx context.Context, p part, f Format) (Document, error) {
	d := m.head(p, f)
	channel, err := m.channel(ctx, p, f)
	if err != nil {
		return Document{}, fmt.Errorf("%s: %w", d.Path, err)
	}
	var b bytes.Buffer
	if f != JSON { // which comes in one piece
		b.Grow(channel.size())
	}
	switch f {
	case RSS:
		err = writeRSS(&b, channel)
	case Atom:
		err = writeAtom(&b, channel)
	default:
		err = writeJSON(&b, channel)
	}
	if err != nil {
		return Document{}, fmt.Errorf("%s: %w", d.Path, err)
	}
	d.Body = b.Bytes()
	return d, nil
}

// URL returns the absolute URL of the document of sel in format f.
func (m *Mill) URL(sel *catalog.Selection, f Format) string { return m.At(m.Path(sel, f)) }

// PageURL returns the absolute URL of the page about sel for people.
func (m *Mill) PageURL(sel *catalog.Selection) string { return m.At(sel.Path()) }

// Home returns the absolute URL of what sel is a feed of: the site, or the page about a term.
func (m *Mill) Home(sel *catalog.Selection) string {
	if sel.Taxonomy == "" {
		return m.o.SiteURL.String()
	}
	return m.PageURL(sel)
}

// IsSite reports whether people read the site where its feeds are served: it has no address of its own.
func (m *Mill) IsSite() bool { return m.o.SiteURL.String() == m.o.BaseURL.String() }

// SiteTitle is what the site is called.
func (m *Mill) SiteTitle() string { return m.o.Title }

// Description is what the site says of itself, or "".
func (m *Mill) Description() string { return m.o.Description }

// Hubs are the URLs of the hubs that know of changes.
func (m *Mill) Hubs() []string { return m.o.Hubs }

// At returns the absolute URL, percent-encoded (RFC 3986 §2.1), of a path below the base URL that
// begins with a slash.
func (m *Mill) At(path string) string {
	return m.base + (&url.URL{Path: path}).EscapedPath()
}
