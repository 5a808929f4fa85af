package feed_test

import (
	"cmp"
	"encoding/json"
	"encoding/xml"
	"html"
	"slices"
	"strings"
	"testing"
	"time"

	"feedmill/article"
	"feedmill/feed"
)

// read reads a document by its specification.
func read(t *testing.T, f feed.Format, body []byte) []told {
	t.Helper()
	switch f {
	case feed.RSS:
		return readRSS(t, body)
	case feed.Atom:
		return readAtom(t, body)
	default:
		return readJSON(t, body)
	}
}

func readRSS(t *testing.T, body []byte) []told {
	type media struct {
		URL    string `xml:"url,attr"`
		Type   string `xml:"type,attr"`
		Medium string `xml:"medium,attr"`
		Size   int64  `xml:"fileSize,attr"`
		Length int64  `xml:"length,attr"`
	}
	var doc struct {
		Language string `xml:"channel>language"`
		Items    []struct {
			GUID       string `xml:"guid"`
			Link       string `xml:"link"`
			Title      string `xml:"title"`
			Summary    string `xml:"description"`
			Content    string `xml:"http://purl.org/rss/1.0/modules/content/ encoded"`
			Date       string `xml:"pubDate"`
			Categories []struct {
				Domain string `xml:"domain,attr"`
				Name   string `xml:",chardata"`
			} `xml:"category"`
			Author    string   `xml:"author"`
			Creators  []string `xml:"http://purl.org/dc/elements/1.1/ creator"`
			Language  string   `xml:"http://purl.org/dc/elements/1.1/ language"`
			Source    string   `xml:"http://purl.org/dc/elements/1.1/ source"`
			Enclosure []media  `xml:"enclosure"`
			Media     []media  `xml:"http://search.yahoo.com/mrss/ content"`
		} `xml:"channel>item"`
	}
	unmarshal(t, xml.Unmarshal, body, &doc)
	var items []told
	for _, i := range doc.Items {
		x := told{
			ID: i.GUID, Link: i.Link, Title: i.Title, Summary: html.UnescapeString(i.Summary), Content: i.Content, Authors: i.Creators,
			Published: date(t, time.RFC1123Z, i.Date), Language: cmp.Or(i.Language, doc.Language), Source: i.Source,
		}
		for _, c := range i.Categories {
			x.Terms = append(x.Terms, c.Domain+" "+c.Name)
		}
		if _, name, ok := strings.Cut(i.Author, " ("); ok {
			x.Authors = append(x.Authors, strings.TrimSuffix(name, ")"))
		}
		for _, m := range append(i.Enclosure, i.Media...) {
			if m.Medium == "image" {
				x.Image = m.URL
				continue
			}
			x.Enclosures = append(x.Enclosures, article.Enclosure{URL: m.URL, Type: m.Type, Length: m.Size + m.Length})
		}
		slices.SortFunc(x.Enclosures, byURL)
		items = append(items, x)
	}
	return items
}

func readAtom(t *testing.T, body []byte) []told {
	type text struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	}
	var doc struct {
		Lang    string `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
		Entries []struct {
			Lang       string `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
			ID         string `xml:"id"`
			Title      string `xml:"title"`
			Summary    text   `xml:"summary"`
			Content    text   `xml:"http://www.w3.org/2005/Atom content"`
			Published  string `xml:"published"`
			Updated    string `xml:"updated"`
			Categories []struct {
				Term   string `xml:"term,attr"`
				Scheme string `xml:"scheme,attr"`
				Label  string `xml:"label,attr"`
			} `xml:"category"`
			Authors []string `xml:"author>name"`
			Links   []struct {
				Rel    string `xml:"rel,attr"`
				Href   string `xml:"href,attr"`
				Type   string `xml:"type,attr"`
				Length int64  `xml:"length,attr"`
			} `xml:"link"`
			Thumbnail struct {
				URL string `xml:"url,attr"`
			} `xml:"http://search.yahoo.com/mrss/ thumbnail"`
		} `xml:"entry"`
	}
	unmarshal(t, xml.Unmarshal, body, &doc)
	var items []told
	for _, e := range doc.Entries {
		x := told{
			ID: e.ID, Title: e.Title, Summary: e.Summary.Text, Content: e.Content.Text, Authors: e.Authors, Language: cmp.Or(e.Lang, doc.Lang),
			Published: date(t, time.RFC3339, e.Published), Updated: date(t, time.RFC3339, e.Updated), Image: e.Thumbnail.URL,
		}
		for _, c := range e.Categories {
			if c.Label != c.Term {
				t.Errorf("the label of %q is %q", c.Term, c.Label)
			}
			x.Terms = append(x.Terms, c.Scheme+" "+c.Term)
		}
		for _, l := range e.Links {
			switch l.Rel {
			case "alternate":
				x.Link = l.Href
			case "via":
				x.Source = l.Href
			case "enclosure":
				x.Enclosures = append(x.Enclosures, article.Enclosure{URL: l.Href, Type: l.Type, Length: l.Length})
			}
		}
		slices.SortFunc(x.Enclosures, byURL)
		items = append(items, x)
	}
	return items
}

func readJSON(t *testing.T, body []byte) []told {
	var doc struct {
		Language string
		Items    []struct {
			ID, URL, Title, Summary, Language, Image string
			External                                 string    `json:"external_url"`
			HTML                                     string    `json:"content_html"`
			Published                                time.Time `json:"date_published"`
			Modified                                 time.Time `json:"date_modified"`
			Tags                                     []string
			Authors                                  []struct{ Name string }
			Attachments                              []struct {
				URL  string
				Type string `json:"mime_type"`
				Size int64  `json:"size_in_bytes"`
			}
		}
	}
	unmarshal(t, json.Unmarshal, body, &doc)
	var items []told
	for _, i := range doc.Items {
		x := told{
			ID: i.ID, Link: i.URL, Title: i.Title, Summary: i.Summary, Content: i.HTML, Published: i.Published.UTC(), Updated: i.Modified.UTC(),
			Terms: i.Tags, Language: cmp.Or(i.Language, doc.Language), Image: i.Image, Source: i.External,
		}
		for _, a := range i.Authors {
			x.Authors = append(x.Authors, a.Name)
		}
		for _, a := range i.Attachments {
			x.Enclosures = append(x.Enclosures, article.Enclosure{URL: a.URL, Type: a.Type, Length: a.Size})
		}
		slices.SortFunc(x.Enclosures, byURL)
		items = append(items, x)
	}
	return items
}

func unmarshal(t *testing.T, by func([]byte, any) error, body []byte, doc any) {
	t.Helper()
	if err := by(body, doc); err != nil {
		t.Error(err)
	}
}

func date(t *testing.T, layout, s string) time.Time {
	t.Helper()
	d, err := time.Parse(layout, s)
	if err != nil {
		t.Error(err)
	}
	return d.UTC()
}
