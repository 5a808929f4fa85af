package catalog

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"unicode"
	"unicode/utf8"

	"feedmill/article"
	"feedmill/store"
)

// contentOf is a digest of what an article says: when it changes, the article was updated. Its
// place, its terms, line ends and blanks at the ends of lines are no part of it.
func contentOf(a *article.Article, body []byte) store.Digest {
	said, err := json.Marshal(struct {
		Title, Summary, Image, Source string
		Enclosures                    []article.Enclosure
	}{a.Title, a.Summary, a.Image, a.Source, a.Enclosures})
	if err != nil {
		panic(err) // can't be: strings and numbers
	}
	h := sha256.New()
	h.Write(said)
	for line := range bytes.Lines(bytes.TrimSpace(body)) {
		h.Write(bytes.TrimRightFunc(line, unicode.IsSpace))
		h.Write([]byte{'\n'})
	}
	return store.Digest(h.Sum(nil))
}

// sketchOf gives the smallest of the hashes of all runs of three words in a text, each once (Broder,
// "On the resemblance and containment of documents", 1997). Texts without blanks between words
// count what stands between punctuation as one.
func sketchOf(text []byte) store.Sketch {
	var least []uint32 // sorted
	var run [3]uint32
	words := 0
	note := func(h uint32) {
		i, found := slices.BinarySearch(least, h)
		if found || i == len(store.Sketch{}) {
			return
		}
		least = slices.Insert(least, i, h)
		least = least[:min(len(least), len(store.Sketch{}))]
	}
	for word := range bytes.FieldsFuncSeq(text, isGap) {
		run[0], run[1], run[2] = run[1], run[2], hash(word)
		if words++; words >= len(run) {
			note(mix(run[0], run[1], run[2]))
		}
	}
	if words > 0 && words < len(run) {
		note(mix(run[0], run[1], run[2]))
	}
	var s store.Sketch
	copy(s[:], least)
	return s
}

func isGap(r rune) bool {
	if r < utf8.RuneSelf {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
}

// hash is FNV-1a, never 0: it must be the same on every machine and for ever.
func hash(word []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range word {
		h = (h ^ uint32(c)) * 16777619
	}
	return max(h, 1)
}

func mix(hs ...uint32) uint32 {
	m := uint32(2166136261)
	for _, h := range hs {
		for range 4 {
			m = (m ^ h&0xff) * 16777619
			h >>= 8
		}
	}
	return max(m, 1)
}

// similar reports whether two texts have so much in common that one may be an edit of the other: at
// least half of the smallest hashes of both together. Nothing is similar to an empty text.
func similar(a, b store.Sketch) bool {
	union, common := 0, 0
	i, j := 0, 0
	for union < len(a) {
		x, y := at(a, i), at(b, j)
		if x == 0 && y == 0 {
			break
		}
		union++
		switch {
		case x == y:
			common++
			i++
			j++
		case y == 0 || x != 0 && x < y:
			i++
		default:
			j++
		}
	}
	return common > 0 && 2*common >= union
}

func at(s store.Sketch, i int) uint32 {
	if i >= len(s) {
		return 0
	}
	return s[i]
}
