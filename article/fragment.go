package article

import (
	"iter"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"
)

// fitsID is an id that every reader takes; see [newPolicy].
var fitsID = regexp.MustCompile(`^[^\s"'<>]{1,200}$`)

// nameHeadings makes the links of an article to its own headings lead there. Generators make the ids of
// headings by many rules; the author's links tell which one it was. So a heading that a link means by letters
// and digits takes the id that the link has. One whose id is the author's keeps it, and the link follows.
func nameHeadings(nodes []*html.Node) {
	taken := map[string]bool{} // what can be led to
	linked := map[string]bool{}
	var links, headings []*html.Node
	for _, top := range nodes {
		for n := range withDescendants(top) {
			if headingLevel(n) > 0 {
				headings = append(headings, n)
			}
			taken[attribute(n.Attr, "id")] = true
			if n.DataAtom != atom.A {
				continue
			}
			taken[attribute(n.Attr, "name")] = true
			if fragment := ownFragment(n); fragment != "" {
				links = append(links, n)
				linked[fragment] = true
			}
		}
	}
	var meant map[string]*html.Node
	for _, link := range links {
		fragment := ownFragment(link)
		if taken[fragment] {
			continue
		}
		if meant == nil {
			meant = meantHeadings(headings)
		}
		heading := meant[foldFragment(fragment)]
		if heading == nil {
			continue
		}
		id := attribute(heading.Attr, "id")
		if made := id == "" || foldFragment(id) == foldFragment(textOf(heading)); made && !linked[id] && fitsID.MatchString(fragment) {
			setAttribute(heading, "id", fragment)
			taken[fragment] = true
		} else if id != "" {
			setAttribute(link, "href", "#"+id)
		}
	}
}

// ownFragment gives the part of its own page that a link leads to, or "".
func ownFragment(n *html.Node) string {
	fragment, ok := strings.CutPrefix(strings.TrimSpace(attribute(n.Attr, "href")), "#")
	if !ok {
		return ""
	}
	if plain, err := url.PathUnescape(fragment); err == nil {
		return plain
	}
	return fragment
}

// meantHeadings gives the headings by the fragments, folded, that can mean them alone.
func meantHeadings(headings []*html.Node) map[string]*html.Node {
	meant := map[string]*html.Node{}
	add := func(others map[string]*html.Node, fragment string, heading *html.Node) {
		if _, twice := others[fragment]; twice {
			heading = nil
		}
		if fragment != "" {
			others[fragment] = heading
		}
	}
	further := map[string]*html.Node{}
	for _, h := range headings {
		text := textOf(h)
		folded := foldFragment(text)
		add(meant, folded, h)
		if spelled := foldFragment(strings.ReplaceAll(text, "&", "and")); spelled != folded { // @sindresorhus/slugify
			add(further, spelled, h)
		}
		if named := strings.TrimLeft(folded, "0123456789"); named != folded { // kramdown
			add(further, named, h)
		}
	}
	for fragment, h := range further {
		if _, ok := meant[fragment]; !ok {
			meant[fragment] = h
		}
	}
	return meant
}

// foldFragment gives what all rules keep of a heading: letters without accents, and digits.
func foldFragment(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKD.String(s))
}

func setAttribute(n *html.Node, key, value string) {
	for i, a := range n.Attr {
		if a.Key == key {
			n.Attr[i].Val = value
			return
		}
	}
	n.Attr = append(n.Attr, html.Attribute{Key: key, Val: value})
}

// withDescendants yields n and all that is in it.
func withDescendants(n *html.Node) iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) {
		if !yield(n) {
			return
		}
		for d := range n.Descendants() {
			if !yield(d) {
				return
			}
		}
	}
}
