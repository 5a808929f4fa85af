package publish

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// testSite makes generations: a feed of articles, of which all but the newest are in archive
// documents of one article each, which lead to those before.
type testSite struct {
	number   uint64
	articles []string // the oldest first
	body     func(path string) error
}

func (s *testSite) generation(articles ...string) Generation {
	s.number++
	s.articles = articles
	docs := map[string]string{}
	before := ""
	for i, a := range articles {
		docs[fmt.Sprintf("archive/%s/rss.xml", a)] = fmt.Sprintf("<%s before=%q>", a, before)
		before = fmt.Sprintf("archive/%s/rss.xml", a)
		if i == len(articles)-1 {
			delete(docs, before)
			docs["rss.xml"] = strings.Replace(fmt.Sprintf("<%s before=%q>", a, archiveOf(articles, i-1)), "><", "", 1)
		}
	}
	return s.of(docs)
}

func archiveOf(articles []string, i int) string {
	if i < 0 {
		return ""
	}
	return fmt.Sprintf("archive/%s/rss.xml", articles[i])
}

// of is a generation of documents by path. What leads to others ranks above all archives.
func (s *testSite) of(docs map[string]string) Generation {
	if s.number == 0 {
		s.number = 1
	}
	order := slices.Clone(s.articles)
	return Generation{Number: s.number, Documents: func(yield func(Document) bool) {
		for _, path := range slices.Sorted(maps.Keys(docs)) {
			text := docs[path]
			rank := 1000
			if name, ok := strings.CutPrefix(path, "archive/"); ok {
				rank = slices.Index(order, strings.TrimSuffix(name, "/rss.xml"))
			}
			d := Document{Path: path, MediaType: "application/rss+xml; charset=utf-8", Tag: text, MaxAge: 300e9, Rank: rank, Body: func(context.Context) ([]byte, error) {
				if s.body != nil {
					if err := s.body(path); err != nil {
						return nil, err
					}
				}
				return []byte(text), nil
			}}
			if !yield(d) {
				return
			}
		}
	}}
}

// want is what the generation's documents say.
func want(t *testing.T, g Generation) map[string]string {
	t.Helper()
	docs := map[string]string{}
	for d := range g.Documents {
		docs[d.Path] = d.Tag
	}
	return docs
}

var leads = regexp.MustCompile(`before="(.*)"`)

// checkReader follows a reader from the feed through all archives: each must be there.
func checkReader(t *testing.T, read func(path string) (string, bool)) {
	t.Helper()
	for path := "rss.xml"; path != ""; {
		text, ok := read(path)
		if !ok && path == "rss.xml" {
			return // nothing is published yet
		}
		if !ok {
			t.Fatalf("a reader is led to %s, which is not there", path)
		}
		path = leads.FindStringSubmatch(text)[1]
	}
}

var errKilled = errors.New("killed")

// dying is a place that stores so many objects more, and then nothing: what a process leaves that is
// killed there. The last one may be stored without anybody learning of it.
type dying struct {
	place
	mu   *sync.Mutex
	left *int
	last bool
}

func (d dying) put(ctx context.Context, name string, o object) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	*d.left--
	if *d.left < 0 || *d.left == 0 && !d.last {
		return "", errKilled
	}
	tag, err := d.place.put(ctx, name, o)
	if *d.left == 0 {
		return "", errKilled
	}
	return tag, err
}

func (d dying) remove(ctx context.Context, name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if *d.left--; *d.left <= 0 {
		return errKilled
	}
	return d.place.remove(ctx, name)
}

// once brings a place to g as a process does that has just started, and returns how it went.
func once(t *testing.T, at Target, g Generation) (Status, error) {
	t.Helper()
	p, err := New(Options{Targets: []Target{at}})
	if err != nil {
		t.Fatal(err)
	}
	err = p.Once(t.Context(), g, func(int, int) {})
	return p.Status()[0], err
}
