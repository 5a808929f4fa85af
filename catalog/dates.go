package catalog

import (
	"time"

	"feedmill/store"
)

// dates gives when the article of s was published and when it was updated: as its author says, else
// as was seen; and when its content was last seen to change, if ever.
func (m *memory) dates(s source, now time.Time) (published, updated, changed time.Time) {
	a := s.article
	published, updated = a.Published, a.Updated
	known := m.facts(a.Path)
	if known != nil {
		changed = known.Updated
		if known.Content != s.traits.content {
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
func (m *memory) history(e, was *Entry, now time.Time) (touched, placed moment) {
	known := m.facts(e.Path)
	if m.shared {
		was = nil // what is known is agreed on; what was derived from it may not have been
	}
	if known == nil && was == nil && !m.begun {
		return momentOf(e.Updated), momentOf(e.Updated)
	}
	touched, placed = momentOf(now), momentOf(now)
	if known != nil && known.Shown == store.Digest(e.digest[:]) {
		touched = momentOf(known.Touched)
	}
	if was != nil && was.digest == e.digest {
		touched = was.touched
	}
	switch {
	case was != nil && was.ID == e.ID && was.Position().Equal(e.Position()):
		placed = was.placed
	case known != nil && known.ID == e.ID && known.Position.Equal(e.Position()):
		placed = momentOf(known.Placed)
	}
	return touched, placed
}
