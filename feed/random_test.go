package feed_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"feedmill/catalog"
)

// TestRandom makes catalogs at random, of articles that hold whatever breaks XML. All formats must
// agree, and when an article changes, the feeds that it is not in must keep every byte.
// FEEDMILL_SEED names the one catalog to try.
func TestRandom(t *testing.T) {
	seeds := make([]uint64, 20)
	for i := range seeds {
		seeds[i] = uint64(i)
	}
	if s := os.Getenv("FEEDMILL_SEED"); s != "" {
		seed, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seeds = []uint64{seed}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			a := author{rand.New(rand.NewPCG(seed, 0)), hostileTexts()}
			files := fstest.MapFS{}
			for i := range 1 + a.IntN(25) {
				files[fmt.Sprintf("%d/%d.md", i%3, i)] = a.article(i)
				files[fmt.Sprintf("%d/sound.mp3", i%3)] = &fstest.MapFile{Data: make([]byte, a.IntN(99))}
			}
			was := newSite(t, files, nil)
			agree(t, was)

			changed := maps.Clone(files)
			path := a.one(slices.Sorted(maps.Keys(files))...)
			changed[path] = &fstest.MapFile{Data: append(bytes.Clone(files[path].Data), "\nMore.\n"...)} // or a longer sound
			changed["new.md"] = &fstest.MapFile{Data: []byte("---\ntitle: New\ndate: 2024-03-03\ntags: [unheard of]\n---\nNew.\n")}
			sameElsewhere(t, was, newSite(t, changed, nil))
		})
	}
}

// sameElsewhere asks that the feeds of which no article has changed keep their bytes.
func sameElsewhere(t *testing.T, was, is site) {
	t.Helper()
	for sel := range was.Selections() {
		if sel.Taxonomy == "" {
			continue // the new article is in it
		}
		other, _ := is.Term(sel.Taxonomy, sel.Slug)
		if other == nil {
			t.Errorf("%s is gone", sel.Path())
			continue
		}
		same := slices.EqualFunc(sel.Entries, other.Entries, func(a, b *catalog.Entry) bool {
			return a.Hash == b.Hash && slices.Equal(a.Enclosures, b.Enclosures)
		})
		for _, f := range was.Formats(sel) {
			if equal := bytes.Equal(was.build(t, sel, f).Body, is.build(t, other, f).Body); same && !equal {
				t.Errorf("%s %s: other bytes, though no article of it has changed", sel.Path(), f)
			}
		}
	}
}

// author writes at random.
type author struct {
	*rand.Rand
	hostile []string
}

func (a author) one(of ...string) string { return of[a.IntN(len(of))] }

// text is some words, now and then such as break things.
func (a author) text() string {
	words := make([]string, 1+a.IntN(5))
	for i := range words {
		words[i] = a.one("mill", "水磨", "wheel", "Ä", "R&D", "a<b", "5 > 4", "🌊", "naïve", a.one(a.hostile...))
	}
	return strings.Join(words, a.one(" ", " ", "", "\n"))
}

func (a author) list(item func() any) []any {
	list := make([]any, a.IntN(4))
	for i := range list {
		list[i] = item()
	}
	return list
}

func (a author) article(i int) *fstest.MapFile {
	term := func() any { return a.one("Go", "C++", "c", "水磨", "river & weir", a.text()) }
	person := func() any {
		if a.IntN(2) == 0 {
			return a.text()
		}
		return map[string]any{"name": a.text(), "url": "https://ada.example/" + a.text(), "email": a.one("", "ada@example.org")}
	}
	enclosure := func() any {
		if a.IntN(2) == 0 {
			return a.one("sound.mp3", "/0/sound.mp3", "none.ogg", "a b.pdf")
		}
		return map[string]any{"url": fmt.Sprintf("https://media.example/%d.mp3?%s", a.IntN(9), a.text()), "type": a.one("", "audio/mpeg", a.text()), "length": a.IntN(1 << 20)}
	}
	facts := map[string]func() any{
		"title":        func() any { return a.text() },
		"date":         func() any { return fmt.Sprintf("2024-0%d-%02d 10:00:00", 1+a.IntN(5), 1+a.IntN(28)) },
		"lastmod":      func() any { return fmt.Sprintf("2024-05-%02dT08:00:00+02:00", 1+a.IntN(28)) },
		"summary":      func() any { return a.text() },
		"id":           func() any { return fmt.Sprint(i, a.text()) },
		"tags":         func() any { return a.list(term) },
		"categories":   func() any { return a.list(term) },
		"authors":      func() any { return a.list(person) },
		"lang":         func() any { return a.one("de", "zh-CN", "en", a.text()) },
		"image":        func() any { return a.one("/a.png", "https://img.example/x?"+a.text(), a.text()) },
		"canonicalURL": func() any { return "https://elsewhere.example/" + a.text() },
		"enclosures":   func() any { return a.list(enclosure) },
		"duration":     func() any { return a.one("1:02", "77", a.text()) },
		"episode":      func() any { return a.IntN(9) },
		"transcript":   func() any { return a.one("t.vtt", a.text()) },
	}
	var b bytes.Buffer
	b.WriteString("---\n")
	for _, key := range slices.Sorted(maps.Keys(facts)) {
		if a.IntN(3) > 0 {
			v, _ := json.Marshal(facts[key]())
			fmt.Fprintf(&b, "%s: %s\n", key, v)
		}
	}
	b.WriteString("---\n")
	for range a.IntN(4) {
		fmt.Fprintf(&b, "%s%s\n\n", a.one("", "# ", "- ", "> ", "    ", "<p>", "![x](y.png) "), a.text())
	}
	return &fstest.MapFile{Data: b.Bytes()}
}
