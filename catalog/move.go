package catalog

import (
	"cmp"
	"encoding/binary"
	"errors"
	"io/fs"
	"iter"
	"maps"
	"path"
	"slices"
	"time"

	"feedmill/store"
)

// trace is by what a file is known again at another place.
type trace struct {
	hash      store.Digest // of its bytes
	sketch    store.Sketch // of its text
	published time.Time
}

// like reports whether a file may be an edit of another. Of texts of a few words there are many,
// and the date must say so too.
func (t trace) like(other trace) bool {
	const few = 4 // runs of words
	return similar(t.sketch, other.sketch) && (t.sketch[few-1] != 0 || t.published.Equal(other.published))
}

// unseen are the articles that earlier runs have shown and whose files were not there at the first
// look of this one.
func (c *Catalog) unseen() []string {
	if c.Current() != nil {
		return nil
	}
	return c.memory.vanished(func(p string) bool { return c.files[p] != nil })
}

// lately is how long after an article went one that is like it counts as the same: a file that is
// renamed and saved at once may settle after its old name has gone.
const lately = time.Minute

// follow takes from the lost files those that lie somewhere else now, among the touched ones. What
// is known of them goes with them. It returns the others.
func (c *Catalog) follow(lost []string, now time.Time, touched map[string]bool) []string {
	come := c.come(touched)
	for _, p := range lost {
		delete(come, p)
	}
	gone := map[string]trace{}
	for _, p := range lost {
		if f := c.files[p]; f != nil && f.good.article != nil {
			gone[p] = f.good.trace()
		} else if t, ok := c.memory.trace(p); ok {
			gone[p] = t
		}
	}
	moved := moves(gone, come, func(p string) bool { return c.memory.articles[p] != nil })
	for from, to := range moved {
		c.memory.move(from, to)
		c.drop(from, now, touched)
		delete(come, to)
	}
	if len(come) > 0 {
		for from, to := range moves(c.goneSince(now.Add(-lately)), come, func(string) bool { return true }) {
			c.memory.move(from, to)
			delete(come, to)
		}
	}
	for _, to := range slices.Sorted(maps.Keys(come)) {
		if from := c.memory.returned(come[to].hash); from != "" && from != to && c.files[from] == nil {
			c.memory.move(from, to)
		}
	}
	return slices.DeleteFunc(lost, func(p string) bool { return moved[p] != "" })
}

// come are the touched articles that feeds do not show yet.
func (c *Catalog) come(touched map[string]bool) map[string]trace {
	come := map[string]trace{}
	for p := range touched {
		if f, known := c.files[p], c.memory.articles[p]; f.good.article != nil && (known == nil || !known.Gone.IsZero()) {
			come[p] = f.good.trace()
		}
	}
	return come
}

// left are the files that are like one that has come, and are not there any more: that a file has
// moved may be seen at its new place first.
func (c *Catalog) left(fsys fs.FS, touched map[string]bool) []string {
	if len(c.memory.articles) == 0 {
		return nil
	}
	var left []string
	come := c.come(touched)
	for _, t := range come {
		for p := range c.kin.of(t) {
			other := c.files[p].good.trace()
			if _, is := come[p]; is || other.hash != t.hash && !t.like(other) || slices.Contains(left, p) {
				continue
			}
			if _, err := fs.Stat(fsys, p); errors.Is(err, fs.ErrNotExist) {
				left = append(left, p)
			}
		}
	}
	return left
}

// kin finds the files whose text may be like another: it holds their paths by the first number of
// their sketches, or of their hashes where there is no text.
type kin map[uint32][]string

// maxKin is how many files one number may stand for: more have a text that is no sign of anything.
const maxKin = 1000

func (k kin) add(t trace, path string) {
	if key := t.key(); len(k[key]) < maxKin {
		k[key] = append(k[key], path)
	}
}

func (k kin) remove(t trace, path string) {
	key := t.key()
	i := slices.Index(k[key], path)
	if i < 0 {
		return
	}
	if k[key] = slices.Delete(k[key], i, i+1); len(k[key]) == 0 {
		delete(k, key)
	}
}

// of yields the paths of files that may be like t.
func (k kin) of(t trace) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, key := range append(t.sketch[:], t.key()) {
			if key == 0 || i == len(t.sketch) && key == t.sketch[0] {
				continue
			}
			for _, p := range k[key] {
				if !yield(p) {
					return
				}
			}
		}
	}
}

func (t trace) key() uint32 { return cmp.Or(t.sketch[0], binary.BigEndian.Uint32(t.hash[:])) }

// goneSince gives the articles that feeds have ceased to show since then, and whose files are gone.
func (c *Catalog) goneSince(then time.Time) map[string]trace {
	gone := map[string]trace{}
	for _, p := range c.memory.gone {
		if t, ok := c.memory.trace(p); ok && c.files[p] == nil && c.memory.articles[p].Gone.After(then) {
			gone[p] = t
		}
	}
	return gone
}

// moves finds out which of the files that are gone lie somewhere else now: by the old paths, the
// new ones of those that have moved. A file is known again by its bytes, else by a text that is
// similar. Of several, one of the same name is meant, else the first by path. Of several that have gone,
// those that are known to have been shown come first.
func moves(gone, come map[string]trace, known func(path string) bool) map[string]string {
	moved := map[string]string{}
	if len(gone) == 0 || len(come) == 0 {
		return moved
	}
	taken := map[string]bool{}
	byHash := map[store.Digest][]string{}
	bySketch := map[uint32][]string{}
	for p, t := range come {
		byHash[t.hash] = append(byHash[t.hash], p)
		for _, h := range t.sketch {
			if h != 0 {
				bySketch[h] = append(bySketch[h], p)
			}
		}
	}
	give := func(old string, candidates []string) {
		candidates = slices.DeleteFunc(slices.Clone(candidates), func(p string) bool { return taken[p] })
		if len(candidates) == 0 {
			return
		}
		to := slices.MinFunc(candidates, func(a, b string) int {
			return cmp.Or(-compareBool(path.Base(a) == path.Base(old), path.Base(b) == path.Base(old)), cmp.Compare(a, b))
		})
		moved[old], taken[to] = to, true
	}
	olds := slices.SortedFunc(maps.Keys(gone), func(a, b string) int {
		return cmp.Or(-compareBool(known(a), known(b)), cmp.Compare(a, b))
	})
	for _, old := range olds {
		give(old, byHash[gone[old].hash])
	}
	for _, old := range olds {
		if moved[old] != "" {
			continue
		}
		var like []string
		for _, h := range gone[old].sketch {
			for _, p := range bySketch[h] {
				if !taken[p] && gone[old].like(come[p]) {
					like = append(like, p)
				}
			}
		}
		give(old, like)
	}
	return moved
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
