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

	shown map[string]*Entry           // by path
	turns map[string]*article.Article // those that a time to come will show, change or hide
	ids   ids
	links links
	site  *list
	taxa  []*taxonomy

	graves graves
	feeds  map[string]*history // of all feeds that are or were, by path
	before map[string]*Entry   // by path, those of Options.Before; nil after the first update
}

// list is the entries of the site or of one term.
type list struct {
	id         string         // tells it from others for ever: "", or taxonomy and key
	name, slug string         // of the term; "" for the site
	key, base  string         // the folded name, and the slug that it comes down to
	spellings  map[string]int // how often each spelling of the name occurs
	entries    []*Entry       // newest first; a new slice after every change
	removed    time.Time      // when an entry left it other than by age; zero: not in this run
	selection  *Selection     // of the entries, without its date until it is published; nil: to be made
}

func newIndex(o Options, m *memory) *index {
	x := &index{
		o: o, memory: m, shown: map[string]*Entry{}, turns: map[string]*article.Article{}, ids: newIDs(), site: &list{},
		graves: newGraves(o), feeds: map[string]*history{}, before: map[string]*Entry{},
	}
	for _, name := range o.Taxonomies {
		x.taxa = append(x.taxa, &taxonomy{name: name, minimum: o.Minimum[name], lists: map[string]*list{}})
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

// edit collects what goes out of a list and what comes in.
type edit struct {
	out map[*Entry]bool
	in  []*Entry
}

// edits are those of one update.
type edits map[*list]*edit

func (es edits) of(l *list) *edit {
	if es[l] == nil {
		es[l] = &edit{out: map[*Entry]bool{}}
	}
	return es[l]
}

// update brings the index to the state of the articles at the touched paths, and to the time now.
// It counts in r what that changes for the feeds.
func (x *index) update(now time.Time, touched map[string]bool, at func(path string) source, all iter.Seq2[string, *article.Article], r *Report) {
	x.note(now, touched, at, all)
	stamp := now.UTC().Truncate(time.Second) // of what is noticed now: feeds tell no parts of seconds
	changed := edits{}
	var buried []*store.Article
	var left []string // ids of lists
	for _, p := range slices.Sorted(maps.Keys(touched)) {
		was, s := x.shown[p], at(p)
		known := x.memory.articles[p]
		is := x.entry(p, s, was, now, stamp)
		switch {
		case is == nil && s.broken && was == nil:
			continue // it may heal
		case is == nil && s.broken: // and nobody has its text any more
			r.Removed++
			delete(x.shown, p)
		case is == nil && was == nil:
			buried = append(buried, x.memory.bury(p, stamp))
			continue
		case was != nil && is != nil && was.digest == is.digest:
			continue
		case is == nil:
			r.Removed++
			delete(x.shown, p)
			buried = append(buried, x.memory.bury(p, stamp))
		default:
			r.Changed++
			x.shown[p] = is
			x.raise(is.ID)
			left = append(left, x.memory.left(p, known)...)
		}
		x.replace(was, is, changed)
	}
	for l, e := range changed {
		l.apply(e)
	}
	if len(changed) > 0 {
		for _, t := range x.taxa {
			t.settleNames()
		}
	}
	for _, a := range buried {
		x.bury(a, stamp)
	}
	for l := range x.listsWith(left) {
		l.removed, l.selection = stamp, nil
	}
	x.forget(stamp)
	x.before = nil
}

// entry is what feeds show of the article at path p, or nil.
func (x *index) entry(p string, s source, was *Entry, now, stamp time.Time) *Entry {
	if !due(s.article, now) {
		return nil
	}
	published, updated, changed := x.memory.dates(s, stamp)
	e := newEntry(s, x.ids.of(p), x.links.resolve(s.article), published, updated)
	e.Position = e.Published
	if x.o.Resurface {
		e.Position = e.Updated
	}
	e.touched, e.placed = x.memory.history(e, cmp.Or(was, x.before[p]), stamp)
	if x.memory.keeps() {
		x.ids.hold(p, e.ID)
		x.memory.note(e, s, changed, x.keys(e))
	}
	return e
}

// note takes down what the articles at the touched paths claim, refer to and wait for, and adds to
// the paths those of other articles that this concerns.
func (x *index) note(now time.Time, touched map[string]bool, at func(path string) source, all iter.Seq2[string, *article.Article]) {
	for p := range x.turns {
		touched[p] = true
	}
	for _, p := range slices.Sorted(maps.Keys(touched)) {
		a := at(p).article
		concerned := x.links.set(p, a, all)
		x.turns[p] = a
		if nextTurn(a, now).IsZero() {
			delete(x.turns, p)
		}
		if due(a, now) {
			concerned = append(concerned, x.ids.claim(x.memory.claim(a))...)
		} else {
			concerned = append(concerned, x.ids.withdraw(p)...)
		}
		for _, other := range concerned {
			touched[other] = true
		}
	}
}

// replace notes in the edits that is comes where was has been; either may be nil.
func (x *index) replace(was, is *Entry, changed edits) {
	stays := map[*list]string{}
	if is != nil {
		stays = x.listsOf(is)
	}
	if was != nil {
		for l, name := range x.listsOf(was) {
			changed.of(l).out[was] = true
			l.spell(name, -1)
		}
	}
	for l, name := range stays {
		e := changed.of(l)
		e.in = append(e.in, is)
		l.spell(name, +1)
	}
}

// listsOf yields the lists that e belongs to, each with the name that e gives it.
func (x *index) listsOf(e *Entry) map[*list]string {
	lists := map[*list]string{x.site: ""}
	for _, t := range x.taxa {
		for _, name := range x.names(t.name, e) {
			lists[t.list(name)] = name
		}
	}
	return lists
}

// keys are the ids of the lists that e belongs to.
func (x *index) keys(e *Entry) []string {
	var keys []string
	for l := range x.listsOf(e) {
		keys = append(keys, l.id)
	}
	slices.Sort(keys)
	return keys
}

func (l *list) spell(name string, by int) {
	if l.spellings == nil {
		return // the site has no name
	}
	if l.spellings[name] += by; l.spellings[name] == 0 {
		delete(l.spellings, name)
	}
}

func (l *list) apply(e *edit) {
	slices.SortFunc(e.in, newestFirst)
	merged := make([]*Entry, 0, max(0, len(l.entries)+len(e.in)-len(e.out)))
	in := e.in
	for _, old := range l.entries {
		if e.out[old] {
			continue
		}
		for len(in) > 0 && newestFirst(in[0], old) < 0 {
			merged, in = append(merged, in[0]), in[1:]
		}
		merged = append(merged, old)
	}
	l.entries = append(merged, in...)
	l.selection = nil
}

// next is when the passing of time changes something, or zero.
func (x *index) next(now time.Time) time.Time {
	next := x.graves.next()
	for _, a := range x.turns {
		if t := nextTurn(a, now); !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next
}

func byKey(a, b *list) int { return cmp.Compare(a.key, b.key) }

// problems tells the clashes of ids and of slugs, in no order.
func (x *index) problems() []article.Problem {
	ps := x.ids.problems()
	for _, t := range x.taxa {
		ps = append(ps, t.clashes...)
	}
	return ps
}
