package catalog

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"feedmill/article"
	"feedmill/internal/record"
)

// Entry is an article as it stands in the feeds: with the id and the dates that all of them use.
// It is immutable.
type Entry struct {
	*article.Article
	ID        string            // absolute URI, unique within the snapshot
	Published time.Time         // never zero
	Updated   time.Time         // never before Published
	Links     map[string]string // URLs of the articles that those of Refs mean which mean any

	traits  *traits // of its text
	changed moment  // when its content was last seen to change; zero time: never
	touched moment  // when what feeds show of it became what it is, as far as is known
	placed  moment  // when it came to its place among the others, as far as is known

	digest     digest // of all that a feed shows of the entry
	mark       uint32 // hash of the ID: see [Selection.Page]
	resurfaces bool   // see [Entry.Position]
}

// Position is what feeds order the entry by: Published, or Updated where articles resurface.
func (e *Entry) Position() time.Time {
	if e.resurfaces {
		return e.Updated
	}
	return e.Published
}

// moment is a time in seconds since 1970. What is noticed has no parts of seconds, since feeds tell
// none.
type moment int64

func momentOf(t time.Time) moment { return moment(t.Unix()) }
func (m moment) time() time.Time  { return time.Unix(int64(m), 0).UTC() } // also of the zero time

type digest = [sha256.Size]byte

// undated stands in for the publication of an article that tells none. It is fixed, since the
// same content must give the same feeds everywhere, and old, so that such articles come last.
var undated = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Undated says what stands in for the date of an article that tells none, for [article.Options]; keeps
// tells whether [Options] will have a Keep.
func Undated(keeps bool) string {
	day := undated.Format(time.DateOnly)
	if keeps {
		return "the day on which it was first seen stands in for it; " + day + " where it was there from the start"
	}
	return day + " stands in for it, so that the article comes last"
}

// newEntry makes the entry of an article that has this id and leads to these links.
func newEntry(s source, id string, links map[string]string, published, updated time.Time) *Entry {
	e := &Entry{Article: s.article, ID: id, Published: published, Updated: updated, Links: links, traits: s.traits, mark: hash([]byte(id))}
	e.digest = record.Sum(func(w *record.Writer) {
		e.Write(w)
		w.Text(id)
		w.Time(published)
		w.Time(updated)
		for _, ref := range s.article.Refs { // the keys of links, in their order
			w.Text(links[ref])
		}
	})
	return e
}

// Digest is a digest of all that a feed shows of the entry: equal digests, equal bytes.
func (e *Entry) Digest() [sha256.Size]byte { return e.digest }

// short is a digest of the entry that will do among those of one feed.
func (e *Entry) short() uint64 { return binary.BigEndian.Uint64(e.digest[:]) }

// newestFirst orders entries as feeds show them.
func newestFirst(a, b *Entry) int {
	if by := b.Position().Compare(a.Position()); by != 0 {
		return by // as nearly always: the ids, which lie elsewhere in memory, need not be looked at
	}
	return cmp.Compare(a.ID, b.ID)
}

// due reports whether feeds show a at the time now.
func due(a *article.Article, now time.Time) bool {
	return a != nil && !a.Hidden && !a.Published.After(now) && (a.Expires.IsZero() || a.Expires.After(now))
}

// nextTurn is the first moment after now at which time alone changes what feeds show of a, or zero.
func nextTurn(a *article.Article, now time.Time) time.Time {
	var next time.Time
	if a == nil || a.Hidden {
		return next
	}
	for _, t := range []time.Time{a.Published, a.Updated, a.Expires} {
		if t.After(now) {
			next = sooner(next, t)
		}
	}
	return next
}

// sooner is the earlier of two times; zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
