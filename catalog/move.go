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

// unseen are the articles that earlier runs have shown and whose files are not there at the first look of this
// one, or, where their folder could not be read then, at the first that can.
func (c *Catalog) unseen() []string {
	if c.Current() != nil && !c.spared {
		return nil
	}
	blind := setOf(slices.Collect(maps.Keys(c.blind)))
	c.spared = false
	return c.memory.vanished(func(p string) bool {
		hidden := c.files[p] == nil && inside(p, blind)
		c.spared = c.spared || hidden
		return hidden || c.files[p] != nil
	})
}

// lately is how long after an article went one that is like it counts as the same: a file that is
// renamed and saved at once may settle after its old name has gone.
const lately = time.Minute

// follow takes from the lost files those that lie somewhere else now, among the touched ones. What
// is known of them goes with them. It returns the others.
func (c *Catalog) follow(lost []string, now time.Time, touched touches) []string {
	if c.memory.size() == 0 && len(lost) == 0 {
		return nil
	}
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
	moved := moves(gone, come, func(p string) bool { return c.memory.facts(p) != nil })
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
func (c *Catalog) come(touched touches) map[string]trace {
	come := map[string]trace{}
	for p, own := range touched {
		f := c.files[p]
		if !own || f == nil || c.memory.shared && c.index.shown[p] != nil { // which others may have seen go
			continue
		}
		if f.good.article != nil && c.memory.shown(p) == (store.Digest{}) {
			come[p] = f.good.trace()
		}
	}
	return come
}

// left are the files that are like one that has come, and are not there any more: that a file has
// moved may be seen at its new place first.
func (c *Catalog) left(fsys fs.FS, touched touches) []string {
	if c.memory.size() == 0 {
		return nil
	}
	come, asked := c.come(touched), map[string]bool{}
	if len(come) == 0 {
		return nil
	}
	var left []string
	for p, to := range c.kin.of(come) {
		t, other := come[to], c.files[p].good.trace()
		if _, is := come[p]; is || asked[p] || other.hash != t.hash && !t.like(other) {
			continue
		}
		asked[p] = true
		if _, err := fs.Stat(fsys, p); errors.Is(err, fs.ErrNotExist) {
			left = append(left, p)
		}
	}
	return left
}

// kin holds by what all files are known again, side by side: whoever comes is compared with each.
type kin []relative

type relative struct {
	sketch store.Sketch
	hash   uint32 // the beginning of that of the bytes
	path   string
}

func (t trace) short() uint32 { return binary.BigEndian.Uint32(t.hash[:]) }

// relate notes by what the file at path may be known again, in place of what it was.
func (c *Catalog) relate(path string, old, is *file) {
	if !c.memory.keeps() {
		return
	}
	if old != nil && old.good.article != nil {
		last := len(c.kin) - 1
		if moved := c.kin[last]; moved.path != path {
			c.kin[old.relative] = moved
			c.files[moved.path].relative = old.relative
		}
		c.kin = c.kin[:last]
	}
	if is != nil && is.good.article != nil {
		is.relative = int32(len(c.kin))
		t := is.good.trace()
		c.kin = append(c.kin, relative{t.sketch, t.short(), path})
	}
}

// of yields the paths of files, each with those of what has come that it may be like: their bytes may be
// equal, or their texts are similar. It walks through all files once, however many have come.
func (k kin) of(come map[string]trace) iter.Seq2[string, string] {
	const common = 64                // a number that so many have in common says little
	numbers := map[uint32][]string{} // those by which what has come may be known
	size := 1 << 14
	for size < 128*len(come) {
		size *= 2
	}
	some := make([]bool, size) // the lower bits of the numbers
	note := func(h uint32, p string) {
		if h != 0 && len(numbers[h]) < common {
			numbers[h], some[h%uint32(size)] = append(numbers[h], p), true
		}
	}
	for _, p := range slices.Sorted(maps.Keys(come)) {
		t := come[p]
		note(t.short(), p)
		for _, h := range telling(&t.sketch) {
			note(h, p)
		}
	}
	return func(yield func(string, string) bool) {
		like := func(r *relative, h uint32) bool {
			for _, p := range numbers[h] {
				if t := come[p]; (t.short() == r.hash || similar(t.sketch, r.sketch)) && !yield(r.path, p) {
					return false
				}
			}
			return true
		}
		for i := range k {
			r := &k[i]
			if some[r.hash%uint32(size)] && !like(r, r.hash) {
				return
			}
			for _, h := range telling(&r.sketch) {
				if some[h%uint32(size)] && !like(r, h) {
					return
				}
			}
		}
	}
}

// telling are the numbers of a sketch of which those of a similar text hold one: at least half of all are the
// same in both, and the least of these has so many behind it in either.
func telling(s *store.Sketch) []uint32 { return s[:len(s)/2+1] }

// goneSince gives the articles that feeds have ceased to show since then, and whose files are gone.
func (c *Catalog) goneSince(then time.Time) map[string]trace {
	gone := map[string]trace{}
	for _, p := range c.memory.gone {
		if t, ok := c.memory.trace(p); ok && c.files[p] == nil && c.memory.facts(p).Gone.After(then) {
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
