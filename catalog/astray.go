package catalog

import "feedmill/store"

// astray reports whether two looks at everything in a row have found the content that others know, and nothing
// new, while some feeds are not those that were agreed on. What this catalog has derived then depends on the way
// that it came, which may be any; one that begins anew depends on nothing else than the others will too.
func (c *Catalog) astray(r *Report) bool {
	if !c.memory.shared {
		return false
	}
	own := &c.replica
	was := own.strays
	own.strays = r.Changed+r.Removed+r.Feeds == 0 && c.index.disagrees() && c.abreast()
	return was && own.strays
}

// abreast reports whether the files are those of which others have kept something, whatever is on the disk of
// broken ones.
func (c *Catalog) abreast() bool {
	for p, known := range c.memory.apart {
		if known.Gone.IsZero() && c.files[p] == nil {
			return false
		}
	}
	for p, f := range c.files {
		a, known := f.good.article, c.memory.apart[p]
		if a == nil || a.Hash != f.hash || !due(a, c.looked) {
			continue
		}
		if known == nil || !known.Gone.IsZero() || known.Hash != store.Digest(a.Hash[:]) {
			return false
		}
	}
	return true
}

// disagrees reports whether feeds had to stay as they were, since their own version is not the one that was
// agreed on, by catalogs with the same settings.
func (x *index) disagrees() bool {
	for l := range x.stale {
		if h := x.feeds[l.path]; h != nil && h.kept.Settings == x.settings[l.of()] {
			return true
		}
	}
	return false
}
