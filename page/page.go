// Package page makes the pages for people: a snapshot goes in, HTML comes out, in the language of
// the site and to be read without scripts.
//
// It is pure as package feed is: a page follows from the [Site] alone, and nobody asks the clock.
package page

import (
	"bytes"
	"cmp"
	"embed"
	"html/template"
	"time"

	"feedmill/catalog"
	"feedmill/feed"
)

// Site is what pages are made from. It is never changed.
type Site struct {
	Snapshot *catalog.Snapshot
	Mill     *feed.Mill
	Language string // BCP 47
	BasePath string // the path of the base URL; begins and ends in a slash
}

//go:embed html
var htmlFiles embed.FS

var templates = template.Must(template.ParseFS(htmlFiles, "html/*.html"))

// frame is what stands around every page.
type frame struct {
	words
	Style, Script, Icon string // addresses
	Title               string // of the document
	Home                link   // of the site
	FeedsOf             string // what Feeds are of
	Feeds               []link // to subscribe to, which browsers and readers find by themselves
}

// link is an address and how it is shown.
type link struct {
	Name string
	URL  string
	Type string // media type, where it matters
}

var formatNames = map[feed.Format]string{feed.RSS: "RSS", feed.Atom: "Atom", feed.JSON: "JSON"}

func (s Site) feeds(sel *catalog.Selection) []link {
	var links []link
	for _, f := range s.Mill.Formats(sel) {
		links = append(links, link{formatNames[f], s.Mill.URL(sel, f), f.MediaType()})
	}
	return links
}

// frame is that of a page about sel.
func (s Site) frame(sel *catalog.Selection) frame {
	return frame{
		words:   wordsFor(s.Language),
		Style:   s.BasePath + assets.style,
		Script:  s.BasePath + assets.script,
		Icon:    s.BasePath + assets.icon,
		Title:   s.Mill.Title(sel),
		Home:    link{Name: s.Mill.Title(s.Snapshot.Site), URL: s.Mill.PageURL(s.Snapshot.Site)},
		FeedsOf: s.Mill.Title(sel),
		Feeds:   s.feeds(sel),
	}
}

// post is an article as pages list it.
type post struct {
	Title, Summary text
	URL            string
	Published      time.Time
}

func (s Site) post(e *catalog.Entry, summary string) post {
	return post{Title: s.text(e, e.Title), Summary: s.text(e, summary), URL: e.URL, Published: e.Published}
}

// text is one of an article.
func (s Site) text(e *catalog.Entry, own string) text {
	language := cmp.Or(e.Language, told(own, s.Language))
	return text{own, language, direction(language)}
}

func render(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	err := templates.ExecuteTemplate(&b, name, data)
	return b.Bytes(), err
}
