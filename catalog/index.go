package catalog

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"time"

	"feedmill/article"
	"feedmill/store"
)

// index keeps the entries that feeds show, in order, for the site and for each term. What it says
// follows from the articles, the time and what was kept alone, not from the order in which they came.
type index struct {
	o      Options
	memory *memory

	shown map[string]*Entry           // by path; the memory's as well
	turns map[string]*article.Article // those that a time to come will show, change or hide
	ids   ids
	links links
	site  *list
	taxa  []*taxonomy

	graves  graves
	feeds   map[string]*history // of all feeds that are or were, by path
	retired map[string]bool     // the paths of those that were; replaced, never changed
	before  map[string]*Entry   // by path, those of Options.Before; nil after the first update

	stale     map[*list]bool          // lists of which something has changed since the last snapshot; true: by this catalog's content
	vacated   []string                // paths whose feeds have gone, which is to be kept again
	looked    time.Time               // of the last update
	waiting   touches                 // paths of which the content waits for more of it
	published bool                    // there was a snapshot
	current   *Snapshot               // the newest that readers see
	clashes   bool                    // see [index.clashed]
	settings  map[string]store.Digest // by taxonomy, what feeds depend on beside the articles
}

func newIndex(o Options, m *memory) *index {
	x := &index{
		o: o, memory: m, shown: m.entries, turns: map[string]*article.Article{}, ids: newIDs(0), site: &list{},
		links: links{original: o.Parser.Original}, graves: newGraves(o), feeds: map[string]*history{}, before: map[string]*Entry{},
		stale: map[*list]bool{}, waiting: touches{}, settings: map[string]store.Digest{"": settings(o, "")},
	}
	m.lists = x.keys
	x.stale[x.site] = true
	for _, name := range o.Taxonomies {
		x.taxa = append(x.taxa, newTaxonomy(name, o.Minimum[name]))
		x.settings[name] = settings(o, name)
	}
	for path, f := range o.Kept.Feeds {
		x.feeds[path] = &history{kept: *f}
	}
	if o.Before != nil {
		for e := range o.Before.Entries() {
			x.before[e.Path] = e
		}
		x.o.Before = nil // it need not stay in memory
	}
	return x
}

// update brings the index to the state of the articles at the touched paths, and to the time now.
// It counts in r what that changes for the feeds.
func (x *index) update(now time.Time, touched touches, at func(path string) source, all iter.Seq2[string, *article.Article], r *Report) {
	touched, own := x.ownPaths(now, touched)
	paths := x.note(now, touched, at, all)
	paths = slices.DeleteFunc(paths, func(p string) bool { return x.lags(p, own[p], at, now) })
	stamp := now.UTC().Truncate(time.Second) // of what is noticed now: feeds tell no parts of seconds
	changed := edits{}
	var buried []*store.Article
	entries, left := x.entries(paths, touched, at, now, stamp)
	for i, p := range paths {
		was, is, s := x.shown[p], entries[i], at(p)
		switch {
		case is == nil && !touched[p]:
			continue // others see it, or see it no more
		case is == nil && s.broken && was == nil:
			continue // it may heal
		case is == nil && s.broken: // and nobody has its text any more
			r.Removed++
			x.memory.hide(p)
		case is == nil && was == nil:
			buried = append(buried, x.memory.bury(p, stamp))
			continue
		case was != nil && is != nil && was.digest == is.digest && was.touched == is.touched && was.placed == is.placed:
			continue
		case is == nil:
			r.Removed++
			buried = append(buried, x.memory.bury(p, stamp))
			x.memory.hide(p)
		case !touched[p]:
			r.Changed++
			x.shown[p] = is
		default:
			r.Changed++
			x.shown[p] = is
			x.raise(is.ID)
		}
		x.replace(was, is, changed, touched[p])
	}
	x.edit(changed)
	for _, a := range buried {
		x.bury(a, stamp)
	}
	for l := range x.listsWith(left) {
		l.removed = stamp
		x.spoil(l, true)
	}
	x.forget(stamp)
	x.before, x.looked = nil, now
}

// edit brings the lists up to date.
func (x *index) edit(changed edits) {
	lists := slices.Collect(maps.Keys(changed))
	parallel(len(lists), func(i int) { lists[i].apply(changed[lists[i]]) })
	for l, e := range changed {
		x.spoil(l, e.own)
	}
	for _, t := range x.taxa {
		for _, l := range t.settleNames(changed) {
			x.spoil(l, true)
		}
	}
}

// spoil notes that the selection of l must be made again, and whether this catalog's content is why.
func (x *index) spoil(l *list, own bool) {
	l.selection = nil
	x.stale[l] = x.stale[l] || own
}

