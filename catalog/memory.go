package catalog

import (
	"slices"
	"time"

	"feedmill/article"
	"feedmill/store"
)

// memory is what is known of articles beyond what their files say, and outlives a run. Where nothing
// is kept it knows nothing, so that the feeds follow from the content alone.
type memory struct {
	keep     func(store.Changes) error // nil: nothing is kept
	begun    bool                      // something was known before this run, or its first look is over
	articles map[string]*store.Article // by path; values are replaced, never changed
	gone     map[store.Digest]string   // paths of those that feeds show no more, by the hashes of their files
	sources  map[string]*[]byte        // last good versions of broken files
	changes  store.Changes             // not yet written
}

func newMemory(o Options) *memory {
	kept, keep := o.Kept, o.Keep
	m := &memory{keep: keep, begun: len(kept.Articles) > 0 || keep == nil && o.Before != nil, articles: make(map[string]*store.Article, len(kept.Articles)), gone: map[store.Digest]string{}, sources: map[string]*[]byte{}}
	if kept.Sources != nil {
		m.sources = kept.Sources
	}
	if keep == nil {
		return m
	}
	for p, a := range kept.Articles {
		m.remember(p, a)
	}
	m.changes = noChanges()
	return m
}

func noChanges() store.Changes {
	return store.Changes{
		Articles: map[string]*store.Article{}, Feeds: map[string]*store.Feed{},
		Deletions: map[string]*store.Deletion{}, Sources: map[string]*[]byte{},
	}
}

func (m *memory) keeps() bool { return m.keep != nil }

// claim is the id that the article at path a has had so far, or asks for.
func (m *memory) claim(a *article.Article) *claim {
	c := &claim{article: a}
	c.id = c.own()
	if known := m.articles[a.Path]; known != nil && known.Claim == a.ID {
		c.id, c.held = known.ID, true
	}
	return c
}

// dates gives when the article of s was published and when it was updated: as its author says, else
// as was seen; and when its content was last seen to change, if ever.
func (m *memory) dates(s source, now time.Time) (published, updated, changed time.Time) {
	a := s.article
	published, updated = a.Published, a.Updated
	known := m.articles[a.Path]
	if known != nil {
		changed = known.Updated
		if known.Content != s.content {
			changed = now
		}
	}
	if published.IsZero() {
		switch {
		case known != nil:
			published = known.Published
		case m.keeps() && m.begun:
			published = now
		default:
			published = undated
		}
	}
	if updated.IsZero() {
		updated = changed
	}
	if updated.Before(published) || updated.After(now) {
		updated = published
	}
	return published, updated, changed
}

// history is when what feeds show of the entry became what it is, and when the entry came to its
// place among the others. was is what they showed at its path before, if anything.
func (m *memory) history(e, was *Entry, now time.Time) (touched, placed time.Time) {
	known := m.articles[e.Path]
	if known == nil && was == nil && !m.begun {
		return e.Updated, e.Updated
	}
	touched, placed = now, now
	if known != nil && known.Shown == store.Digest(e.digest[:]) {
		touched = known.Touched
	}
	if was != nil && was.digest == e.digest {
		touched = was.touched
	}
	switch {
	case was != nil && was.ID == e.ID && was.Position.Equal(e.Position):
		placed = was.placed
	case known != nil && known.ID == e.ID && known.Position.Equal(e.Position):
		placed = known.Placed
	}
	return touched, placed
}

// note keeps what feeds show of e, made from s, in the lists of these keys.
func (m *memory) note(e *Entry, s source, changed time.Time, feeds []string) {
	if !m.keeps() {
		return
	}
	m.set(e.Path, &store.Article{
		ID: e.ID, Claim: e.Article.ID, Published: e.Published, Updated: changed, Touched: e.touched, Position: e.Position, Placed: e.placed,
		Hash: store.Digest(e.Hash[:]), Content: s.content, Shown: store.Digest(e.digest[:]), Sketch: s.sketch,
		Feeds: feeds,
	})
}

// bury notes that feeds show the article at path no more, and returns what was known of it.
func (m *memory) bury(path string, now time.Time) *store.Article {
	known := m.articles[path]
	if known == nil || !known.Gone.IsZero() {
		return nil
	}
	gone := *known
	gone.Gone = now
	m.set(path, &gone)
	return known
}

// left are the lists, by their ids, in which the article at path is no more, of which was is what was
// known before, in this run or an earlier one.
func (m *memory) left(path string, was *store.Article) []string {
	is := m.articles[path]
	if was == nil || is == nil || !was.Gone.IsZero() {
		return nil
	}
	var left []string
	for _, l := range was.Feeds {
		if was.ID != is.ID || !slices.Contains(is.Feeds, l) {
			left = append(left, l)
		}
	}
	return left
}

// shown is a digest of what feeds show of the article at path, or zero if they do not.
func (m *memory) shown(path string) store.Digest {
	if known := m.articles[path]; known != nil && known.Gone.IsZero() {
		return known.Shown
	}
	return store.Digest{}
}

// move notes that the file at one path lies at another now.
func (m *memory) move(from, to string) {
	known, there := m.articles[from], m.articles[to]
	if known == nil || there != nil && there.Gone.IsZero() {
		return
	}
	m.set(from, nil)
	m.set(to, known)
}

// set makes a what is known of the article at path; nil forgets it.
func (m *memory) set(path string, a *store.Article) {
	m.changes.Articles[path] = a
	m.remember(path, a)
}

func (m *memory) remember(path string, a *store.Article) {
	if was := m.articles[path]; was != nil && m.gone[was.Hash] == path {
		delete(m.gone, was.Hash)
	}
	if a == nil {
		delete(m.articles, path)
		return
	}
	m.articles[path] = a
	// Of several equal ones the first by path, whatever the order in which they went.
	if other, there := m.gone[a.Hash]; !a.Gone.IsZero() && (!there || path < other) {
		m.gone[a.Hash] = path
	}
}

// returned is the path at which a file of this hash lay that feeds show no more, or "".
func (m *memory) returned(hash store.Digest) string { return m.gone[hash] }

// keepSource keeps the last good version of a file that is broken now, or forgets it where good is
// nil.
func (m *memory) keepSource(path string, good []byte) {
	if good == nil && m.sources[path] == nil {
		return
	}
	if !m.keeps() {
		delete(m.sources, path) // the file is known by now, and what it held too
		return
	}
	if good == nil {
		delete(m.sources, path)
		m.changes.Sources[path] = nil
		return
	}
	if was := m.sources[path]; was == nil || !slices.Equal(*was, good) {
		m.sources[path], m.changes.Sources[path] = &good, &good
	}
}

// vanished are the articles that feeds showed before this run and whose files are not there.
func (m *memory) vanished(there func(path string) bool) []string {
	var paths []string
	for p, a := range m.articles {
		if a.Gone.IsZero() && !there(p) {
			paths = append(paths, p)
		}
	}
	return paths
}

// trace is by what the article at path can be known again.
func (m *memory) trace(path string) (trace, bool) {
	a := m.articles[path]
	if a == nil {
		return trace{}, false
	}
	return trace{a.Hash, a.Sketch, a.Published}, true
}

// write writes what is new to the disk. What can't be written is tried again the next time.
func (m *memory) write() error {
	if !m.keeps() || m.changes.Empty() {
		return nil
	}
	if err := m.keep(m.changes); err != nil {
		return err
	}
	m.changes = noChanges()
	return nil
}
