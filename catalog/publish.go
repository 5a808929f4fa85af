package catalog

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"feedmill/article"
	"feedmill/store"
)

// publish makes the snapshot that follows from the files touched and from the time, unless it
// would equal the present one. What it takes to make the same one in a later run is safe on the
// disk before readers see it.
func (c *Catalog) publish(now time.Time, touched map[string]bool, r *Report) {
	was := cmp.Or(c.current.Load(), c.o.Before)
	reread := maps.Clone(touched)
	c.index.update(now, touched, c.at, c.articles, r)
	next := c.index.snapshot(now, was == nil && !c.memory.begun, r)
	next.Modified = newest(was, next, now, r.Feeds > 0)
	same := c.problems(was, next, reread, r)
	if was != nil {
		next.Generation = was.Generation
		if was != c.o.Before && r.Feeds == 0 && r.Changed+r.Removed == 0 && next.Next.Equal(was.Next) && same {
			r.Unkept = c.memory.write()
			return
		}
	}
	next.Generation++
	c.o.Before = nil // it need not stay in memory
	if c.memory.begun {
		r.Unkept = c.memory.write()
		c.current.Store(next)
		return
	}
	// All of the first snapshot follows from the content, and readers need not wait for the disk.
	c.current.Store(next)
	c.memory.begun = true
	r.Unkept = c.memory.write()
}

// newest is when any feed of next changed last.
func newest(was, next *Snapshot, now time.Time, changed bool) time.Time {
	if was == nil {
		m := undated
		for s := range next.Selections() {
			if s.Modified.After(m) {
				m = s.Modified
			}
		}
		return m
	}
	if !changed {
		return was.Modified
	}
	return later(now, was.Modified)
}

// problems gives next the problems there are now, of which it adds to r those that are not in was, or
// are told anew of a file that was read again. It reports whether they are the same as in was.
func (c *Catalog) problems(was, next *Snapshot, reread map[string]bool, r *Report) (same bool) {
	clashed := c.index.clashed()
	if was != nil && was != c.o.Before && len(c.retold) == 0 && !clashed {
		next.Problems = was.Problems
		return true
	}
	next.Problems = slices.AppendSeq(c.index.problems(), joined(maps.Values(c.faults)))
	next.Problems = slices.AppendSeq(next.Problems, maps.Values(c.blind))
	slices.SortFunc(next.Problems, article.Problem.Compare)
	clear(c.retold)

	told := map[article.Problem]bool{}
	if was != nil {
		for _, p := range was.Problems {
			told[p] = !reread[p.Path] || was == c.o.Before
		}
	}
	for _, p := range next.Problems {
		if !told[p] {
			r.Problems = append(r.Problems, p)
		}
	}
	return was != nil && slices.Equal(was.Problems, next.Problems)
}

func joined[T any](lists iter.Seq[[]T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		for l := range lists {
			for _, v := range l {
				if !yield(v) {
					return
				}
			}
		}
	}
}

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
	for l := range x.stale {
		if l.path != "" {
			x.publish(l, now, first, r)
		}
	}
	clear(x.stale)
	x.retire(vacant, r)
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
	if !x.published {
		vacant = slices.Collect(maps.Keys(x.feeds))
	}
	for l := range x.stale {
		path, taxonomy := "", ""
		if l.taxonomy != nil {
			taxonomy = l.taxonomy.name
		}
		if l.hasFeed() {
			path = pathOf(taxonomy, l.slug)
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
	taxonomy := ""
	if l.taxonomy != nil {
		taxonomy = l.taxonomy.name
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
	case same:
		sel.Modified = was.Modified
	case known:
		sel.Modified = later(now, was.Modified)
	case first:
		sel.Modified = newestUpdate(sel.Entries)
	default:
		sel.Modified = now.Truncate(time.Second)
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
func (x *index) retire(vacant []string, r *Report) {
	gone := map[string]bool{}
	for _, path := range vacant {
		h := x.feeds[path]
		if h.list != nil {
			continue
		}
		gone[path] = true
		if !h.kept.Retired {
			h.kept.Retired, h.last = true, nil
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

// selected returns the selection of l in a taxonomy, or "" for the site: the one made before, unless
// something of it has changed. A new one has no date yet.
func (x *index) selected(taxonomy string, l *list, kept store.Feed) *Selection {
	if s := l.selection; s != nil && s.Name == l.name && s.Slug == l.slug {
		return s
	}
	limit := cmp.Or(x.o.Limits[taxonomy], x.o.Limit)
	s := &Selection{
		Taxonomy: taxonomy, Name: l.name, Slug: l.slug,
		Entries: l.entries[:min(limit, len(l.entries))], Count: len(l.entries),
		Deleted: x.graves.of(l.id), Removed: latest(kept.Removed, l.removed),
		all: l.entries, limit: limit, archived: x.o.Archive, rewritten: kept.Rewritten,
	}
	h := sha256.New()
	h.Write(kept.Settings[:])
	fmt.Fprintf(h, "%q %q %q %q %t %s %v ", s.Taxonomy, s.Name, s.Slug, s.Archive(), s.Complete(), s.Removed, s.Deleted)
	for _, e := range s.Entries {
		h.Write(e.digest[:])
	}
	copy(s.Version[:], h.Sum(nil))
	l.selection = s
	return s
}

// settings is a digest of what the feeds of a taxonomy depend on beside the articles.
func settings(o Options, taxonomy string) store.Digest {
	if o.Settings == nil {
		return store.Digest{}
	}
	sum := sha256.Sum256(o.Settings(taxonomy))
	return store.Digest(sum[:])
}

// newestUpdate is when any of the entries was updated last.
func newestUpdate(entries []*Entry) time.Time {
	newest := undated
	for _, e := range entries {
		newest = latest(newest, e.Updated)
	}
	return newest
}

// later is the time of a change noticed at now, to the second, which is the grain of HTTP's dates
// (RFC 9110 §8.8.2), and at least a second after was.
func later(now, was time.Time) time.Time {
	t := now.Truncate(time.Second)
	if !t.After(was) {
		t = was.Add(time.Second)
	}
	return t
}
