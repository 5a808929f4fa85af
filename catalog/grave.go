package catalog

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"feedmill/store"
)

// Deleted tells that an article was deleted (RFC 6721).
type Deleted struct {
	ID   string // of the entry
	When time.Time
}

// graves tell which articles were deleted of late. Where nothing is kept there are none.
type graves struct {
	keep time.Duration              // how long each stays
	byID map[string]*store.Deletion // values are never changed
}

// maxGraves bounds how many there are, and maxDeleted how many of them one feed tells.
const (
	maxGraves  = 10_000
	maxDeleted = 100
)

func newGraves(o Options) graves {
	g := graves{keep: o.Tombstones, byID: map[string]*store.Deletion{}}
	if o.Keep != nil && o.Tombstones > 0 {
		for id, d := range o.Kept.Deletions {
			g.byID[id] = d
		}
	}
	return g
}

// next is when the first of them goes, or zero.
func (g graves) next() time.Time {
	var next time.Time
	for _, d := range g.byID {
		next = sooner(next, d.When.Add(g.keep))
	}
	return next
}

// of gives those of the articles that the list with this id has shown, the newest first.
func (g graves) of(list string) []Deleted {
	var ds []Deleted
	for id, d := range g.byID {
		if slices.Contains(d.Feeds, list) {
			ds = append(ds, Deleted{id, d.When})
		}
	}
	slices.SortFunc(ds, func(a, b Deleted) int {
		return cmp.Or(b.When.Compare(a.When), cmp.Compare(a.ID, b.ID))
	})
	return ds[:min(len(ds), maxDeleted)]
}

// bury notes that an article was deleted of which a is known, or nil.
func (x *index) bury(a *store.Article, now time.Time) {
	if a == nil {
		return
	}
	if x.graves.keep > 0 && len(x.graves.byID) < maxGraves {
		x.setGrave(a.ID, &store.Deletion{When: now, Feeds: a.Feeds})
	}
	for l := range x.listsWith(a.Feeds) {
		l.removed = now
		x.spoil(l, true)
	}
}

// raise notes that there is an article with this id again.
func (x *index) raise(id string) {
	if d := x.graves.byID[id]; d != nil {
		x.setGrave(id, nil)
		for l := range x.listsWith(d.Feeds) {
			x.spoil(l, true)
		}
	}
}

// forget drops the graves that have been told of long enough.
func (x *index) forget(now time.Time) {
	for id, d := range x.graves.byID {
		if !now.Before(d.When.Add(x.graves.keep)) {
			x.raise(id)
		}
	}
}

func (x *index) setGrave(id string, d *store.Deletion) {
	x.memory.changes.Deletions[id] = d
	if d == nil {
		delete(x.graves.byID, id)
		return
	}
	x.graves.byID[id] = d
}

// listsWith yields the lists with these ids, as far as there are any.
func (x *index) listsWith(ids []string) iter.Seq[*list] {
	return func(yield func(*list) bool) {
		for _, id := range ids {
			l := x.site
			if taxonomy, key, ok := strings.Cut(id, "/"); ok {
				l = nil
				for _, t := range x.taxa {
					if t.name == taxonomy {
						l = t.lists[key]
					}
				}
			}
			if l != nil && !yield(l) {
				return
			}
		}
	}
}
