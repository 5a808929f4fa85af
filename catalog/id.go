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
// path, and the others get one made from it and their path.
type ids struct {
	claims map[string][]*article.Article // by id claimed, the winner first
	byPath map[string]*article.Article   // those that have a claim
	made   map[string]string             // ids made for losers, or too late → their paths
}

func newIDs() ids {
	return ids{claims: map[string][]*article.Article{}, byPath: map[string]*article.Article{}, made: map[string]string{}}
}

func claimed(a *article.Article) string { return cmp.Or(a.ID, a.URL) }

func byClaim(a, b *article.Article) int {
	return cmp.Or(a.Published.Compare(b.Published), cmp.Compare(a.Path, b.Path))
}

// claim notes that a is the article at path now; nil withdraws its claim. It returns the paths of
// the others whose ids change by it.
func (d *ids) claim(path string, a *article.Article) []string {
	var affected []string
	if was := d.byPath[path]; was != nil {
		id := claimed(was)
		group := d.claims[id]
		i, _ := slices.BinarySearchFunc(group, was, byClaim)
		group = slices.Delete(group, i, i+1)
		d.claims[id] = group
		switch {
		case len(group) == 0:
			delete(d.claims, id)
			affected = d.appendLoser(affected, id)
		case i == 0:
			affected = append(affected, group[0].Path)
		}
		delete(d.byPath, path)
	}
	if a == nil {
		return affected
	}
	id := claimed(a)
	group := d.claims[id]
	i, _ := slices.BinarySearchFunc(group, a, byClaim)
	if i == 0 && len(group) > 0 {
		affected = append(affected, group[0].Path)
	}
	affected = d.appendLoser(affected, id)
	d.claims[id] = slices.Insert(group, i, a)
	d.byPath[path] = a
	return affected
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
	id := claimed(d.byPath[path])
	if d.claims[id][0].Path == path {
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
	for id, group := range d.claims {
		for _, a := range group[1:] {
			ps = append(ps, article.Problem{Path: a.Path, Line: 1, Severity: article.Warning,
				Message: fmt.Sprintf("id: %s is that of %s too, which keeps it; this article's id is %s", id, group[0].Path, d.of(a.Path))})
		}
	}
	return ps
}
