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
// would equal the present one. What it takes to make the same one in a later run is kept before
// readers see it, if that can be: see [Options.Keep].
func (c *Catalog) publish(now time.Time, touched touches, r *Report) {
	was := cmp.Or(c.current.Load(), c.o.Before)
	reread := maps.Clone(touched)
	c.index.update(now, touched, c.at, c.articles, r)
	if !c.index.published {
		r.Changed = len(c.index.shown) // also those that were recalled
	}
	next := c.index.snapshot(now, was == nil && !c.memory.begun, r)
	if next.Modified = newest(was, next, now, r.Feeds > 0); c.memory.shared {
		next.Modified = c.index.modified()
	}
	same := c.problems(was, next, reread, r)
	if was != nil {
		next.Generation = was.Generation
		if was != c.o.Before && r.Feeds == 0 && r.Changed+r.Removed == 0 && next.Next.Equal(was.Next) && same &&
			!c.replica.owes && next.Modified.Equal(was.Modified) {
			r.Unkept = c.memory.write(false)
			return
		}
	}
	next.Generation++
	if c.memory.shared {
		if r.Unkept = c.memory.write(false); r.Unkept != nil {
			return
		}
	}
	c.o.Before = nil // it need not stay in memory
	if c.memory.begun {
		r.Unkept = c.memory.write(false)
		c.show(next)
		return
	}
	// All of the first snapshot follows from the content, and readers need not wait for the disk.
	c.show(next)
	c.memory.begun = true
	r.Unkept = c.memory.write(true)
}

func (c *Catalog) show(s *Snapshot) {
	c.current.Store(s)
	c.index.current = s
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
func (c *Catalog) problems(was, next *Snapshot, reread touches, r *Report) (same bool) {
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

// selected returns the selection of l in a taxonomy, or "" for the site: the one made before, unless
// something of it has changed. A new one has no date yet.
func (x *index) selected(taxonomy string, l *list, kept store.Feed) *Selection {
	if s := l.selection; s != nil && s.Name == l.name && s.Slug == l.slug {
		return s
	}
	limit := cmp.Or(x.o.Limits[taxonomy], x.o.Limit)
	s := &Selection{
		Taxonomy: taxonomy, Name: l.name, Slug: l.slug,
		Entries: l.entries.part(0, min(limit, l.entries.size())), Count: l.entries.size(),
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
