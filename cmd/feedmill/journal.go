package main

import (
	"cmp"
	"io/fs"
	"slices"
	"sync"
	"time"

	"feedmill/catalog"
	"feedmill/page"
)

// journal is what the last generations of the site have brought, for its owner.
type journal struct {
	mu   sync.Mutex
	past []page.Generation // the newest first
}

const (
	maxPast  = 20
	maxNames = 5 // of changed feeds
)

// note adds what was served first after start, unless that is was itself.
func (j *journal) note(s *site, was *catalog.Snapshot, r catalog.Report, start time.Time, configuration bool) {
	is := s.catalog.Current()
	if is == nil || is == was {
		return
	}
	g := page.Generation{
		Number: is.Generation, At: time.Now(), Took: time.Since(start), Configuration: configuration,
		Changed: r.Changed, Removed: r.Removed, Feeds: r.Feeds,
	}
	if was != nil {
		for sel := range is.Changed(was) {
			if len(g.Names) == maxNames {
				break
			}
			g.Names = append(g.Names, cmp.Or(sel.Name, s.mill.SiteTitle()))
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.past = append([]page.Generation{g}, j.past[:min(len(j.past), maxPast-1)]...)
}

// generations are the last ones, the newest first.
func (j *journal) generations() []page.Generation {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.past)
}

// content opens the folder of articles.
func (d *daemon) content() (fs.FS, error) { return catalog.Dir(d.site.Load().cfg.Content.Dir)() }
