package catalog

import (
	"maps"
	"slices"
	"time"

	"feedmill/article"
	"feedmill/store"
)

// memory is what is known of articles beyond what their files say, and outlives a run. Where nothing
// is kept it knows nothing, so that the feeds follow from the content alone.
//
// Of an article that feeds show, its entry tells all of that. So there are records, which are as large
// as entries are, of the others alone: see [memory.known]. Only where several catalogs share the site
// there is one of each, since an entry may tell of something else than all have agreed on.
type memory struct {
	keep    func(store.Changes) error // nil: nothing is kept
	begun   bool                      // something was known before this run, or its first look is over
	shared  bool                      // others keep the same, and each writes in its turn
	turn    bool                      // it is that of this one
	entries map[string]*Entry         // by path, those that the index shows
	lists   func(*Entry) []string     // the ids of the lists that it belongs to
	apart   map[string]*store.Article // by path, what no entry tells; values are replaced, never changed
	voided  map[string]bool           // paths of entries by which nothing is known any more
	gone    map[store.Digest]string   // paths of those that feeds show no more, by the hashes of their files
	sources map[string]*[]byte        // last good versions of broken files
	unkept  map[string]bool           // paths of the articles of which what is known is not yet written
	changes store.Changes             // of all else, not yet written
}

func newMemory(o Options, entries map[string]*Entry) *memory {
	kept, keep := o.Kept, o.Keep
	m := &memory{
		keep: keep, begun: len(kept.Articles)+len(entries) > 0 && len(kept.Feeds) > 0 || keep == nil && o.Before != nil, shared: o.Turn != nil,
		entries: entries, apart: map[string]*store.Article{}, voided: map[string]bool{}, gone: map[store.Digest]string{},
		sources: map[string]*[]byte{}, unkept: map[string]bool{}, changes: noChanges(),
	}
	if kept.Sources != nil {
		m.sources = kept.Sources
	}
	if keep != nil {
		for p, a := range kept.Articles {
			m.remember(p, a)
		}
	}
	return m
}

func noChanges() store.Changes {
	return store.Changes{
		Feeds: map[string]*store.Feed{}, Deletions: map[string]*store.Deletion{}, Sources: map[string]*[]byte{},
	}
}

// known is what is known of the article at path, or nil.
func (m *memory) known(path string) *store.Article {
	if e := m.entry(path); e != nil {
		return m.record(e)
	}
	return m.apart[path]
}

// facts is [memory.known] without the Feeds, which cost more to list than all else.
func (m *memory) facts(path string) *store.Article {
	if e := m.entry(path); e != nil {
		return e.facts()
	}
	return m.apart[path]
}

// entry is the one that tells all that is known of the article at path, or nil.
func (m *memory) entry(path string) *Entry {
	if !m.keeps() || m.apart[path] != nil || m.voided[path] {
		return nil
	}
	return m.entries[path]
}

// record is what e tells of its article.
func (m *memory) record(e *Entry) *store.Article {
	a := e.facts()
	a.Feeds = m.lists(e)
	return a
}

// facts is what e tells of its article, without the Feeds.
func (e *Entry) facts() *store.Article {
	return &store.Article{
		ID: e.ID, Claim: e.Explicit(), Published: e.Published, Updated: e.changed.time(), Touched: e.touched.time(), Position: e.Position(), Placed: e.placed.time(),
		Hash: store.Digest(e.Hash[:]), Content: e.traits.content, Shown: store.Digest(e.digest[:]), Sketch: e.traits.sketch,
	}
}

// size is of how many articles something is known.
func (m *memory) size() int {
	if !m.keeps() || m.shared { // where there is a record of each
		return len(m.apart)
	}
	return len(m.apart) + len(m.entries) - len(m.voided)
}

func (m *memory) keeps() bool { return m.keep != nil }

// claim is the id that the article at path a has had so far, or asks for.
func (m *memory) claim(a *article.Article) *claim {
	c := &claim{article: a}
	c.id = c.own()
	if known := m.facts(a.Path); known != nil && known.Claim == a.Explicit() {
		c.held = true
		if c.id != known.ID { // an equal text need not be there twice
			c.id = known.ID
		}
	}
	return c
}

