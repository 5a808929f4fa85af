//go:build linux

package faults

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// author changes articles at random. Each has a number and versions, which its text tells, words of
// its own, a tag of its own, and no date.
type author struct {
	*site
	r       *rand.Rand
	next    int
	path    map[int]string // by article, of those that are there
	version map[int]int
}

func newAuthor(s *site, seed uint64) *author {
	return &author{site: s, r: rand.New(rand.NewPCG(seed, 0)), path: map[int]string{}, version: map[int]int{}}
}

// text is the article n as it is now.
func (a *author) text(n int) string {
	words := rand.New(rand.NewPCG(uint64(n), 1))
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntitle: Title %d of %d\ntags: [all, own%d]\n---\nmark-%d-%d\n\n", a.version[n], n, n, n, a.version[n])
	for range 60 {
		fmt.Fprintf(&b, "%s ", strconv.FormatUint(words.Uint64N(1<<40), 36))
	}
	b.WriteString("\n")
	return b.String()
}

// replace writes the article whole or not at all, as editors do.
func (a *author) replace(n int) {
	a.Helper()
	a.write("../next", a.text(n))
	a.move("../next", a.path[n])
}

func (a *author) move(from, to string) {
	a.Helper()
	to = filepath.Join(a.content, to)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		a.Fatal(err)
	}
	if err := os.Rename(filepath.Join(a.content, from), to); err != nil {
		a.Fatal(err)
	}
}

func (a *author) newPath(n int) string {
	return fmt.Sprintf("%c/%c/post-%d-%d.md", 'a'+a.r.IntN(3), 'a'+a.r.IntN(3), n, a.r.IntN(1000))
}

func (a *author) any() int {
	var all []int
	for n := range a.path {
		all = append(all, n)
	}
	slices.Sort(all)
	return all[a.r.IntN(len(all))]
}

// act does one thing: write a new article where there are not many, delete one of the first few that
// are, rename, or retitle one.
func (a *author) act(many int) {
	a.Helper()
	if len(a.path) < many {
		n := a.next
		a.next++
		a.path[n], a.version[n] = a.newPath(n), 1
		a.replace(n)
		return
	}
	n := a.any()
	switch what := a.r.IntN(16); {
	case what == 0 && a.next-len(a.path) < 90: // a feed tells of 100
		if err := os.Remove(filepath.Join(a.content, a.path[n])); err != nil {
			a.Fatal(err)
		}
		delete(a.path, n)
	case what < 6:
		to := a.newPath(n)
		a.move(a.path[n], to)
		a.path[n] = to
	default:
		a.version[n]++
		a.replace(n)
	}
}
