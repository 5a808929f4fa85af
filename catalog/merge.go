package catalog

import (
	"maps"
	"time"

	"feedmill/store"
)

// merge takes in what others have kept. Where this catalog wanted to keep something else, theirs counts.
func (c *Catalog) merge(others store.Changes) {
	m, x := c.memory, c.index
	for p, a := range others.Articles {
		c.past(a)
		m.remember(p, a)
		delete(m.unkept, p)
		delete(c.replica.unsure, p)
		c.replica.pending.add(p, false)
		if c.adopt(p, c.looked) {
			c.replica.pending.add(p, true)
		}
	}
	for p, src := range others.Sources {
		delete(m.changes.Sources, p)
		if delete(m.sources, p); src != nil {
			m.sources[p] = src
			if c.adopt(p, c.looked) {
				c.replica.pending.add(p, true)
			}
		} else if f := c.files[p]; f != nil {
			m.keepSource(p, c.lastGood(f)) // who deleted it has not seen yet that the file is broken
		}
	}
	for id, d := range others.Deletions {
		x.mergeGrave(id, d)
	}
	for path, f := range others.Feeds {
		x.mergeFeed(path, f)
	}
	m.begun = m.begun || len(others.Articles)+len(others.Feeds) > 0
}

// past makes the time at which others have noticed something of a, which may be nil, one that is over:
// their clocks may be ahead, and this look may have begun before theirs.
func (c *Catalog) past(a *store.Article) {
	if a == nil {
		return
	}
	if noticed := latest(a.Updated, latest(a.Touched, a.Gone)); noticed.After(c.looked) && noticed.Sub(c.looked) < little {
		c.looked = noticed
	}
}

// adopt makes the last good version of a broken file the one that others have kept, or none where they
// have seen that it went on to another place. It reports whether that is another one.
func (c *Catalog) adopt(path string, now time.Time) bool {
	f, kept := c.files[path], c.memory.sources[path]
	if !c.memory.shared || f == nil || f.cut || len(f.problems) == 0 {
		return false
	}
	a := f.good.article
	if a != nil && a.Hash == f.hash {
		return false
	}
	moved := a != nil && c.memory.known(path) == nil && c.index.shown[path] != nil
	if !moved && (kept == nil || a != nil && a.Hash == hashOf(*kept)) {
		return false
	}
	var good source
	if !moved {
		if good = c.before(path, nil); good.article == nil {
			return false
		}
	}
	is := *f
	is.good = good
	c.leave(f, good, now)
	c.relate(path, f, &is)
	c.set(path, &is)
	return true
}

// mergeGrave takes in what others have kept about a deletion, or that it is told no more.
func (x *index) mergeGrave(id string, d *store.Deletion) {
	_, own := x.memory.changes.Deletions[id]
	delete(x.memory.changes.Deletions, id)
	if x.graves.keep == 0 {
		return
	}
	for _, about := range []*store.Deletion{x.graves.byID[id], d} {
		if about != nil {
			for l := range x.listsWith(about.Feeds) {
				x.spoil(l, own)
			}
		}
	}
	if delete(x.graves.byID, id); d != nil {
		x.graves.byID[id] = d
	}
}

// mergeFeed takes in what others have kept about the feeds at path.
func (x *index) mergeFeed(path string, f *store.Feed) {
	h := x.feeds[path]
	if h == nil {
		h = &history{}
		x.feeds[path] = h
	}
	own := x.memory.changes.Feeds[path] != nil
	delete(x.memory.changes.Feeds, path)
	was := h.kept
	h.kept = *f
	switch {
	case h.list != nil:
		if own {
			h.list.removed = latest(h.list.removed, was.Removed)
		}
		x.spoil(h.list, own)
	case own:
		x.vacated = append(x.vacated, path)
	case f.Retired && !x.retired[path]:
		gone := map[string]bool{path: true}
		maps.Copy(gone, x.retired)
		x.retired = gone
	}
}
