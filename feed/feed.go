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
	"fmt"
	"net/url"
	"time"

	"github.com/maypok86/otter/v2"

	"feedmill/article"
	"feedmill/catalog"
)

// revision counts the ways in which this package and the article package have written the same
// articles. It must rise with every change of their output, for every ETag depends on it.
const revision = 2

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
	Formats     []Format // at least one
	Taxonomies  []string // whose terms the items name, in order
	SummaryOnly bool     // leave the articles' content out

	Parser     *article.Parser         `json:"-"`
	CacheBytes uint64                  `json:"-"` // bound of the memory for articles' HTML
	Problems   func([]article.Problem) `json:"-"` // told what turns up when an article is rendered; may be nil
}

type digest = [sha256.Size]byte

// generator names the program in feeds; no version, for bytes change only with content.
const generator = "feedmill"

// Mill makes documents. It is safe for concurrent use.
type Mill struct {
	o        Options
	settings []byte // digest of revision and options
	contents *otter.Cache[digest, article.Content]
}

// New returns a mill for one site.
func New(o Options) (*Mill, error) {
	settings, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(fmt.Appendf(settings, " %d", revision))
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
	return &Mill{o: o, settings: sum[:], contents: contents}, nil
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
func (m *Mill) Head(sel *catalog.Selection, f Format) Document {
	h := sha256.New()
	h.Write(m.settings)
	h.Write(sel.Version[:])
	h.Write([]byte(f))
	return Document{
		Path:      sel.Path() + f.File(),
		MediaType: f.MediaType(),
		Tag:       hex.EncodeToString(h.Sum(nil)[:12]),
		Modified:  sel.Modified,
		MaxAge:    pace(sel.Entries),
	}
}

// Build returns the document of sel in format f.
func (m *Mill) Build(ctx context.Context, sel *catalog.Selection, f Format) (Document, error) {
	d := m.Head(sel, f)
	channel, err := m.channel(ctx, sel, f)
	if err != nil {
		return Document{}, fmt.Errorf("%s: %w", d.Path, err)
	}
	var b bytes.Buffer
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

// Formats are those that the feeds are offered in.
func (m *Mill) Formats() []Format { return m.o.Formats }

// URL returns the absolute URL of the document of sel in format f.
func (m *Mill) URL(sel *catalog.Selection, f Format) string { return m.At(sel.Path() + f.File()) }

// PageURL returns the absolute URL of the page about sel for people.
func (m *Mill) PageURL(sel *catalog.Selection) string { return m.At(sel.Path()) }

// Title returns the title of the feed of sel: it names the term and the site.
func (m *Mill) Title(sel *catalog.Selection) string {
	if sel.Taxonomy == "" {
		return m.o.Title
	}
	return sel.Name + " – " + m.o.Title
}

// At returns the absolute URL, percent-encoded (RFC 3986 §2.1), of a path below the base URL that
// begins with a slash.
func (m *Mill) At(path string) string {
	u := *m.o.BaseURL
	u.Path, u.RawPath = u.Path+path[1:], ""
	return u.String()
}
