package catalog

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"feedmill/article"
)

// ids gives every article that is due an id of its own. An article claims the id that its author
// gave it, else its URL; where several claim the same, the one published first has it, ties by
// path, and the others get one made from it and their path. An id under which feeds have shown an
// article before is held by it whatever others claim.
type ids struct {
	claims map[string]*claim   // by id claimed, the winner
	losers map[string][]*claim // by id claimed, the others, in the order in which they would follow
	byPath map[string]*claim
	made   map[string]string // ids made for losers, or too late → their paths
	other  map[string]bool   // paths of the articles that hold another id than they would claim
}

// claim is the wish of an article for an id.
type claim struct {
	article *article.Article
	id      string
	held    bool // feeds have shown the article under it
}

func (c *claim) path() string { return c.article.Path }

// own is what the article would claim if it held nothing.
func (c *claim) own() string { return cmp.Or(c.article.ID, c.article.URL) }

// newIDs has room for the claims of n articles.
func newIDs(n int) ids {
	return ids{
		claims: make(map[string]*claim, n), losers: map[string][]*claim{}, byPath: make(map[string]*claim, n),
		made: map[string]string{}, other: map[string]bool{},
	}
}

func byClaim(a, b *claim) int {
	return cmp.Or(-compareBool(a.held, b.held), a.article.Published.Compare(b.article.Published), cmp.Compare(a.path(), b.path()))
}

// claim notes the wish of an article, in place of what it wished before. It returns the paths of the
// others whose ids change by it.
func (d *ids) claim(c *claim) []string {
	affected := d.withdraw(c.path())
	loser := d.claims[c.id]
	if loser == nil || byClaim(c, loser) < 0 {
		d.claims[c.id] = c
		if loser != nil {
			affected = append(affected, loser.path())
		}
	} else {
		loser = c
	}
	if loser != nil {
		i, _ := slices.BinarySearchFunc(d.losers[c.id], loser, byClaim)
		d.losers[c.id] = slices.Insert(d.losers[c.id], i, loser)
	}
	affected = d.appendLoser(affected, c.id)
	d.byPath[c.path()] = c
	if c.id != c.own() {
		d.other[c.path()] = true
	}
	return affected
}

// withdraw takes back the wish of the article at path, if it has one. It returns the paths of the
// others whose ids change by it.
func (d *ids) withdraw(path string) []string {
	c := d.byPath[path]
	if c == nil {
		return nil
	}
	var affected []string
	losers := d.losers[c.id]
	switch {
	case d.claims[c.id] != c:
		i, _ := slices.BinarySearchFunc(losers, c, byClaim)
		losers = slices.Delete(losers, i, i+1)
	case len(losers) > 0:
		d.claims[c.id] = losers[0]
		losers = slices.Delete(losers, 0, 1)
		affected = append(affected, d.claims[c.id].path())
	default:
		delete(d.claims, c.id)
		affected = d.appendLoser(affected, c.id)
	}
	if d.losers[c.id] = losers; len(losers) == 0 {
		delete(d.losers, c.id)
	}
	delete(d.byPath, path)
	delete(d.other, path)
	return affected
}

// hold makes the id that the article at path has now its own for ever.
func (d *ids) hold(path, id string) {
	if c := d.byPath[path]; !c.held || c.id != id {
		d.claim(&claim{article: c.article, id: id, held: true})
	}
}

// appendLoser appends the path of the article whose id depends on whether id is claimed.
func (d *ids) appendLoser(paths []string, id string) []string {
	if path, ok := d.made[id]; ok && d.byPath[path] != nil {
		return append(paths, path)
	}
	return paths
}

// of returns the id of the article at path, which has a claim.
func (d *ids) of(path string) string {
	id := d.byPath[path].id
	if d.claims[id].path() == path {
		return id
	}
	sep := "#"
	if strings.Contains(id, "#") {
		sep = "/"
	}
	own := id + sep + url.PathEscape(path)
	d.made[own] = path
	for d.claims[own] != nil { // somebody's explicit id
		own += "~"
		d.made[own] = path
	}
	return own
}

// problems tells every clash.
func (d *ids) problems() []article.Problem {
	var ps []article.Problem
	tell := func(c *claim, winner string) {
		ps = append(ps, article.Problem{Path: c.path(), Line: 1, Severity: article.Warning,
			Message: fmt.Sprintf("id: %s is that of %s too, which keeps it; this article's id is %s", c.own(), winner, d.of(c.path()))})
	}
	for id, losers := range d.losers {
		for _, c := range losers {
			tell(c, d.claims[id].path())
		}
	}
	for p := range d.other {
		c := d.byPath[p]
		if winner := d.claims[c.own()]; winner != nil {
			tell(c, winner.path())
		}
	}
	return ps
}
