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
	spelt   map[string]*list // by the names that articles write
	slugs   map[string]int   // how many lists come down to each slug
	shared  int              // how many slugs are those of several
	clashes []article.Problem

	order    []*list  // those with feeds, by key
	reorder  bool     // others have feeds now, or at other addresses
	snapshot Taxonomy // as the last snapshot has it
}

func newTaxonomy(name string, minimum int) *taxonomy {
	return &taxonomy{
		name: name, minimum: max(minimum, 1), reorder: true,
		lists: map[string]*list{}, spelt: map[string]*list{}, slugs: map[string]int{},
	}
}

// list returns the list of the term that name is a spelling of.
func (t *taxonomy) list(name string) *list {
	if l := t.spelt[name]; l != nil {
		return l
	}
	key := fold(name)
	l := t.lists[key]
	if l == nil {
		l = &list{taxonomy: t, id: t.idOf(key), key: key, base: Slug(key), spellings: map[string]int{}}
		t.lists[key] = l
		t.count(l.base, +1)
	}
	t.spelt[name] = l
	return l
}

// id is that of the list of the term that name is a spelling of, also where there is none yet.
func (t *taxonomy) id(name string) string {
	if l := t.spelt[name]; l != nil {
		return l.id
	}
	return t.idOf(fold(name))
}

func (t *taxonomy) idOf(key string) string { return t.name + "/" + key }

func (t *taxonomy) drop(l *list) {
	delete(t.lists, l.key)
	maps.DeleteFunc(t.spelt, func(_ string, other *list) bool { return other == l })
	t.count(l.base, -1)
}

// count notes that one list more, or less, comes down to a slug.
func (t *taxonomy) count(slug string, by int) {
	was := t.slugs[slug]
	is := was + by
	if t.slugs[slug] = is; is == 0 {
		delete(t.slugs, slug)
	}
	switch {
	case was == 1 && is == 2:
		t.shared++
	case was == 2 && is == 1:
		t.shared--
	}
}

// settleNames drops the terms that an edit has left without articles, and gives each of the others
// that it concerns the name that most of its articles use, and a slug of its own. It returns those of
// other terms whose slug is another one now.
func (t *taxonomy) settleNames(changed edits) []*list {
	clashed, concerned := t.shared > 0, false
	for l := range changed {
		if l.taxonomy != t {
			continue
		}
		concerned = true
		if l.entries.size() == 0 {
			t.drop(l)
			continue
		}
		l.name, l.slug = l.commonest(), cmp.Or(l.slug, l.base)
	}
	if !concerned || !clashed && t.shared == 0 {
		return nil
	}
	return t.settleSlugs()
}

// settleSlugs tells apart terms whose names come down to one slug by a number; the one with the
// oldest article goes without. It returns those that have another slug now.
func (t *taxonomy) settleSlugs() (changed []*list) {
	live := slices.SortedFunc(maps.Values(t.lists), func(a, b *list) int {
		return cmp.Or(a.oldest().Compare(b.oldest()), cmp.Compare(a.key, b.key))
	})
	owner := make(map[string]*list, len(live))
	var late []*list
	give := func(l *list, slug string) {
		owner[slug] = l
		if l.slug != slug {
			l.slug = slug
			changed = append(changed, l)
		}
	}
	for _, l := range live {
		if owner[l.base] != nil {
			late = append(late, l)
			continue
		}
		give(l, l.base)
	}
	t.clashes = nil
	for _, l := range late {
		slug := l.base
		for n := 2; owner[slug] != nil; n++ {
			slug = l.base + "-" + strconv.Itoa(n)
		}
		give(l, slug)
		if !l.hasFeed() {
			continue
		}
		t.clashes = append(t.clashes, article.Problem{
			Path: l.entries.at(l.entries.size() - 1).Path, Line: 1, Severity: article.Warning,
			Message: fmt.Sprintf("%s: %q and %q come down to the same address; the feed of %[3]q is at /%[1]s/%[4]s/",
				t.name, owner[l.base].name, l.name, l.slug),
		})
	}
	return changed
}

// of is the name of the taxonomy that l is of, or "" for the list of the site.
func (l *list) of() string {
	if l.taxonomy == nil {
		return ""
	}
	return l.taxonomy.name
}

// hasFeed reports whether the list has articles enough.
func (l *list) hasFeed() bool { return l.taxonomy == nil || l.entries.size() >= l.taxonomy.minimum }

func (l *list) oldest() time.Time { return l.entries.at(l.entries.size() - 1).Published }

// commonest is the most frequent spelling; of several equally frequent ones the first by bytes.
func (l *list) commonest() string {
	return slices.MinFunc(slices.Collect(maps.Keys(l.spellings)), func(a, b string) int {
		return cmp.Or(cmp.Compare(l.spellings[b], l.spellings[a]), cmp.Compare(a, b))
	})
}
