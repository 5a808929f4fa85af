package catalog

import (
	"path"
	"slices"
	"sync"
	"time"
)

// restore takes up what an earlier run knew. The index goes on from what that run has shown, as if there had
// been no end in between.
func (c *Catalog) restore(r *Recalled) {
	c.files, c.restored = r.files, true
	var indexing sync.WaitGroup
	indexing.Go(func() { c.index.recall(r.order, r.looked, c.articles) })
	c.kin = make(kin, 0, len(r.files))
	within, dropped := map[string]int{}, []string{}
	for p, f := range r.files {
		if !c.recall(p, f) {
			dropped = append(dropped, p) // it is seen when it is looked for
			continue
		}
		within[path.Dir(p)]++
	}
	for dir, n := range within {
		for c.folders[dir] += n; dir != "."; c.folders[dir] += n {
			dir = path.Dir(dir)
		}
	}
	indexing.Wait()
	for _, p := range dropped {
		delete(c.files, p)
	}
	c.outdated = c.outdated || len(dropped) > 0
	for _, known := range c.memory.apart {
		c.outdated = c.outdated || known.Gone.IsZero()
	}
	c.retain()
}

// recall takes up one file, unless a version stands in for it that is not the one kept.
func (c *Catalog) recall(path string, f *file) bool {
	a, kept := f.good.article, c.memory.sources[path]
	if standsIn := a != nil && a.Hash != f.hash; standsIn != (kept != nil) {
		return false
	} else if standsIn {
		if hashOf(*kept) != a.Hash {
			return false
		}
		c.shelf.pin(a, *kept)
	}
	c.relate(path, nil, f)
	c.fault(path, f.problems)
	if a != nil && slices.ContainsFunc(a.Enclosures, isLocal) {
		c.local[path] = true
	}
	return true
}

// retain lets the next look read the newest articles again, whatever their stamps say, so that their
// texts are on the shelf.
func (c *Catalog) retain() {
	room := c.o.TextBytes
	for _, e := range c.index.site.entries {
		f := c.files[e.Path]
		if f == nil || e.Hash != f.hash {
			continue
		}
		if room -= f.stamp.size; room < 0 {
			return
		}
		f.again = true
	}
}

// agrees reports whether the files that were recalled are those that feeds showed last, at the time
// now: what was written down may be older than what readers have seen.
func (c *Catalog) agrees(now time.Time) bool {
	for p, f := range c.files {
		if due(f.good.article, now) != (c.index.shown[p] != nil) {
			return false
		}
	}
	return !c.outdated
}

// untold adds to touched the paths at which the index does not tell what the files do.
func (c *Catalog) untold(touched map[string]bool) {
	for p := range c.files {
		if !c.told(p) {
			touched[p] = true
		}
	}
	for p := range c.index.shown {
		if c.files[p] == nil {
			touched[p] = true
		}
	}
}
