package catalog

import (
	"cmp"
	"errors"
	"io/fs"
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
	moved := moves(gone, come)
	for from, to := range moved {
		c.memory.move(from, to)
		c.drop(from, now, touched)
		delete(come, to)
	}
	if len(come) > 0 {
		for from, to := range moves(c.goneSince(now.Add(-lately)), come) {
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
	hashes, sketches := map[store.Digest]bool{}, map[uint32]bool{}
	come := c.come(touched)
	for _, t := range come {
		hashes[t.hash] = true
		for _, h := range t.sketch {
			sketches[h] = h != 0
		}
	}
	var left []string
	for p, f := range c.files {
		if _, is := come[p]; is || f.good.article == nil || len(come) == 0 {
			continue
		}
		t := f.good.trace()
		if !hashes[t.hash] && !slices.ContainsFunc(t.sketch[:], func(h uint32) bool { return sketches[h] }) {
			continue
		}
		if _, err := fs.Stat(fsys, p); errors.Is(err, fs.ErrNotExist) {
			left = append(left, p)
		}
	}
	return left
}

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
// similar. Of several, one of the same name is meant, else the first by path.
func moves(gone, come map[string]trace) map[string]string {
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
	olds := slices.Sorted(maps.Keys(gone))
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
