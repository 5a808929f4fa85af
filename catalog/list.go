package catalog

import (
	"slices"
	"time"
)

// list is the entries of the site or of one term.
type list struct {
	taxonomy   *taxonomy      // nil: it is that of the site
	id         string         // tells it from others for ever: "", or taxonomy and key
	name, slug string         // of the term; "" for the site
	key, base  string         // the folded name, and the slug that it comes down to
	spellings  map[string]int // how often each spelling of the name occurs
	entries    []*Entry       // newest first; a new slice after every change
	removed    time.Time      // when an entry left it other than by age; zero: not in this run
	selection  *Selection     // of the entries, without its date until it is published; nil: to be made
	path       string         // of the feeds that the last snapshot has of it; "": it has none
}

// edit collects what goes out of a list and what comes in.
type edit struct {
	out, in []*Entry
	own     bool // it follows from this catalog's content, not from what others have kept
}

// edits are those of one update.
type edits map[*list]*edit

func (es edits) of(l *list) *edit {
	e := es[l]
	if e == nil {
		e = &edit{}
		es[l] = e
	}
	return e
}

func (l *list) spell(name string, by int) {
	if l.spellings == nil {
		return // the site has no name
	}
	if l.spellings[name] += by; l.spellings[name] == 0 {
		delete(l.spellings, name)
	}
}

// apply makes new entries of those there are and an edit: what stays between two changes is copied as a whole.
// Of many changes the next is near, so its place is looked for from the last one on, twice as far each time.
func (l *list) apply(e *edit) {
	slices.SortFunc(e.out, newestFirst)
	slices.SortFunc(e.in, newestFirst)
	rest, in := l.entries, e.in
	all := make([]*Entry, 0, max(0, len(rest)+len(in)-len(e.out)))
	before := func(x *Entry) (found bool) {
		far := 1
		for far < len(rest) && newestFirst(rest[far], x) < 0 {
			far *= 2
		}
		i, found := slices.BinarySearchFunc(rest[:min(far+1, len(rest))], x, newestFirst)
		all, rest = append(all, rest[:i]...), rest[i:]
		return found
	}
	for _, was := range e.out {
		for len(in) > 0 && newestFirst(in[0], was) < 0 {
			before(in[0])
			all, in = append(all, in[0]), in[1:]
		}
		if before(was) {
			rest = rest[1:]
		}
	}
	for _, is := range in {
		before(is)
		all = append(all, is)
	}
	l.entries = append(all, rest...)
}
