package catalog

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"
)

// survey is what a look at the disk found, and what is new of it.
type survey struct {
	scanned int        // files looked at
	missing []string   // known files in the scope that are not there
	dirty   []sighting // to be read
	read    []*file    // what they hold, in the same order
	held    bool       // the rest is not to be believed yet: something is in motion
}

// errSwapping tells of a volume that no look could catch at rest. The next change of it is told.
var errSwapping = errors.New("the volume is replaced again and again while it is read")

// survey looks where ch says and reads what is new. Where a volume of Kubernetes is replaced by the
// next while it is read, it starts over: files of two generations must not meet. Without fsys, which
// is open for this look alone, it finds nothing.
func (c *Catalog) survey(ctx context.Context, fsys fs.FS, now time.Time, ch Change) (survey, error) {
	if fsys == nil {
		return survey{}, nil
	}
	scope := c.scope(ch)
	where := slices.Concat(scope, ch.Paths) // to look again; what was named stays so
	if ch.Rescan {
		c.looks++
	}
	expected := len(ch.Paths)
	if ch.Rescan {
		expected = len(c.files)
	}
	before, _ := c.worktree()
	for range 5 {
		v, err := look(ctx, fsys, c.o.Parser, scope, expected)
		if err != nil {
			return survey{}, err
		}
		s, named := survey{scanned: len(v.files), missing: c.missing(scope, v)}, setOf(ch.Paths)
		s.dirty = slices.DeleteFunc(v.files, func(f sighting) bool { // in place: there may be as many as files
			is := c.files[f.path]
			return is != nil && !ch.Reread && !named[f.path] && !is.again && (!ch.Rescan || !is.stamp.sampled(f.path, c.looks)) &&
				f.err == nil && is.refused == f.refused && is.stamp == f.stamp
		})
		held := survey{scanned: s.scanned, held: true}
		if !ch.Reread && c.inMotion(s, named, now) {
			c.settling.again(now.Add(c.settling.quiet), where...)
			return held, nil
		}
		if s.read, err = c.examineAll(ctx, fsys, s.dirty, now); err != nil {
			return survey{}, err
		}
		if after, changing := c.worktree(); !ch.Reread && c.Current() != nil && (changing || after != before) {
			c.settling.again(now.Add(c.settling.quiet), where...)
			return held, nil
		}
		if !v.swapped(fsys) {
			if !ch.Reread {
				if c.changedMeanwhile(fsys, s, now) {
					// Nothing of it: what has moved would be a new article, beside the old one.
					c.settling.again(now.Add(c.settling.quiet), where...)
					return held, nil
				}
				c.keepCutShort(s, now)
			}
			return s, nil
		}
	}
	return survey{}, errSwapping
}

func (c *Catalog) worktree() (state string, changing bool) {
	if c.o.Worktree == nil {
		return "", false
	}
	return c.o.Worktree()
}

func setOf(paths []string) map[string]bool {
	set := make(map[string]bool, len(paths))
	for _, p := range paths {
		set[p] = true
	}
	return set
}

// volume is the link through which Kubernetes shows one generation of a volume in a folder.
const volume = "..data"

// swapped reports whether a volume has been replaced since it was listed.
func (v *view) swapped(fsys fs.FS) bool {
	for link, target := range v.volumes {
		if now, err := fs.ReadLink(fsys, link); err != nil || now != target {
			return true
		}
	}
	return false
}
