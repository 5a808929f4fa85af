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
	entries    roll           // newest first
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

// apply brings the entries up to date by an edit.
func (l *list) apply(e *edit) {
	slices.SortFunc(e.out, newestFirst)
	slices.SortFunc(e.in, newestFirst)
	l.entries = l.entries.edited(e.out, e.in)
}
