package catalog

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"feedmill/store"
)

// history is what is known of the feeds at one path.
type history struct {
	kept store.Feed
	list *list // whose feeds they are; nil: nobody's
	last *Selection
}

// snapshot returns the view that follows from the index, still without the problems of files, and
// counts in r the feeds that came, went or have another version. first tells that nothing was
// published before this.
func (x *index) snapshot(now time.Time, first bool, r *Report) *Snapshot {
	vacant := x.settlePaths()
	for l, own := range x.stale {
		switch {
		case l.path == "":
			delete(x.stale, l)
		case own || x.feeds[l.path] == nil || x.feeds[l.path].last == nil:
			x.publish(l, now, first, r)
			delete(x.stale, l)
		case x.follow(l, r):
			delete(x.stale, l)
		}
	}
	x.retire(vacant, now, r)
	s := &Snapshot{
		Site: x.site.selection, Articles: len(x.shown), Next: x.next(now), made: now,
		entries: x.site.entries, gone: x.retired,
	}
	for _, t := range x.taxa {
		s.Taxonomies = append(s.Taxonomies, t.snapshot)
	}
	x.published = true
	return s
}

// settlePaths gives the lists of which something has changed the paths of their feeds. It returns the
// paths that had feeds so far and may have none any more.
func (x *index) settlePaths() (vacant []string) {
	vacant, x.vacated = x.vacated, nil
	if !x.published {
		vacant = slices.Collect(maps.Keys(x.feeds))
	}
	for l := range x.stale {
		path := ""
		if l.hasFeed() {
			path = pathOf(l.of(), l.slug)
		}
		if path == l.path {
			continue
		}
		if l.taxonomy != nil {
			l.taxonomy.reorder = true
		}
		if h := x.feeds[l.path]; h != nil && h.list == l {
			h.list = nil
			vacant = append(vacant, l.path)
		}
		l.path = path
	}
	return vacant
}

// publish dates the selection of l, and notes it as the one of its path.
func (x *index) publish(l *list, now time.Time, first bool, r *Report) {
	taxonomy := l.of()
	if l.taxonomy != nil {
		l.taxonomy.snapshot.Terms = nil // to be made again
	}
	h, known := x.feeds[l.path], true
	if h == nil {
		h, known = &history{}, false
		x.feeds[l.path] = h
	}
	if settings := x.settings[taxonomy]; h.kept.Settings != settings {
		if known {
			h.kept.Rewritten = now.UTC().Truncate(time.Second)
		}
		h.kept.Settings = settings
	}
	h.list = l
	sel := x.selected(taxonomy, l, h.kept)
	if sel == h.last {
		return
	}
	was := h.kept
	version := store.Digest(sel.Version)
	same := known && was.Generations[0].Version == version
	switch {
	case same && (!was.Retired || !x.memory.shared):
		sel.Modified = was.Modified
	case known:
		sel.Modified = later(now, was.Modified)
	case first:
		sel.Modified = newestUpdate(sel.Entries)
	default:
		sel.Modified = now.Truncate(time.Second)
	}
	if same && h.last != nil && h.last.Version != sel.Version {
		r.Feeds++ // others have kept it before
	}
	h.last, l.removed = sel, time.Time{} // what is known of it belongs to the path from now on
	h.kept.Modified, h.kept.Removed, h.kept.Retired = sel.Modified.UTC(), sel.Removed, false
	if !same {
		h.kept.Generations = following(sel, was.Generations)
	}
	sel.past = h.kept.Generations[1:]
	if !same || was.Retired {
		r.Feeds++
		x.keep(l.path, h)
	}
}

// retire notes which of the paths have no feeds any more, and brings the taxonomies up to date.
func (x *index) retire(vacant []string, now time.Time, r *Report) {
	gone := map[string]bool{}
	for _, path := range vacant {
		h := x.feeds[path]
		if h.list != nil {
			continue
		}
		gone[path] = true
		h.last = nil
		if !h.kept.Retired && (!x.memory.shared || x.published) { // a start may lag behind the others
			h.kept.Retired = true
			if x.memory.shared {
				h.kept.Modified = later(now, h.kept.Modified).UTC()
			}
			x.keep(path, h)
			r.Feeds++
		}
	}
	if len(gone) > 0 {
		maps.Copy(gone, x.retired)
		x.retired = gone
	}
	for _, t := range x.taxa {
		t.rearrange()
	}
}

// rearrange brings what snapshots have of the taxonomy up to date.
func (t *taxonomy) rearrange() {
	if t.reorder {
		t.order = slices.SortedFunc(maps.Values(t.lists), func(a, b *list) int { return cmp.Compare(a.key, b.key) })
		t.order = slices.DeleteFunc(t.order, func(l *list) bool { return l.path == "" })
		at := make(map[string]int, len(t.order))
		for i, l := range t.order {
			at[l.slug] = i
		}
		t.snapshot, t.reorder = Taxonomy{Name: t.name, at: at}, false
	}
	if t.snapshot.Terms == nil {
		t.snapshot.Terms = make([]*Selection, len(t.order))
		for i, l := range t.order {
			t.snapshot.Terms[i] = l.selection
		}
	}
}

func (x *index) keep(path string, h *history) {
	if x.memory.keeps() {
		f := h.kept
		x.memory.changes.Feeds[path] = &f
	}
}

// What is remembered of past versions of one feed, beside the newest of them.
const (
	maxGenerations = 20
	maxRemembered  = 1000 // entries
)

// following puts the present generation before the past ones, of which it drops the oldest.
func following(sel *Selection, past []store.Generation) []store.Generation {
	entries := make([]uint64, len(sel.Entries))
	for i, e := range sel.Entries {
		entries[i] = e.short()
	}
	all := append([]store.Generation{{Version: store.Digest(sel.Version), Entries: entries}}, past...)
	sum := 0
	for i, g := range all {
		if sum += len(g.Entries); i > 1 && (i >= maxGenerations || sum > maxRemembered) {
			return all[:i:i]
		}
	}
	return all
}
