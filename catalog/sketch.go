package catalog

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"unicode"
	"unicode/utf8"

	"feedmill/article"
	"feedmill/internal/record"
	"feedmill/store"
)

// contentOf is a digest of what an article says: when it changes, the article was updated. Its
// place, its terms, line ends and blanks at the ends of lines are no part of it.
func contentOf(a *article.Article, body []byte) store.Digest {
	sum := record.Sum(func(w *record.Writer) {
		for _, s := range []string{a.Title, a.Summary, a.Image, a.Source} {
			w.Text(s)
		}
		record.List(w, a.Enclosures, func(e article.Enclosure) {
			w.Text(e.URL)
			w.Text(e.Type)
			w.Int(e.Length)
		})
	})
	h := sha256.New()
	h.Write(sum[:])
	body = bytes.TrimSpace(body)
	for start, at := 0, 0; start < len(body); { // all from start to at is to be taken as it is
		end := len(body)
		if i := bytes.IndexByte(body[at:], '\n'); i >= 0 {
			end = at + i
		}
		rest := body[at:end]
		if trimmed := trimmedRight(rest); len(trimmed) == len(rest) && end < len(body) {
			at = end + 1
			continue
		} else {
			h.Write(body[start : at+len(trimmed)])
		}
		h.Write([]byte{'\n'})
		start, at = end+1, end+1
	}
	return store.Digest(h.Sum(nil))
}

// trimmedRight is a line without blanks at its end.
func trimmedRight(line []byte) []byte {
	if n := len(line); n == 0 || line[n-1] > ' ' && line[n-1] < utf8.RuneSelf {
		return line // as nearly always
	}
	return bytes.TrimRightFunc(line, unicode.IsSpace)
}

// sketchOf gives the smallest of the hashes of all runs of three words in a text, each once (Broder,
// "On the resemblance and containment of documents", 1997). Where no blanks stand between words,
// what stands between punctuation counts as one. All articles are sketched, so it goes by bytes, and
// no further than it must to tell one text from another.
func sketchOf(text []byte) store.Sketch {
	const enough = 1 << 10
	text = text[:min(len(text), enough)]
	var s sketcher
	var run [3]uint32
	words := 0
	for i := 0; i < len(text); {
		if gap := gapAt(text, i); gap > 0 {
			i += gap
			continue
		}
		word := uint32(fnvOffset)
		for ; i < len(text) && (isWord[text[i]] || gapAt(text, i) == 0); i++ {
			word = (word ^ uint32(text[i])) * fnvPrime
		}
		run[0], run[1], run[2] = run[1], run[2], word
		if words++; words >= len(run) {
			s.add(mix(run))
		}
	}
	if words > 0 && words < len(run) {
		s.add(mix(run))
	}
	return s.least
}

// gapAt returns how many bytes at i are no part of a word: 0 or 1, or 3 for the punctuation of
// Chinese and Japanese (U+3000 to U+303F) and for full-width forms (U+FF00 to U+FF7F).
func gapAt(text []byte, i int) int {
	c := text[i]
	switch {
	case isWord[c]:
		return 0
	case c < utf8.RuneSelf:
		return 1
	case i+2 < len(text) && (c == 0xe3 && text[i+1] == 0x80 || c == 0xef && (text[i+1] == 0xbc || text[i+1] == 0xbd)):
		return 3
	}
	return 0
}

// isWord says which bytes are part of a word whatever follows them.
var isWord = func() (is [256]bool) {
	for c := range is {
		is[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= utf8.RuneSelf && c != 0xe3 && c != 0xef
	}
	return is
}()

// sketcher keeps the smallest hashes, sorted.
type sketcher struct {
	least store.Sketch
	n     int
}

func (s *sketcher) add(h uint32) {
	if s.n == len(s.least) && h >= s.least[s.n-1] {
		return
	}
	i, found := slices.BinarySearch(s.least[:s.n], h)
	if found {
		return
	}
	s.n = min(s.n+1, len(s.least))
	copy(s.least[i+1:s.n], s.least[i:])
	s.least[i] = h
}

// FNV-1a, 32 bits. What is made with it must be the same on every machine and for ever.
const (
	fnvOffset = 2166136261
	fnvPrime  = 16777619
)

// hash is never 0.
func hash(b []byte) uint32 {
	h := uint32(fnvOffset)
	for _, c := range b {
		h = (h ^ uint32(c)) * fnvPrime
	}
	return max(h, 1)
}

// mix is a hash of three hashes, in their order, and never 0.
func mix(run [3]uint32) uint32 {
	m := ((run[0]*fnvPrime)^run[1])*fnvPrime ^ run[2]
	m ^= m >> 15
	m *= 0x85ebca6b // of MurmurHash3's finalizer, as the shifts are
	m ^= m >> 13
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
