package catalog

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"feedmill/article"
)

// ids gives every article that is due an id of its own. An article claims the id that its author
// gave it, else its URL; where several claim the same, the one published first has it, ties by
// path, and the others get one made from it and their path. An id under which feeds have shown an
// article before is held by it whatever others claim.
type ids struct {
	claims map[string][]claim // by id claimed, the winner first
	byPath map[string]claim
	made   map[string]string // ids made for losers, or too late → their paths
	other  map[string]bool   // paths of the articles that hold another id than they would claim
}

// claim is the wish of an article for an id.
type claim struct {
	path  string
	id    string
	held  bool // feeds have shown the article under it
	since time.Time
	own   string // what the article would claim if it held nothing
}

func newIDs() ids {
	return ids{claims: map[string][]claim{}, byPath: map[string]claim{}, made: map[string]string{}, other: map[string]bool{}}
}

func byClaim(a, b claim) int {
	return cmp.Or(-compareBool(a.held, b.held), a.since.Compare(b.since), cmp.Compare(a.path, b.path))
}

// claim notes the wish of an article, in place of what it wished before. It returns the paths of the
// others whose ids change by it.
func (d *ids) claim(c claim) []string {
	affected := d.withdraw(c.path)
	group := d.claims[c.id]
	i, _ := slices.BinarySearchFunc(group, c, byClaim)
	if i == 0 && len(group) > 0 {
		affected = append(affected, group[0].path)
	}
	affected = d.appendLoser(affected, c.id)
	d.claims[c.id] = slices.Insert(group, i, c)
	d.byPath[c.path] = c
	if c.id != c.own {
		d.other[c.path] = true
	}
	return affected
}

// withdraw takes back the wish of the article at path, if it has one. It returns the paths of the
// others whose ids change by it.
func (d *ids) withdraw(path string) []string {
	c, there := d.byPath[path]
	if !there {
		return nil
	}
	var affected []string
	group := d.claims[c.id]
	i, _ := slices.BinarySearchFunc(group, c, byClaim)
	group = slices.Delete(group, i, i+1)
	d.claims[c.id] = group
	switch {
	case len(group) == 0:
		delete(d.claims, c.id)
		affected = d.appendLoser(affected, c.id)
	case i == 0:
		affected = append(affected, group[0].path)
	}
	delete(d.byPath, path)
	delete(d.other, path)
	return affected
}

// hold makes the id that the article at path has now its own for ever.
func (d *ids) hold(path, id string) {
	c := d.byPath[path]
	d.withdraw(path)
	c.id, c.held = id, true
	d.claim(c)
}

// appendLoser appends the path of the article whose id depends on whether id is claimed.
func (d *ids) appendLoser(paths []string, id string) []string {
	if path, ok := d.made[id]; ok && d.byPath[path].path != "" {
		return append(paths, path)
	}
	return paths
}

// of returns the id of the article at path, which has a claim.
func (d *ids) of(path string) string {
	id := d.byPath[path].id
	if d.claims[id][0].path == path {
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
	tell := func(c claim, winner string) {
		ps = append(ps, article.Problem{Path: c.path, Line: 1, Severity: article.Warning,
			Message: fmt.Sprintf("id: %s is that of %s too, which keeps it; this article's id is %s", c.own, winner, d.of(c.path))})
	}
	for _, group := range d.claims {
		for _, c := range group[1:] {
			tell(c, group[0].path)
		}
	}
	for p := range d.other {
		if group := d.claims[d.byPath[p].own]; len(group) > 0 {
			tell(d.byPath[p], group[0].path)
		}
	}
	return ps
}
