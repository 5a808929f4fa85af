package catalog

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"time"
)

// snapshot returns the view that follows from the index, still without the problems of files, and
// counts in r the feeds that came, went or have another version. first tells that nothing was
// published before this.
func (x *index) snapshot(now time.Time, first bool, r *Report) *Snapshot {
	s := &Snapshot{
		Articles: len(x.shown), Next: x.next(now),
		entries: x.site.entries, terms: make(map[string]*Selection, len(x.last)),
	}
	for path := range x.last {
		s.terms[path] = nil
	}
	was := x.live
	x.live = make(map[string]bool, len(was))
	publish := func(taxonomy string, limit int, l *list) *Selection {
		sel := l.selected(taxonomy, limit)
		path := sel.Path()
		if before := x.last[path]; before != sel {
			sel.Modified = modified(sel, before, now, first)
			if !was[path] || before.Version != sel.Version {
				r.Feeds++
			}
		}
		x.last[path], x.live[path], s.terms[path] = sel, true, sel
		return sel
	}
	s.Site = publish("", x.limit, x.site)
	for _, t := range x.taxa {
		terms := make([]*Selection, 0, len(t.lists))
		for _, l := range slices.SortedFunc(maps.Values(t.lists), byKey) {
			if t.hasFeed(l) {
				terms = append(terms, publish(t.name, t.limit, l))
			}
		}
		s.Taxonomies = append(s.Taxonomies, Taxonomy{Name: t.name, Terms: terms})
	}
	for path := range was {
		if !x.live[path] {
			r.Feeds++
		}
	}
	return s
}

// selected returns the selection of l in a taxonomy, or "" for the site: the one made before, unless
// something of it has changed. A new one has no date yet.
func (l *list) selected(taxonomy string, limit int) *Selection {
	if s := l.selection; s != nil && s.Name == l.name && s.Slug == l.slug {
		return s
	}
	s := &Selection{
		Taxonomy: taxonomy, Name: l.name, Slug: l.slug,
		Entries: l.entries[:min(limit, len(l.entries))], Count: len(l.entries),
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q ", s.Taxonomy, s.Name, s.Slug)
	for _, e := range s.Entries {
		h.Write(e.digest[:])
	}
	copy(s.Version[:], h.Sum(nil))
	l.selection = s
	return s
}

// modified is when the feed at the path of s became what it is, given what was published there
// before, if anything.
func modified(s, before *Selection, now time.Time, first bool) time.Time {
	switch {
	case before != nil && before.Version == s.Version:
		return before.Modified
	case before != nil:
		return later(now, before.Modified)
	case !first:
		return now.Truncate(time.Second)
	}
	newest := undated
	for _, e := range s.Entries {
		if e.Updated.After(newest) {
			newest = e.Updated
		}
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
