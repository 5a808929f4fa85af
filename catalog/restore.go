package catalog

import (
	"context"
	"io/fs"
	"iter"
	"path"
	"slices"
	"sync"
	"time"

	"feedmill/article"
	"feedmill/store"
)

// restore takes up what an earlier run knew. The index goes on from what that run has shown, as if there had
// been no end in between.
func (c *Catalog) restore(r *Recalled) {
	c.files, c.restored = r.files, true
	for p, f := range r.files {
		_, unsure := r.unsure[p]
		if unsure && c.memory.shown(p) == (store.Digest{}) || !c.stands(p, f) { // since then it has moved, or gone
			delete(c.files, p) // it is seen when it is looked for
			c.untold[p], c.outdated = true, true
		}
	}
	for _, known := range c.memory.apart {
		c.outdated = c.outdated || known.Gone.IsZero()
	}
	var indexing sync.WaitGroup
	indexing.Go(func() { c.index.recall(r.order, r.looked, c.articles) })
	c.kin = make(kin, 0, len(c.files))
	within := map[string]int{}
	for p, f := range c.files {
		within[path.Dir(p)]++
		if !c.told(p) {
			c.untold[p] = true
			c.outdated = c.outdated || due(f.good.article, r.looked)
		}
		c.relate(p, nil, f)
		c.fault(p, f.problems)
		if a := f.good.article; a != nil && slices.ContainsFunc(a.Enclosures, isLocal) {
			c.local[p] = true
		}
	}
	for dir, n := range within {
		for c.folders[dir] += n; dir != "."; c.folders[dir] += n {
			dir = path.Dir(dir)
		}
	}
	indexing.Wait()
}

// recall makes the index as an earlier run had it at its last update, from the entries that it had shown: those of
// the memory. all yields every article by its path.
func (x *index) recall(entries []*Entry, looked time.Time, all iter.Seq2[string, *article.Article]) {
	x.looked = looked
	for p, a := range all {
		if !nextTurn(a, looked).IsZero() {
			x.turns[p] = a
		}
		if x.links.byPath == nil {
			x.links.set(p, a, all)
		}
	}
	var claiming sync.WaitGroup
	claiming.Go(func() {
		x.ids = newIDs(len(entries))
		for _, e := range entries {
			x.ids.claim(&claim{article: e.Article, id: e.ID, held: true})
		}
	})
	changed := edits{}
	for _, e := range entries {
		x.replace(nil, e, changed, true)
	}
	x.edit(changed)
	claiming.Wait()
}

// stands reports whether the article of a file is that of its text or, of a broken file, of the version that is
// kept.
func (c *Catalog) stands(path string, f *file) bool {
	a, kept := f.good.article, c.memory.sources[path]
	standsIn := a != nil && a.Hash != f.hash
	if !standsIn || kept == nil {
		return standsIn == (kept != nil)
	}
	if hashOf(*kept) != a.Hash {
		return false
	}
	c.shelf.pin(a, *kept)
	return true
}

// retain lays the texts of the newest articles on the shelf, as far as their files still hold them. What it can't
// read is read when somebody wants it.
func (c *Catalog) retain(ctx context.Context) {
	fsys, close, err := c.open()
	if err != nil {
		return
	}
	defer close()
	var newest []*Entry
	room := c.o.TextBytes
	for e := range c.index.site.entries.values {
		f := c.files[e.Path]
		if f == nil || e.Hash != f.hash {
			continue
		}
		if room -= f.stamp.size; room < 0 {
			break
		}
		newest = append(newest, e)
	}
	sideBySide(ctx, fsys, len(newest), func(fsys fs.FS, i int) {
		buffer := c.buffers.Get().(*[]byte)
		defer c.buffers.Put(buffer)
		if src, _, err := c.read(fsys, newest[i].Path, buffer); err == nil && hashOf(src) == newest[i].Hash {
			c.shelf.put(newest[i].Article, src)
		}
	})
}

// agrees reports whether what was recalled is what feeds showed last, at the time now: what was written down may
// be older than what readers have seen.
func (c *Catalog) agrees(now time.Time) bool {
	for p, a := range c.index.turns {
		if due(a, now) != (c.index.shown[p] != nil) {
			return false
		}
	}
	return !c.outdated
}
