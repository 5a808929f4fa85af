package catalog

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"feedmill/article"
)

// listed is a selection of n entries at random times, with a limit.
func listed(r *rand.Rand, n, limit int) *Selection {
	var entries []*Entry
	for i := range n {
		entries = append(entries, listedEntry(i, time.Duration(r.IntN(n*10))*time.Hour))
	}
	return selected(limit, entries)
}

func listedEntry(i int, age time.Duration) *Entry {
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(-age)
	src := source{article: &article.Article{Path: fmt.Sprint(i, ".md"), Extras: &article.Extras{}}}
	e := newEntry(src, fmt.Sprintf("https://example.org/%d/", i), nil, at, at)
	e.touched = momentOf(at)
	return e
}

// selected is a selection of the entries, which lie in small blocks.
func selected(limit int, entries []*Entry) *Selection {
	slices.SortFunc(entries, newestFirst)
	s := &Selection{limit: limit, archived: true}
	s.all.keep(slices.Collect(slices.Chunk(entries, 7)))
	s.Entries = s.all.part(0, min(limit, len(entries)))
	return s
}

func with(s *Selection, more ...*Entry) *Selection {
	return selected(s.limit, append(slices.Collect(s.All()), more...))
}

// TestPages cuts random selections: the feed and its pages hold every article, each page once, and
// a change leaves all pages as they are but for those around it.
func TestPages(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 7))
		limit := 1 + r.IntN(20)
		s := listed(r, 1+r.IntN(200), limit)
		pages := slices.Collect(s.Pages())
		complete(t, s, pages)

		newer := with(s, listedEntry(1000, -time.Hour), listedEntry(1001, -2*time.Hour))
		if changed := differing(pages, slices.Collect(newer.Pages())); changed > 0 {
			t.Errorf("seed %d: new articles changed %d pages", seed, changed)
		}
		older := with(s, listedEntry(1000, time.Duration(r.IntN(1000))*time.Hour))
		complete(t, older, slices.Collect(older.Pages()))
		// A page that is full ends where the next begins by its hash; until one does, pages shift.
		if changed := differing(pages, slices.Collect(older.Pages())); changed > 12 {
			t.Errorf("seed %d: a dated-back article changed %d pages of %d", seed, changed, len(pages))
		}
	}
}

// complete checks that all entries are in the feed or in a page, and that names lead to pages.
func complete(t *testing.T, s *Selection, pages []Page) {
	t.Helper()
	if s.all.size() <= s.limit {
		if len(pages) > 0 || !s.Complete() || s.Archive() != "" {
			t.Errorf("a feed that holds everything has pages %v", pages)
		}
		return
	}
	at, name := s.begin(0)+1, s.Archive()
	if at > s.limit {
		t.Errorf("%d articles are in no page, the feed has room for %d", at, s.limit)
	}
	for _, p := range pages {
		if p.Name != name {
			t.Errorf("page %s where %s was said to come", p.Name, name)
		}
		if len(p.Entries) > s.limit || !slices.Equal(p.Entries, s.all.part(at, at+len(p.Entries))) {
			t.Errorf("page %s does not hold what comes next", p.Name)
		}
		if found, _, ok := s.Page(p.Name); !ok || found.Version != p.Version {
			t.Errorf("Page(%q) is another one", p.Name)
		}
		at, name = at+len(p.Entries), p.Previous
	}
	if at != s.all.size() || name != "" {
		t.Errorf("the pages end after %d of %d articles, with %q to follow", at, s.all.size(), name)
	}
}

// differing counts the pages that are no longer as they were.
func differing(was, is []Page) int {
	n := 0
	for _, p := range was {
		if !slices.ContainsFunc(is, func(q Page) bool { return q.Name == p.Name && q.Version == p.Version && q.Modified.Equal(p.Modified) }) {
			n++
		}
	}
	return n
}

func TestPageNames(t *testing.T) {
	s := listed(rand.New(rand.NewPCG(1, 1)), 50, 5)
	for _, name := range []string{"", "x", "20240101", "20240101-", "20240101-1234567", "20240101-1234567G", "20240101-ABCDEF01", "2024010-12345678"} {
		if _, _, ok := s.Page(name); ok {
			t.Errorf("Page(%q) is taken for a name", name)
		}
	}
	if _, moved, ok := s.Page("19990101-00000000"); !ok || moved == "" {
		t.Errorf("the page of long ago leads to %q, %v, want the oldest page", moved, ok)
	}
	if p, moved, ok := s.Page("20400101-00000000"); !ok || moved != "" || p.Name != "" {
		t.Errorf("the page of a time to come leads to %q, %v, want the feed", moved, ok)
	}
}

// BenchmarkPage finds the newest page of a long selection and cuts it.
func BenchmarkPage(b *testing.B) {
	s := listed(rand.New(rand.NewPCG(1, 1)), 100_000, 20)
	b.ReportAllocs()
	for b.Loop() {
		if p, _, _ := s.Page(s.Archive()); p.Name == "" {
			b.Fatal("no page")
		}
	}
}
