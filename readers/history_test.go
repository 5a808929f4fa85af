package readers

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// judgeHistory walks from each feed to its oldest entries, as RFC 5005 and JSON Feed's next_url
// say. The formats must lead to the same entries, those of the site to all articles.
func judgeHistory(t *testing.T, s *site) {
	for _, feed := range s.feeds {
		var first []string
		for _, format := range formats {
			ids, err := s.walk(t, feed+format)
			if err != nil {
				t.Errorf("%s%s: %v", feed, format, err)
				continue
			}
			if first == nil {
				first = ids
			}
			if !slices.Equal(ids, first) {
				t.Errorf("%s%s leads to %d entries, %s to others, %d", feed, format, len(ids), formats[0], len(first))
			}
			if hasArchives && feed == "/" && len(ids) != s.articles {
				t.Errorf("%s%s leads to %d entries, want %d", feed, format, len(ids), s.articles)
			}
		}
	}
}

// page is one document of a feed.
type page struct {
	ids      []string
	archive  bool // it says of itself that it does not change: RFC 5005 §4
	current  string
	previous string // prev-archive, or next of a paged feed; JSON's next_url
}

// walk returns the ids of all entries that can be reached from the document at the path, sorted.
func (s *site) walk(t *testing.T, path string) ([]string, error) {
	t.Helper()
	var ids []string
	for seen := map[string]bool{}; path != ""; {
		if seen[path] {
			return nil, fmt.Errorf("%s comes again", path)
		}
		seen[path] = true
		body := s.get(t, path)
		p, err := parsePage(body)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if len(seen) > 1 && !p.archive {
			return nil, fmt.Errorf("%s does not say that it is an archive, or what its feed is", path)
		}
		ids = append(ids, p.ids...)
		if p.previous == "" {
			break
		}
		next, ok := strings.CutPrefix(p.previous, base)
		if !ok {
			return nil, fmt.Errorf("%s leads elsewhere, to %q", path, p.previous)
		}
		path = next
	}
	slices.Sort(ids)
	// An entry of the head feed may come in an archive too.
	return slices.Compact(ids), nil
}

func parsePage(body []byte) (page, error) {
	if body[0] == '{' {
		return parseJSONPage(body)
	}
	return parseXMLPage(body)
}

func parseJSONPage(body []byte) (page, error) {
	var feed struct {
		NextURL string `json:"next_url"`
		Items   []struct{ ID string }
	}
	err := json.Unmarshal(body, &feed)
	p := page{archive: true, previous: feed.NextURL} // JSON Feed has no word for it
	for _, i := range feed.Items {
		p.ids = append(p.ids, i.ID)
	}
	return p, errors.Join(err, p.check())
}

// parseXMLPage reads what RSS and Atom have in common.
func parseXMLPage(body []byte) (page, error) {
	type link struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	}
	type element struct {
		Links   []link    `xml:"http://www.w3.org/2005/Atom link"`
		Archive *struct{} `xml:"http://purl.org/syndication/history/1.0 archive"`
		Entries []string  `xml:"entry>id"`
		Items   []string  `xml:"item>guid"`
	}
	var doc struct {
		element
		Channel element `xml:"channel"`
	}
	err := xml.Unmarshal(body, &doc)
	var p page
	for _, e := range []element{doc.element, doc.Channel} {
		p.ids = slices.Concat(p.ids, e.Entries, e.Items)
		p.archive = p.archive || e.Archive != nil
		for _, l := range e.Links {
			switch l.Rel {
			case "current":
				p.current = l.Href
			case "prev-archive", "next":
				p.previous = l.Href
			}
		}
	}
	p.archive = p.archive && p.current != ""
	return p, errors.Join(err, p.check())
}

// check demands that no entry be twice in one document.
func (p page) check() error {
	seen := map[string]bool{}
	for _, id := range p.ids {
		if seen[id] {
			return fmt.Errorf("id %s twice", id)
		}
		seen[id] = true
	}
	return nil
}
