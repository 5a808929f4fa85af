package server

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"net/http"
	"time"

	"feedmill/catalog"
	"feedmill/feed"
)

//go:embed pages
var pages embed.FS

var pageTemplate = template.Must(template.ParseFS(pages, "pages/page.html"))

// pageData is what page.html shows: the feeds of the page's subject, and either groups of terms
// or articles.
type pageData struct {
	Language, Title, Style, OPML string
	Feeds                        []feedLink
	Groups                       []termGroup
	Articles                     []articleLink
}

type feedLink struct {
	Name string // of the format
	Type string
	URL  string
}

type termGroup struct {
	Name  string
	Terms []termLink
}

type termLink struct {
	Name, Page string
	Count      int
	Feeds      []feedLink
}

type articleLink struct {
	Title, URL, Summary string
	Published           time.Time
}

var formatNames = map[feed.Format]string{feed.RSS: "RSS", feed.Atom: "Atom", feed.JSON: "JSON"}

func feedLinks(m *feed.Mill, sel *catalog.Selection) []feedLink {
	var links []feedLink
	for _, f := range m.Formats(sel) {
		links = append(links, feedLink{formatNames[f], f.MediaType(), m.URL(sel, f)})
	}
	return links
}

// index answers with the list of all feeds, or those of one taxonomy.
func (s *Server) index(w http.ResponseWriter, r *http.Request, v View, only string) {
	s.html(w, r, v.Snapshot, "/"+only, func() (pageData, error) { return v.listing(only), nil })
}

// listing is the feeds of a taxonomy, or of all where none is named.
func (v View) listing(only string) pageData {
	d := v.pageFor(v.Site)
	d.OPML = v.Mill.At(feed.OPMLPath)
	for _, t := range v.Taxonomies {
		if only != "" && only != t.Name {
			continue
		}
		g := termGroup{Name: t.Name}
		for _, sel := range t.Terms {
			g.Terms = append(g.Terms, termLink{sel.Name, v.Mill.PageURL(sel), sel.Count, feedLinks(v.Mill, sel)})
		}
		if len(g.Terms) > 0 {
			d.Groups = append(d.Groups, g)
		}
	}
	return d
}

// articles answers with what a subscriber of the term's feed would read.
func (s *Server) articles(w http.ResponseWriter, r *http.Request, v View, sel *catalog.Selection) {
	s.html(w, r, v.Snapshot, sel.Path(), func() (pageData, error) {
		d := v.pageFor(sel)
		for _, e := range sel.Entries {
			c, err := v.Mill.Content(context.WithoutCancel(r.Context()), e)
			if err != nil {
				return d, err
			}
			d.Articles = append(d.Articles, articleLink{e.Title, e.URL, c.Summary, e.Published})
		}
		return d, nil
	})
}

func (v View) pageFor(sel *catalog.Selection) pageData {
	return pageData{
		Language: v.Language,
		Title:    v.Mill.Title(sel),
		Style:    v.BasePath + styleFile,
		Feeds:    feedLinks(v.Mill, sel),
	}
}

func (s *Server) html(w http.ResponseWriter, r *http.Request, snap *catalog.Snapshot, name string, data func() (pageData, error)) {
	h := http.Header{}
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	s.site(w, r, snap, name, "text/html", h, func() ([]byte, error) {
		d, err := data()
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		err = pageTemplate.Execute(&b, d)
		return b.Bytes(), err
	})
}