// note keeps what e tells, which feeds are about to show. was is what they showed at its path so far, if
// anything.
func (m *memory) note(e, was *Entry) {
	if m.shared { // what is known is what all have agreed on, and an entry may tell of something else
		if is := m.record(e); !m.apart[e.Path].Equal(is) {
			m.set(e.Path, is)
		}
		return
	}
	known, same := m.apart[e.Path], was != nil && was.digest == e.digest && !m.voided[e.Path]
	if known != nil {
		same = known.Equal(m.record(e))
		m.recall(known, e.Path)
	}
	delete(m.apart, e.Path)
	delete(m.voided, e.Path)
	if !same {
		m.unkept[e.Path] = true
	}
}

// bury notes that feeds show the article at path no more, and returns what was known of it.
func (m *memory) bury(path string, now time.Time) *store.Article {
	known := m.known(path)
	if known == nil || !known.Gone.IsZero() {
		return nil
	}
	gone := *known
	gone.Gone = now
	m.set(path, &gone)
	return known
}

// left are the lists, by their ids, in which the article of e is no more, though they held it by what is
// known of it so far, in this run or an earlier one. It may be called from several goroutines.
func (m *memory) left(e *Entry) []string {
	was := m.known(e.Path)
	if was == nil || !was.Gone.IsZero() {
		return nil
	}
	lists := m.lists(e)
	var left []string
	for _, l := range was.Feeds {
		if was.ID != e.ID || !slices.Contains(lists, l) {
			left = append(left, l)
		}
	}
	return left
}

// shown is a digest of what feeds show of the article at path, or zero if they do not.
func (m *memory) shown(path string) store.Digest {
	if e := m.entry(path); e != nil {
		return store.Digest(e.digest[:])
	}
	if known := m.apart[path]; known != nil && known.Gone.IsZero() {
		return known.Shown
	}
	return store.Digest{}
}

// move notes that the file at one path lies at another now.
func (m *memory) move(from, to string) {
	known, there := m.known(from), m.known(to)
	if known == nil || there != nil && there.Gone.IsZero() {
		return
	}
	m.set(from, nil)
	m.set(to, known)
}

// set makes a what is known of the article at path; nil forgets it.
func (m *memory) set(path string, a *store.Article) {
	m.unkept[path] = true
	m.remember(path, a)
}

func (m *memory) remember(path string, a *store.Article) {
	m.recall(m.apart[path], path)
	if m.entries[path] != nil {
		m.voided[path] = true
	}
	if a == nil {
		delete(m.apart, path)
		return
	}
	m.apart[path] = a
	// Of several equal ones the first by path, whatever the order in which they went.
	if other, there := m.gone[a.Hash]; !a.Gone.IsZero() && (!there || path < other) {
		m.gone[a.Hash] = path
	}
}

// recall takes back that was, or nil, has gone from path.
func (m *memory) recall(was *store.Article, path string) {
	if was != nil && m.gone[was.Hash] == path {
		delete(m.gone, was.Hash)
	}
}

// hide notes that feeds show no article at path any more. What its entry told stays known.
func (m *memory) hide(path string) {
	if known := m.known(path); known != nil {
		m.apart[path] = known
	}
	delete(m.entries, path)
	delete(m.voided, path)
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
	for p, a := range m.apart {
		if a.Gone.IsZero() && !there(p) {
			paths = append(paths, p)
		}
	}
	return paths
}

// trace is by what the article at path can be known again.
func (m *memory) trace(path string) (trace, bool) {
	a := m.facts(path)
	if a == nil {
		return trace{}, false
	}
	return trace{a.Hash, a.Sketch, a.Published}, true
}

// write writes what is new to the disk. What can't be written is tried again the next time. All that a
// first look has found is written in portions, and the feeds last: as long as they are missing, the next
// start is the first again.
func (m *memory) write(first bool) error {
	if !m.keeps() {
		return nil
	}
	const portion = 4096
	paths := slices.Sorted(maps.Keys(m.unkept))
	for ; first && len(paths) > portion; paths = paths[portion:] {
		if err := m.keep(store.Changes{Articles: m.records(paths[:portion])}); err != nil {
			return err
		}
	}
	all := m.changes
	all.Articles = m.records(paths)
	if all.Empty() && !m.turn {
		return nil
	}
	m.turn = false
	if err := m.keep(all); err != nil {
		return err
	}
	m.unkept, m.changes = map[string]bool{}, noChanges()
	return nil
}

// records is what is known of the articles at these paths, nil where that is nothing.
func (m *memory) records(paths []string) map[string]*store.Article {
	known := make([]*store.Article, len(paths))
	parallel(len(paths), func(i int) { known[i] = m.known(paths[i]) })
	records := make(map[string]*store.Article, len(paths))
	for i, p := range paths {
		records[p] = known[i]
	}
	return records
}
