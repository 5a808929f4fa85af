package feed

import (
	"cmp"
	"io"
	"strconv"
	"time"

	"github.com/gorilla/feeds"
)

func writeAtom(w io.Writer, c channel) error {
	doc := &atom{
		AtomFeed: &feeds.AtomFeed{
			Xmlns:    "http://www.w3.org/2005/Atom",
			Title:    c.title,
			Id:       c.id,
			Updated:  c.updated.Format(time.RFC3339), // RFC 4287 §3.3
			Subtitle: c.description,
		},
		Lang:  c.language,
		Media: "http://search.yahoo.com/mrss/",
		// RFC 4287 §4.1.1: an author for every entry.
		Author:  atomPerson{Name: cmp.Or(c.author.Name, c.site), Uri: c.author.URL, Email: c.author.Email},
		Creator: generator,
		Links:   append(c.links(Atom), feeds.AtomLink{Href: c.home, Rel: "alternate", Type: "text/html"}),
		history: c.history(),
	}
	if doc.history != (history{}) {
		doc.History = historyNamespace
	}
	for _, d := range c.deleted {
		doc.Deletes = "http://purl.org/atompub/tombstones/1.0"
		doc.Deleted = append(doc.Deleted, deletedEntry{Ref: d.ID, When: d.When.UTC().Format(time.RFC3339)})
	}
	for _, it := range c.items {
		doc.Entries = append(doc.Entries, atomEntryOf(it, c.language))
	}
	return feeds.WriteXML(doc, w)
}

func atomEntryOf(it item, language string) atomEntry {
	x := atomEntry{
		AtomEntry: &feeds.AtomEntry{
			Title:     it.Title,
			Id:        it.ID,
			Published: it.Published.Format(time.RFC3339),
			Updated:   it.Updated.Format(time.RFC3339),
			Links:     []feeds.AtomLink{{Href: it.URL, Rel: "alternate", Type: "text/html"}},
		},
	}
	if it.summary != "" {
		x.Summary = &feeds.AtomSummary{Content: it.summary, Type: "text"}
	}
	if it.html != "" {
		x.Content = &feeds.AtomContent{Content: it.html, Type: "html"}
	}
	if it.Language != language {
		x.Lang = it.Language
	}
	for _, a := range it.Authors {
		x.Authors = append(x.Authors, atomPerson{Name: a.Name, Uri: a.URL, Email: a.Email})
	}
	for _, t := range it.terms {
		x.Categories = append(x.Categories, atomCategory{Term: t.name, Scheme: t.scheme, Label: t.name})
	}
	for _, e := range it.Enclosures {
		l := feeds.AtomLink{Href: e.URL, Rel: "enclosure", Type: e.Type}
		if e.Length > 0 {
			l.Length = strconv.FormatInt(e.Length, 10)
		}
		x.Links = append(x.Links, l)
	}
	if it.Source != "" {
		x.Links = append(x.Links, feeds.AtomLink{Href: it.Source, Rel: "via"}) // §4.2.7.2
	}
	if it.Image != "" {
		x.Image = &rssMedia{URL: it.Image, Medium: "image"}
		x.Thumbnail = &rssMedia{URL: it.Image}
	}
	return x
}
