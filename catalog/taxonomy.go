package catalog

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"feedmill/article"
)

// Taxonomies that follow from an article's facts and not from its terms.
const (
	Authors   = "authors"   // by the names of the authors
	Languages = "languages" // by language
)

// Derived reports whether the taxonomy is one that follows from other facts than terms.
func Derived(taxonomy string) bool { return taxonomy == Authors || taxonomy == Languages }

// names returns the names of the terms of a taxonomy that e has.
func (x *index) names(taxonomy string, e *Entry) []string {
	switch taxonomy {
	case Authors:
		var names []string
		for _, a := range e.Authors {
			names = append(names, a.Name)
		}
		return names
	case Languages:
		return []string{cmp.Or(e.Language, x.o.Language)}
	default:
		return e.Terms.Of(taxonomy)
	}
}

// taxonomy is the lists of the terms of one taxonomy.
type taxonomy struct {
	name    string
	minimum int              // articles that a term must have for a feed
	lists   map[string]*list // by folded name
	clashes []article.Problem
}

// list returns the list of the term that name is a spelling of.
func (t *taxonomy) list(name string) *list {
	key := fold(name)
	l := t.lists[key]
	if l == nil {
		l = &list{id: t.name + "/" + key, key: key, base: Slug(key), spellings: map[string]int{}}
		t.lists[key] = l
	}
	return l
}

// settleNames drops the terms without articles, and gives each of the others the name that most of
// its articles use, and a slug of its own. Terms whose names come down to one slug are told apart
// by a number; the one with the oldest article goes without.
func (t *taxonomy) settleNames() {
	maps.DeleteFunc(t.lists, func(_ string, l *list) bool { return len(l.entries) == 0 })
	live := slices.SortedFunc(maps.Values(t.lists), func(a, b *list) int {
		return cmp.Or(a.oldest().Compare(b.oldest()), cmp.Compare(a.key, b.key))
	})
	owner := make(map[string]*list, len(live))
	var late []*list
	for _, l := range live {
		l.name, l.slug = l.commonest(), l.base
		if owner[l.slug] != nil {
			late = append(late, l)
			continue
		}
		owner[l.slug] = l
	}
	t.clashes = nil
	for _, l := range late {
		for n := 2; owner[l.slug] != nil; n++ {
			l.slug = l.base + "-" + strconv.Itoa(n)
		}
		owner[l.slug] = l
		if !t.hasFeed(l) {
			continue
		}
		t.clashes = append(t.clashes, article.Problem{
			Path: l.entries[len(l.entries)-1].Path, Line: 1, Severity: article.Warning,
			Message: fmt.Sprintf("%s: %q and %q come down to the same address; the feed of %[3]q is at /%[1]s/%[4]s/",
				t.name, owner[l.base].name, l.name, l.slug),
		})
	}
}

// hasFeed reports whether the term has articles enough.
func (t *taxonomy) hasFeed(l *list) bool { return len(l.entries) >= t.minimum }

func (l *list) oldest() time.Time { return l.entries[len(l.entries)-1].Published }

// commonest is the most frequent spelling; of several equally frequent ones the first by bytes.
func (l *list) commonest() string {
	return slices.MinFunc(slices.Collect(maps.Keys(l.spellings)), func(a, b string) int {
		return cmp.Or(cmp.Compare(l.spellings[b], l.spellings[a]), cmp.Compare(a, b))
	})
}
