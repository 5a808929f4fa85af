package feed_test

import (
	"bytes"
	"cmp"
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
		for _, name := range e.Terms.Of(taxonomy) {
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
