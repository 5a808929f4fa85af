package catalog

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync/atomic"
	"time"
)

// settling holds back what may be half of something. Events settle before they are told; but what a
// look finds by itself may have been written a moment ago, and some write one file for seconds.
type settling struct {
	quiet time.Duration   // between two looks that must see the same; 0: any look is believed
	later map[string]bool // where to look again
	at    time.Time       // when to do so; zero: never

	moved digest              // of what the last look found changed
	since time.Time           // when the first of a run of looks was not believed; zero: the last one was
	busy  time.Time           // the same of looks during which something changed
	short map[string]cutShort // files that seem to lack their end, by path
}

// cutShort is a file that seems to lack its end.
type cutShort struct {
	stamp stamp
	seen  time.Time // when it came to have this stamp
	since time.Time // when it was first kept back
}

const (
	longestMotion = 2 * time.Second  // that a tree which never rests is waited for
	longestBusy   = 5 * time.Second  // that many files which change while they are read are waited for
	shortRest     = 2 * time.Second  // after which a file that lacks its end is taken as it is,
	longestShort  = 10 * time.Second // also if it never rests
	fewFiles      = 3                // what changes together with more has been put there as a whole
)

// due are the places that are to be looked at again by now; "." is everything. They are taken from s.
func (s *settling) due(now time.Time) []string {
	if s.at.IsZero() || now.Before(s.at) {
		return nil
	}
	due := slices.Collect(maps.Keys(s.later))
	s.later, s.at = map[string]bool{}, time.Time{}
	return due
}

func (s *settling) again(at time.Time, paths ...string) {
	for _, p := range paths {
		s.later[p] = true
	}
	s.at = sooner(s.at, at)
}

// inMotion reports whether a look found changes that nobody had named, and that the look before had
// not found in the same way.
func (c *Catalog) inMotion(s survey, named map[string]bool, now time.Time) bool {
	if c.settling.quiet == 0 || c.current.Load() == nil {
		return false
	}
	h, changes := sha256.New(), len(s.missing)
	for _, f := range s.dirty {
		is := c.files[f.path]
		if f.err != nil || f.linked || named[f.path] || is != nil && is.stamp == f.stamp {
			continue
		}
		changes++
		fmt.Fprintf(h, "%q %v ", f.path, f.stamp)
	}
	fmt.Fprintf(h, "%q", slices.Sorted(slices.Values(s.missing)))
	var moved digest
	if changes > 0 {
		h.Sum(moved[:0])
	}
	same := moved == c.settling.moved
	c.settling.moved = moved
	switch {
	case changes == 0, same, !c.settling.since.IsZero() && now.Sub(c.settling.since) >= longestMotion:
		c.settling.since = time.Time{}
		return false
	case c.settling.since.IsZero():
		c.settling.since = now
	}
	return true
}

// changedMeanwhile reports whether some of many files changed after the look had begun, at now: then
// others may have been read too early, as when one branch is checked out right after another.
func (c *Catalog) changedMeanwhile(fsys fs.FS, s survey, now time.Time) bool {
	const tick = 10 * time.Millisecond // of the clocks of file systems, and more
	changed := func(fsys fs.FS, f sighting, is *file) bool {
		if is == nil || f.err != nil {
			return is == nil
		}
		fi, err := fs.Lstat(fsys, f.path)
		return err != nil || !f.linked && newStamp(fi) != is.stamp || newStamp(fi).changedAfter(now.Add(-tick))
	}
	if c.settling.quiet == 0 || c.current.Load() == nil || len(s.dirty) <= fewFiles {
		return false
	}
	var found atomic.Bool
	inRuns(len(s.dirty), func(from, to int) {
		fsys, leave := near(fsys) // from here on: a folder that was there before may be another
		defer leave()
		for i := from; i < to && !found.Load(); i++ {
			if changed(fsys, s.dirty[i], s.read[i]) {
				found.Store(true)
			}
		}
	})
	switch {
	case !found.Load():
		c.settling.busy = time.Time{}
	case c.settling.busy.IsZero():
		c.settling.busy = now
	case now.Sub(c.settling.busy) >= longestBusy:
		c.settling.busy = time.Time{}
		return false
	}
	return found.Load()
}

// keepCutShort lets files stay as they were that look as if somebody is still writing them: the
// same file as before, with less than half of its text, or without the line end that it had.
func (c *Catalog) keepCutShort(s survey, now time.Time) {
	for i, f := range s.dirty {
		old, is := c.files[f.path], s.read[i]
		cut := c.settling.quiet > 0 && len(s.dirty) <= fewFiles && !f.linked &&
			is != nil && old != nil && old.good.article != nil && is.hash != (digest{}) && is.hash != old.hash &&
			is.stamp.ino == old.stamp.ino && (2*is.stamp.size < old.stamp.size || is.ragged && !old.ragged)
		if !cut {
			delete(c.settling.short, f.path)
			continue
		}
		k, known := c.settling.short[f.path]
		if !known {
			k.since = now
		}
		if k.stamp != is.stamp {
			k.stamp, k.seen = is.stamp, now
		}
		if now.Sub(k.seen) >= shortRest || now.Sub(k.since) >= longestShort {
			delete(c.settling.short, f.path)
			continue
		}
		c.settling.short[f.path] = k
		kept := *old
		kept.again, kept.cut = true, true
		s.read[i] = &kept
		c.settling.again(earlier(k.seen.Add(shortRest), k.since.Add(longestShort)), f.path)
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
