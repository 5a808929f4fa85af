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

// apply makes new entries of those there are and an edit.
func (l *list) apply(e *edit) {
	const few = 32
	if len(e.in)+len(e.out) <= few {
		l.entries = patched(l.entries, e)
	} else {
		l.entries = merged(l.entries, e)
	}
}

// patched applies a small edit to a long list. It gives the same as [merged].
func patched(entries []*Entry, e *edit) []*Entry {
	entries = append(make([]*Entry, 0, len(entries)+len(e.in)), entries...)
	for _, was := range e.out {
		if i, found := slices.BinarySearchFunc(entries, was, newestFirst); found {
			entries = slices.Delete(entries, i, i+1)
		}
	}
	for _, is := range e.in {
		i, _ := slices.BinarySearchFunc(entries, is, newestFirst)
		entries = slices.Insert(entries, i, is)
	}
	return entries
}

// merged applies any edit in one pass.
func merged(entries []*Entry, e *edit) []*Entry {
	out := make(map[*Entry]bool, len(e.out))
	for _, was := range e.out {
		out[was] = true
	}
	slices.SortFunc(e.in, newestFirst)
	all, in := make([]*Entry, 0, max(0, len(entries)+len(e.in)-len(e.out))), e.in
	for _, old := range entries {
		if out[old] {
			continue
		}
		for len(in) > 0 && newestFirst(in[0], old) < 0 {
			all, in = append(all, in[0]), in[1:]
		}
		all = append(all, old)
	}
	return append(all, in...)
}
