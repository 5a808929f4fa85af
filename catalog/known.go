package catalog

import "feedmill/store"

// Known is what c knows of the site beyond what its files say, for the Kept of a catalog that takes
// its place where nothing is kept: how feeds were dated, and the last good versions of files that
// are broken. It belongs to the caller, who must be the one that calls Apply.
func (c *Catalog) Known() store.State {
	s := store.State{Feeds: map[string]*store.Feed{}, Sources: map[string]*[]byte{}}
	for path, h := range c.index.feeds {
		feed := h.kept
		s.Feeds[path] = &feed
	}
	for path, f := range c.files {
		if good := c.lastGood(f); good != nil {
			s.Sources[path] = &good
		}
	}
	return s
}
