package catalog

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"iter"
	"sort"
	"strings"
	"time"
)

// Page is the articles of one archive document (RFC 5005 §4). It is immutable.
//
// All articles of a selection are cut into pages from the oldest on. A page begins at an article
// whose id happens to have a certain hash, and wherever the one before is full. So new articles
// only ever add pages, and one that is deleted or dated back changes the pages around it and leaves
// the others as they are, which a mere count would not. The newest articles, fewer than a page can
// hold or as many, are in none: the feed itself holds them.
type Page struct {
	Name     string   // tells it from the others of the selection, for ever: "20240309-8c1f2a07"
	Previous string   // the name of the one before, which is older; "" for the oldest
	Next     string   // what the one after is called, or will be once it is full
	Entries  []*Entry // newest first, ties by id

	Version  [16]byte  // as [Selection.Version]
	Modified time.Time // when Version became what it is, as far as is known
}

// Complete reports whether Entries are all articles that there are.
func (s *Selection) Complete() bool { return s.all.size() <= len(s.Entries) }

// Archive is the name of the newest page, or "" where there are none.
func (s *Selection) Archive() string {
	if !s.archived || s.all.size() <= s.limit {
		return ""
	}
	return s.before(s.begin(0))
}

// Pages yields all pages, the newest first.
func (s *Selection) Pages() iter.Seq[Page] {
	return func(yield func(Page) bool) {
		if s.Archive() == "" {
			return
		}
		for i := s.begin(0) + 1; i < s.all.size(); {
			first := s.begin(i)
			if !yield(s.page(first)) {
				return
			}
			i = first + 1
		}
	}
}

// Page finds a page by its name. Where there is none of that name, moved is that of the page which
// holds what it would, or "" if that is the feed itself; ok is false for what is no name at all.
func (s *Selection) Page(name string) (p Page, moved string, ok bool) {
	day, mark, ok := parsePageName(name)
	if !ok || s.Archive() == "" {
		return Page{}, "", ok
	}
	i := sort.Search(s.all.size(), func(i int) bool { return s.all.at(i).Position().Before(day.AddDate(0, 0, 1)) })
	newest := i
	for ; i < s.all.size() && !s.all.at(i).Position().Before(day); i++ {
		if s.all.at(i).mark == mark && s.begin(i) == i && i > s.begin(0) {
			return s.page(i), "", true
		}
	}
	if newest == s.all.size() {
		newest--
	}
	first := s.begin(newest)
	if first <= s.begin(0) {
		return Page{}, "", true
	}
	return Page{}, s.all.at(first).pageName(), true
}

// begin returns the index in all of the oldest entry of the page that holds the entry at i.
func (s *Selection) begin(i int) int {
	anchor := i
	for anchor < s.all.size()-1 && !s.cuts(anchor) {
		anchor++
	}
	return anchor - (anchor-i)/s.limit*s.limit
}

// cuts reports whether a page begins at the entry at i whatever the others are.
func (s *Selection) cuts(i int) bool { return s.all.at(i).mark%uint32(s.limit) == 0 }

// before returns the name of the page before the one that begins at first, or "".
func (s *Selection) before(first int) string {
	if first+1 == s.all.size() {
		return ""
	}
	return s.all.at(s.begin(first + 1)).pageName()
}

// page returns the page that begins at first, which is not the newest.
func (s *Selection) page(first int) Page {
	last := first
	for first-last+1 < s.limit && !s.cuts(last-1) {
		last--
	}
	p := Page{Name: s.all.at(first).pageName(), Previous: s.before(first), Entries: s.all.part(last, first+1), Modified: s.Removed}
	p.Next = s.all.at(last - 1).pageName()
	if s.rewritten.After(p.Modified) {
		p.Modified = s.rewritten
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q page %s after %s before %s ", s.Taxonomy, s.Name, s.Slug, p.Name, p.Previous, p.Next)
	for _, e := range p.Entries {
		h.Write(e.digest[:])
	}
	copy(p.Version[:], h.Sum(nil))
	for _, e := range p.Entries {
		p.Modified = latest(p.Modified, e.touched.time())
	}
	// The names of its neighbours are part of it.
	p.Modified = latest(p.Modified, s.all.at(last-1).placed.time())
	if first+1 < s.all.size() {
		p.Modified = latest(p.Modified, s.all.at(s.begin(first+1)).placed.time())
	}
	return p
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

const pageDay = "20060102"

// pageName is the name of a page that begins at e.
func (e *Entry) pageName() string {
	return fmt.Sprintf("%s-%08x", e.Position().UTC().Format(pageDay), e.mark)
}

func parsePageName(name string) (day time.Time, mark uint32, ok bool) {
	date, hash, _ := strings.Cut(name, "-")
	day, err := time.Parse(pageDay, date)
	b, err2 := hex.DecodeString(hash)
	if err != nil || err2 != nil || len(b) != 4 || strings.ToLower(name) != name {
		return time.Time{}, 0, false
	}
	return day, binary.BigEndian.Uint32(b), true
}
