package config

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Feeds says which feeds there are and what they hold.
type Feeds struct {
	Limit      int      // newest articles per feed, 1 to 1000
	Content    string   // "full" or "summary"
	Formats    []string // of "rss", "atom" and "json", at least one, no doubles
	Title      string   // of terms' feeds: a pattern with the tokens :term, :taxonomy and :site
	Minimum    int      // articles that a term must have for a feed, 1 or more
	Taxonomies []string // that have feeds: of Content.Taxonomies, no doubles; never nil
	Hubs       []string // URLs of WebSub hubs, no doubles
	Archive    bool     // there are archive documents for what feeds leave out
	Resurface  bool     // updated articles come to the top again

	Tombstones time.Duration // how long deleted articles are told; 0: not at all
	For        map[string]Feed
}

// Feed is what the feed of the site or those of one taxonomy have of their own. A zero field takes
// the value of [Feeds].
type Feed struct {
	Limit   int
	Content string
	Formats []string
	Title   string
	Minimum int
	// Paths are addresses below the base URL by format, unescaped. Those of a taxonomy hold the
	// segment ":term". The first one is the feed's, the others and the usual one lead to it.
	Paths map[string][]string
}

// siteFeed is what feeds.for calls the feed of the whole site; [Feeds.For] calls it "".
const siteFeed = "site"

// Of returns what holds for the feeds of a taxonomy, or for that of the whole site, which is "".
func (f Feeds) Of(taxonomy string) Feed {
	own := f.For[taxonomy]
	if own.Limit == 0 {
		own.Limit = f.Limit
	}
	if own.Content == "" {
		own.Content = f.Content
	}
	if own.Formats == nil {
		own.Formats = f.Formats
	}
	if own.Title == "" {
		own.Title = f.Title
		if taxonomy == "" {
			own.Title = ":site"
		}
	}
	if own.Minimum == 0 {
		own.Minimum = f.Minimum
	}
	return own
}

// feedsFor reads feeds.for.
func (v value) feedsFor() map[string]Feed {
	all := map[string]Feed{}
	for _, m := range v.members() {
		if m.empty() {
			continue
		}
		var f Feed
		settings := map[string]func(value){
			"limit":   func(v value) { f.Limit = v.feedLimit() },
			"content": func(v value) { f.Content = v.feedContent() },
			"formats": func(v value) { f.Formats = v.feedFormats() },
			"paths":   func(v value) { f.Paths = v.paths(m.name != siteFeed) },
		}
		name := m.name
		if name == siteFeed {
			name = ""
			settings["title"] = func(v value) { f.Title = v.pattern("site") }
		} else {
			settings["title"] = func(v value) { f.Title = v.pattern("term", "taxonomy", "site") }
			settings["minimum"] = func(v value) { f.Minimum = v.number(1, mostArticles) }
		}
		m.read(settings)
		all[name] = f
	}
	return all
}

const mostArticles = 1_000_000

// MostItems is the highest feeds.limit.
const MostItems = 1000

func (v value) feedLimit() int        { return v.number(1, MostItems) }
func (v value) feedContent() string   { return v.oneOf("full", "summary") }
func (v value) feedFormats() []string { return v.someOf("rss", "atom", "json") }

var titleToken = regexp.MustCompile(`:[a-z]+`)

// pattern reads a text with tokens such as :term, of which it refuses all but the known.
func (v value) pattern(known ...string) string {
	s := v.text()
	for _, t := range titleToken.FindAllString(s, -1) {
		if !slices.Contains(known, t[1:]) {
			v.fail("unknown token %q: want :%s", t, strings.Join(known, " :"))
		}
	}
	return s
}

// checkFeeds looks for mistakes about taxonomies and addresses.
func (l *loader) checkFeeds() {
	c := l.config
	known := c.Content.Taxonomies
	if v, ok := l.values["feeds.taxonomies"]; ok {
		for _, name := range c.Feeds.Taxonomies {
			if !slices.Contains(known, name) {
				v.fail("%q is not among content.taxonomies, which are %s: add it there", name, strings.Join(known, " "))
			}
		}
	}
	own := l.values["feeds.for"]
	for _, m := range own.items {
		if m.name != siteFeed && !slices.Contains(known, m.name) {
			own.line = m.line
			own.fail("unknown taxonomy %q%s", m.name, cmp.Or(meant(m.name, append(slices.Clone(known), siteFeed)), ": want site or one of content.taxonomies, to which it can be added"))
		}
	}
	for _, taxonomy := range slices.Sorted(maps.Keys(c.Feeds.For)) {
		for _, v := range own.member(taxonomyKey(taxonomy)).member("paths").items {
			if usual[v.name] != "" && !slices.Contains(c.Feeds.Of(taxonomy).Formats, v.name) && !v.empty() {
				v.fail("%s is not among the formats of these feeds", v.name)
			}
		}
	}
	l.checkAddresses()
}

func taxonomyKey(taxonomy string) string {
	if taxonomy == "" {
		return siteFeed
	}
	return taxonomy
}
