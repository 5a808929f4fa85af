package main

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"feedmill/catalog"
	"feedmill/config"
)

// compared is the answer of compare in JSON.
type compared struct {
	Items   int          `json:"items"` // of the old feed
	Same    int          `json:"same"`  // of them, for which nothing changes
	Changes []difference `json:"changes"`

	seen map[*catalog.Entry]bool // that stand for an old item
}

// difference is something that subscribers would notice.
type difference struct {
	Kind  string `json:"kind"` // id, link, date, gone or new
	Title string `json:"title"`
	Old   string `json:"old,omitempty"`
	New   string `json:"new,omitempty"`
}

// compare finds the article of every old item, by id, link or title, and what differs; then what
// the new feed shows beside.
func (c *compared) compare(was *gofeed.Feed, snap *catalog.Snapshot, sel *catalog.Selection) {
	c.seen = map[*catalog.Entry]bool{}
	by := map[string]*catalog.Entry{}
	for e := range snap.Entries() {
		for _, key := range []string{"id " + e.ID, "link " + sameLink(e.URL), "title " + e.Title} {
			if by[key] == nil && key != "title " {
				by[key] = e
			}
		}
	}
	for _, item := range was.Items {
		item.Title = html.UnescapeString(item.Title) // RFC 4287 §3.1.1.2: in Atom it may be HTML
		c.item(item, cmp.Or(by["id "+idOf(item)], by["link "+sameLink(item.Link)], by["title "+item.Title]))
	}
	for _, e := range sel.Entries {
		if !c.seen[e] {
			c.Changes = append(c.Changes, difference{"new", e.Title, "", e.URL})
		}
	}
}

// item compares an old item with its article, nil where there is none.
func (c *compared) item(item *gofeed.Item, e *catalog.Entry) {
	if e == nil {
		c.Changes = append(c.Changes, difference{"gone", item.Title, cmp.Or(item.Link, item.GUID), ""})
		return
	}
	c.seen[e] = true
	before := len(c.Changes)
	if id := idOf(item); id != e.ID {
		c.Changes = append(c.Changes, difference{"id", item.Title, id, e.ID})
	}
	if item.Link != "" && sameLink(item.Link) != sameLink(e.URL) {
		c.Changes = append(c.Changes, difference{"link", item.Title, item.Link, e.URL})
	}
	// RFC 4287 §4.2.9: published may be missing, and what updated then says is no date of ours. Hugo writes
	// the year 1 for a page without a date.
	if old := item.PublishedParsed; old != nil && old.Year() > 1 && !old.Truncate(time.Second).Equal(e.Published.Truncate(time.Second)) {
		c.Changes = append(c.Changes, difference{"date", item.Title, old.UTC().Format(time.RFC3339), e.Published.UTC().Format(time.RFC3339)})
	}
	if len(c.Changes) == before {
		c.Same++
	}
}

// idOf is what feed readers know the item by: its link where it has no id.
func idOf(item *gofeed.Item) string { return cmp.Or(item.GUID, item.Link) }

// sameLink is one form for addresses that lead to the same place, however they are escaped.
func sameLink(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return s
	}
	return u.Scheme + "://" + strings.ToLower(u.Host) + u.Path + "?" + u.RawQuery + "#" + u.Fragment
}

// kinds are the differences in the order in which they are told, and what they mean.
var kinds = []struct{ kind, one, many string }{
	{"id", "id changes: the item would come as new", "ids change: these items would come as new"},
	{"link", "link changes", "links change"},
	{"date", "date changes", "dates change"},
	{"gone", "item is no article any more", "items are no articles any more"},
	{"new", "item would come in addition", "items would come in addition"},
}

func (c *compared) write(w io.Writer) error {
	p := newPainter(w)
	for _, d := range c.Changes {
		line := fmt.Sprintf("%s %q: %s", p.yellow(d.Kind), d.Title, cmp.Or(d.Old, d.New))
		if d.Old != "" && d.New != "" {
			line += " → " + d.New
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

func (c *compared) of(kind string) (n int) {
	for _, d := range c.Changes {
		if d.Kind == kind {
			n++
		}
	}
	return n
}

func (c *compared) summary() string {
	s := fmt.Sprintf("%s of the old feed: %d stay as they are", count(c.Items, "item"), c.Same)
	for _, k := range kinds {
		switch n := c.of(k.kind); n {
		case 0:
		case 1:
			s += "; 1 " + k.one
		default:
			s += fmt.Sprintf("; %d %s", n, k.many)
		}
	}
	return s
}

// hint is what may be done about the differences, most of all about those that are worst.
func (c *compared) hint() string {
	switch {
	case c.of("link") > 0:
		return "links begin with site_url and go on by the generator's rules, or by content.permalink; ids are links unless the front matter has id, guid or uuid"
	case c.of("id") > 0:
		return "content.ids: generator has the ids that Jekyll's own feeds have; else give articles the old ones in their front matter, under id, guid or uuid"
	case c.of("date") > 0:
		return "dates without a zone are in timezone; content.fields names the key that holds the date"
	case c.of("new") > 0 && 0 < c.Items && c.Items <= config.MostItems:
		return fmt.Sprintf("feeds.limit: %d shows as many items as the old feed", c.Items)
	}
	return ""
}
