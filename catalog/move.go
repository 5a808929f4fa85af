package catalog

import (
	"cmp"
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
