package main

import (
	"bufio"
	"io"
	"slices"
	"strings"
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
			g.Names = append(g.Names, s.mill.Title(sel))
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

// line is a line of a content file as it is now, or "" where it can't be told.
func (d *daemon) line(path string, line int) string {
	const most, longest = 4 << 20, 400 // bytes of a file that are looked at, and characters that are shown
	fsys, err := catalog.Dir(d.site.Load().cfg.Content.Dir)()
	if err != nil {
		return ""
	}
	if c, ok := fsys.(io.Closer); ok {
		defer c.Close()
	}
	f, err := fsys.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	if fi, err := f.Stat(); err != nil || !fi.Mode().IsRegular() {
		return ""
	}
	lines := bufio.NewScanner(io.LimitReader(f, most))
	for n := 1; lines.Scan(); n++ {
		if n == line {
			text := []rune(strings.ToValidUTF8(lines.Text(), "\ufffd"))
			return string(text[:min(len(text), longest)])
		}
	}
	return ""
}
