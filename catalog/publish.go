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
	next.Problems = slices.AppendSeq(c.index.problems(), joined(maps.Values(c.faults)))
	slices.SortFunc(next.Problems, article.Problem.Compare)

	told := map[article.Problem]bool{}
	if was != nil {
		for _, p := range was.Problems {
			told[p] = !reread[p.Path] || was == c.o.Before
		}
		next.Generation = was.Generation
		if was != c.o.Before && r.Feeds == 0 && r.Changed+r.Removed == 0 && next.Next.Equal(was.Next) && slices.Equal(was.Problems, next.Problems) {
			r.Unkept = c.memory.write()
			return
		}
	}
	for _, p := range next.Problems {
		if !told[p] {
			r.Problems = append(r.Problems, p)
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
	last *Selection // nil: none was published there in this run
}

// snapshot returns the view that follows from the index, still without the problems of files, and
// counts in r the feeds that came, went or have another version. first tells that nothing was
// published before this.
func (x *index) snapshot(now time.Time, first bool, r *Report) *Snapshot {
	s := &Snapshot{
		Articles: len(x.shown), Next: x.next(now), made: now,
		entries: x.site.entries, terms: make(map[string]*Selection, len(x.feeds)),
	}
	publish := func(taxonomy string, l *list) *Selection {
		sel := x.publish(taxonomy, l, now, first, r)
		s.terms[sel.Path()] = sel
		return sel
	}
	s.Site = publish("", x.site)
	for _, t := range x.taxa {
		terms := make([]*Selection, 0, len(t.lists))
		for _, l := range slices.SortedFunc(maps.Values(t.lists), byKey) {
			if t.hasFeed(l) {
				terms = append(terms, publish(t.name, l))
			}
		}
		s.Taxonomies = append(s.Taxonomies, Taxonomy{Name: t.name, Terms: terms})
	}
	for path, h := range x.feeds {
		if s.terms[path] != nil {
			continue
		}
		s.terms[path] = nil
		if !h.kept.Retired {
			h.kept.Retired, h.last = true, nil
			x.keep(path, h)
			r.Feeds++
		}
	}
	return s
}

// publish returns the selection of l, dated, and notes it as the one of its path.
func (x *index) publish(taxonomy string, l *list, now time.Time, first bool, r *Report) *Selection {
	path := pathOf(taxonomy, l.slug)
	h, known := x.feeds[path], true
	if h == nil {
		h, known = &history{}, false
		x.feeds[path] = h
	}
	if settings := x.settings(taxonomy); h.kept.Settings != settings {
		if known {
			h.kept.Rewritten = now.UTC().Truncate(time.Second)
		}
		h.kept.Settings = settings
	}
	sel := x.selected(taxonomy, l, h.kept)
	if sel == h.last {
		return sel
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
		x.keep(path, h)
	}
	return sel
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
func (x *index) settings(taxonomy string) store.Digest {
	if x.o.Settings == nil {
		return store.Digest{}
	}
	sum := sha256.Sum256(x.o.Settings(taxonomy))
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
