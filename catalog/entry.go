package catalog

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"time"

	"feedmill/article"
)

// Entry is an article as it stands in the feeds: with the id and the dates that all of them use.
// It is immutable.
type Entry struct {
	*article.Article
	ID        string            // absolute URI, unique within the snapshot
	Published time.Time         // never zero
	Updated   time.Time         // never before Published
	Links     map[string]string // URLs of the articles that those of Refs mean which mean any
	File      []byte            `json:"-"` // the bytes it was parsed from, for [article.Parser.Render]; not to be changed

	digest digest // of all that a feed shows of the entry
}

type digest = [sha256.Size]byte

// undated stands in for the publication of an article that tells none. It is fixed, since the
// same content must give the same feeds everywhere, and old, so that such articles come last.
var undated = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func newEntry(s source, id string, links map[string]string, now time.Time) *Entry {
	a := s.article
	e := &Entry{Article: a, ID: id, Published: a.Published, Updated: a.Updated, Links: links, File: s.bytes}
	if e.Published.IsZero() {
		e.Published = undated
	}
	if e.Updated.Before(e.Published) || e.Updated.After(now) {
		e.Updated = e.Published
	}
	facts, err := json.Marshal(e)
	if err != nil {
		panic(err) // can't be: strings, numbers and times of four-digit years
	}
	e.digest = sha256.Sum256(facts)
	return e
}

// Digest is a digest of all that a feed shows of the entry: equal digests, equal bytes.
func (e *Entry) Digest() [sha256.Size]byte { return e.digest }

// newestFirst orders entries as feeds show them.
func newestFirst(a, b *Entry) int {
	return cmp.Or(b.Published.Compare(a.Published), cmp.Compare(a.ID, b.ID))
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
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next
}
