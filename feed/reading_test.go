package feed_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"html"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mmcdole/gofeed"

	"feedmill/article"
	"feedmill/catalog"
	"feedmill/feed"
)

// told is what a document tells of an item.
type told struct {
	ID, Link, Title, Summary, Content string
	Published, Updated                time.Time
	Terms                             []string // "scheme name"
	Authors                           []string
	Language, Image, Source           string
	Enclosures                        []article.Enclosure // by URL
}

// agree asks that every document of the site tell of every entry what the entry says, as far as its
// format has words for it, and that a reader's library understand the same.
func agree(t *testing.T, s site) {
	t.Helper()
	for sel := range s.Selections() {
		var want []told
		for _, e := range sel.Entries {
			want = append(want, s.entry(t, e))
		}
		for _, f := range s.Formats(sel) {
			body := s.build(t, sel, f).Body
			if err := wellFormed(f, body); err != nil {
				t.Errorf("%s %s: %v", sel.Path(), f, err)
				continue
			}
			if diff := gocmp.Diff(seenIn(f, want), read(t, f, body), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s %s (-entries +items):\n%s", sel.Path(), f, diff)
			}
			parsed, err := gofeed.NewParser().Parse(bytes.NewReader(body))
			if err != nil {
				t.Errorf("%s %s: %v", sel.Path(), f, err)
				continue
			}
			if diff := gocmp.Diff(seenByGofeed(f, want), fromGofeed(f, parsed), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s %s (-entries +gofeed):\n%s", sel.Path(), f, diff)
			}
		}
	}
}

// entry is what must be told of e.
func (s site) entry(t *testing.T, e *catalog.Entry) told {
	t.Helper()
	c, err := s.Content(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	x := told{
		ID: e.ID, Link: e.URL, Title: e.Title, Summary: c.Summary, Content: c.HTML, Published: e.Published.UTC(), Updated: e.Updated.UTC(),
		Language: cmp.Or(e.Language, "en"), Image: e.Image, Source: e.Source,
	}
	if c.HTML == "" {
		x.Summary = cmp.Or(c.Summary, e.Title)
	}
	for _, taxonomy := range []string{"categories", "tags"} {
		for _, name := range e.Terms[taxonomy] {
			x.Terms = append(x.Terms, s.At("/"+taxonomy+"/")+" "+name)
		}
	}
	for _, a := range e.Authors {
		x.Authors = append(x.Authors, a.Name)
	}
	for _, enclosure := range e.Enclosures {
		enclosure.Path = ""
		x.Enclosures = append(x.Enclosures, enclosure)
	}
	slices.SortFunc(x.Enclosures, byURL)
	return x
}

func byURL(a, b article.Enclosure) int { return strings.Compare(a.URL, b.URL) }

// seenIn leaves out of items what the format has no words for.
func seenIn(f feed.Format, items []told) []told {
	items = slices.Clone(items)
	for i := range items {
		x := &items[i]
		switch f {
		case feed.RSS:
			x.Updated = time.Time{}
		case feed.JSON:
			x.Terms = names(x.Terms)
		}
	}
	return items
}

// names are those of terms, each once.
func names(terms []string) []string {
	var all []string
	for _, term := range terms {
		if _, name, _ := strings.Cut(term, " "); !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

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

// seenByGofeed leaves out of items what gofeed does not tell of the format.
func seenByGofeed(f feed.Format, items []told) []told {
	items = seenIn(f, items)
	for i := range items {
		x := &items[i]
		x.Language, x.Source, x.Image = "", "", ""
		if f != feed.JSON {
			x.Terms = slices.Clone(x.Terms)
			for j, term := range x.Terms {
				_, x.Terms[j], _ = strings.Cut(term, " ")
			}
		}
		if f == feed.RSS {
			x.Authors = x.Authors[:min(1, len(x.Authors))]
			x.Enclosures = nil // one of them, which readRSS has seen
		}
		if f == feed.JSON && x.Content == "" {
			x.Content = x.Summary // as text
		}
		x.Content, x.Summary = strings.TrimSpace(x.Content), strings.TrimSpace(x.Summary)
	}
	return items
}

func fromGofeed(f feed.Format, parsed *gofeed.Feed) []told {
	var items []told
	for _, i := range parsed.Items {
		x := told{ID: i.GUID, Link: i.Link, Title: i.Title, Summary: i.Description, Content: strings.TrimSpace(i.Content), Terms: i.Categories}
		if i.PublishedParsed != nil {
			x.Published = i.PublishedParsed.UTC()
		}
		if i.UpdatedParsed != nil {
			x.Updated = i.UpdatedParsed.UTC()
		}
		for _, a := range i.Authors {
			x.Authors = append(x.Authors, a.Name)
		}
		for _, e := range i.Enclosures {
			length, _ := strconv.ParseInt(e.Length, 10, 64)
			x.Enclosures = append(x.Enclosures, article.Enclosure{URL: e.URL, Type: e.Type, Length: length})
		}
		slices.SortFunc(x.Enclosures, byURL)
		if f == feed.RSS {
			x.Summary, x.Enclosures = html.UnescapeString(x.Summary), nil
		}
		x.Summary = strings.TrimSpace(x.Summary)
		items = append(items, x)
	}
	return items
}