// entries are what feeds show of the articles at these paths, nil for nothing, in the same order; left
// are the lists, by their ids, in which one of these is no more.
func (x *index) entries(paths []string, touched touches, at func(path string) source, now, stamp time.Time) (entries []*Entry, left []string) {
	ids := make([]string, len(paths))
	entries = make([]*Entry, len(paths))
	for i, p := range paths {
		if due(at(p).article, now) && !x.waiting[p] {
			ids[i] = x.ids.of(p)
		}
	}
	for i := 0; i < len(paths); i += portion { // so that what was known goes while entries come
		part := entries[i:min(i+portion, len(paths))]
		lefts := make([][]string, len(part))
		parallel(len(part), func(j int) {
			p, id := paths[i+j], ids[i+j]
			if id == "" {
				return
			}
			part[j] = x.entry(at(p), id, stamp)
			if touched[p] && x.memory.keeps() {
				lefts[j] = x.memory.left(part[j])
			}
		})
		for j, e := range part {
			if e == nil || !x.memory.keeps() {
				continue
			}
			x.ids.hold(e.Path, e.ID)
			if touched[e.Path] {
				x.memory.note(e, x.shown[e.Path])
				left = append(left, lefts[j]...)
			}
		}
	}
	return entries, left
}

// entry is what feeds show of an article under this id. It may be called from several goroutines.
func (x *index) entry(s source, id string, stamp time.Time) *Entry {
	published, updated, changed := x.memory.dates(s, stamp)
	e := newEntry(s, id, x.links.resolve(s.article), published, updated)
	e.resurfaces, e.changed = x.o.Resurface, momentOf(changed)
	p := s.article.Path
	e.touched, e.placed = x.memory.history(e, cmp.Or(x.shown[p], x.before[p]), stamp)
	return e
}

// note takes down what the articles at the touched paths claim, refer to and wait for, and adds to
// the paths those of other articles that this concerns. It returns them all, sorted.
func (x *index) note(now time.Time, touched touches, at func(path string) source, all iter.Seq2[string, *article.Article]) []string {
	paths := slices.Sorted(maps.Keys(touched))
	n := len(paths)
	for _, p := range paths[:n] {
		a := at(p).article
		concerned := x.links.set(p, a, all)
		delete(x.turns, p)
		if !nextTurn(a, now).IsZero() {
			x.turns[p] = a
		}
		switch {
		case due(a, now):
			concerned = append(concerned, x.ids.claim(x.memory.claim(a))...)
		case a == nil && !touched[p] && x.memory.elsewhere(p):
			concerned = append(concerned, x.ids.claim(x.memory.claimElsewhere(p))...)
		default:
			concerned = append(concerned, x.ids.withdraw(p)...)
		}
		for _, other := range concerned {
			if _, known := touched[other]; !known {
				paths = append(paths, other)
			}
			touched.add(other, touched[p])
		}
	}
	slices.Sort(paths)
	return paths
}

// replace notes in the edits that is comes where was has been; either may be nil.
func (x *index) replace(was, is *Entry, changed edits, own bool) {
	var room [16]membership
	if was != nil {
		for _, p := range x.listsOf(was, room[:0]) {
			e := changed.of(p.list)
			e.out, e.own = append(e.out, was), e.own || own
			p.spell(p.name, -1)
		}
	}
	if is != nil {
		for _, p := range x.listsOf(is, room[:0]) {
			e := changed.of(p.list)
			e.in, e.own = append(e.in, is), e.own || own
			p.spell(p.name, +1)
		}
	}
}

// membership is a list that an entry belongs to, and the name that the entry gives it.
type membership struct {
	*list
	name string
}

// listsOf appends the lists that e belongs to, each once, to none.
func (x *index) listsOf(e *Entry, lists []membership) []membership {
	lists = append(lists, membership{x.site, ""})
	for _, t := range x.taxa {
		for _, name := range x.names(t.name, e) {
			l := t.list(name)
			if i := slices.IndexFunc(lists, func(m membership) bool { return m.list == l }); i >= 0 {
				lists[i].name = name
				continue
			}
			lists = append(lists, membership{l, name})
		}
	}
	return lists
}

// keys are the ids of the lists that e belongs to, or would. It may be called from several goroutines.
func (x *index) keys(e *Entry) []string {
	keys := make([]string, 1, 16)
	keys[0] = x.site.id
	for _, t := range x.taxa {
		for _, name := range x.names(t.name, e) {
			keys = append(keys, t.id(name))
		}
	}
	slices.Sort(keys)
	return slices.Clone(slices.Compact(keys))
}

// next is when the passing of time changes something, or zero.
func (x *index) next(now time.Time) time.Time {
	next := x.graves.next()
	for _, a := range x.turns {
		next = sooner(next, nextTurn(a, now))
	}
	return next
}

// clashed reports whether there are clashes, or were at the last call.
func (x *index) clashed() bool {
	is := len(x.ids.losers)+len(x.ids.other) > 0
	for _, t := range x.taxa {
		is = is || len(t.clashes) > 0
	}
	was := x.clashes
	x.clashes = is
	return is || was
}

// problems tells the clashes of ids and of slugs, in no order.
func (x *index) problems() []article.Problem {
	ps := x.ids.problems()
	for _, t := range x.taxa {
		ps = append(ps, t.clashes...)
	}
	return ps
}
