package feed

import (
	"bytes"
	"encoding/xml"

	"feedmill/catalog"
)

// OPMLPath is where the list of all feeds lives, below the base URL.
const OPMLPath = "/opml.xml"

// OPMLType is its media type, without parameters.
const OPMLType = "text/x-opml"

// OPML 2.0, <http://opml.org/spec2.opml>.
type opml struct {
	XMLName  xml.Name  `xml:"opml"`
	Version  string    `xml:"version,attr"`
	Title    string    `xml:"head>title"`
	Outlines []outline `xml:"body>outline"`
}

type outline struct {
	Text     string    `xml:"text,attr"`
	Title    string    `xml:"title,attr,omitempty"`
	Type     string    `xml:"type,attr,omitempty"`
	XMLURL   string    `xml:"xmlUrl,attr,omitempty"`
	HTMLURL  string    `xml:"htmlUrl,attr,omitempty"`
	Outlines []outline `xml:"outline"`
}

// OPML returns the list of all feeds of s, each in the first of its formats, by taxonomy.
func (m *Mill) OPML(s *catalog.Snapshot) ([]byte, error) {
	doc := opml{Version: "2.0", Title: m.o.Title, Outlines: []outline{m.outline(s.Site)}}
	for _, t := range s.Taxonomies {
		group := outline{Text: t.Name} // alone: validators take what has more for a feed
		for _, sel := range t.Terms {
			group.Outlines = append(group.Outlines, m.outline(sel))
		}
		if len(group.Outlines) > 0 {
			doc.Outlines = append(doc.Outlines, group)
		}
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(doc); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func (m *Mill) outline(sel *catalog.Selection) outline {
	return outline{
		Text: m.Title(sel), Title: m.Title(sel), Type: "rss", // of whatever format: OPML 2.0, "Subscription lists"
		XMLURL: m.URL(sel, m.Formats(sel)[0]), HTMLURL: m.PageURL(sel),
	}
}
