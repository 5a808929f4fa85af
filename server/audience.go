package server

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"feedmill/feed"
	"feedmill/page"
)

// audience counts who reads which feed, since the start. How much it remembers is bounded, whatever
// readers call themselves.
type audience struct {
	mu      sync.Mutex
	total   uint64 // requests
	feeds   map[feedKey]*tally
	others  tally // of feeds beyond maxFeeds
	readers map[string]*tally
}

const (
	maxFeeds   = 5000
	maxReaders = 200
	maxClaims  = 20 // readers of one feed that tell of subscribers

	// claimTime is how long what a reader told of its subscribers is believed.
	claimTime = 7 * 24 * time.Hour
)

type feedKey struct{ taxonomy, slug string }

// readable is a feed in one format.
type readable struct {
	feedKey
	format feed.Format
}

// tally is what was asked for by somebody, or of something.
type tally struct {
	number                uint64 // of the request that was the first
	requests, notModified uint64
	bytes                 uint64
	claims                map[claimKey]claim // of a feed
}

// claimKey tells claims apart: a service fetches each format for the subscribers of that one.
type claimKey struct {
	reader string
	format feed.Format
}

type claim struct {
	subscribers int
	at          time.Time
}

func newAudience() *audience {
	return &audience{feeds: map[feedKey]*tally{}, readers: map[string]*tally{}}
}

func (t *tally) count(status, bytes int) {
	t.requests++
	t.bytes += uint64(bytes)
	if status == http.StatusNotModified {
		t.notModified++
	}
}

// note counts an answer to a request; what is nil is no feed.
func (a *audience) note(what *readable, userAgent string, status, bytes int) {
	if what == nil {
		return
	}
	reader, subscribers := agent(userAgent)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.total++
	t := a.feed(what.feedKey)
	t.count(status, bytes)
	if subscribers > 0 {
		t.claim(claimKey{reader, what.format}, claim{subscribers, time.Now()})
	}
	a.reader(reader).count(status, bytes)
}

func (a *audience) feed(key feedKey) *tally {
	t := a.feeds[key]
	switch {
	case t != nil:
	case len(a.feeds) >= maxFeeds:
		t = &a.others
	default:
		t = &tally{number: a.total}
		a.feeds[key] = t
	}
	return t
}

// reader returns the tally of a reader. A new one takes the place of the rarest when there is no room.
func (a *audience) reader(name string) *tally {
	if t := a.readers[name]; t != nil {
		return t
	}
	if len(a.readers) >= maxReaders {
		rarest, least := "", ^uint64(0)
		for name, t := range a.readers {
			if t.requests < least {
				rarest, least = name, t.requests
			}
		}
		delete(a.readers, rarest)
	}
	t := &tally{number: a.total}
	a.readers[strings.Clone(name)] = t // which is a part of a header that may be long
	return t
}

// claim notes what a reader told. The oldest makes room.
func (t *tally) claim(key claimKey, c claim) {
	if _, known := t.claims[key]; !known {
		key.reader = strings.Clone(key.reader)
		if len(t.claims) >= maxClaims {
			var oldest claimKey
			for k, c := range t.claims {
				if oldest == (claimKey{}) || c.at.Before(t.claims[oldest].at) {
					oldest = k
				}
			}
			delete(t.claims, oldest)
		}
	}
	if t.claims == nil {
		t.claims = map[claimKey]claim{}
	}
	t.claims[key] = c
}

// requests is how many have been counted.
func (a *audience) requests() uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.total
}

// rows are the feeds and the readers with the most requests, at most so many of each.
func (a *audience) rows(most int, now time.Time, nameOf func(feedKey) string) (feeds, readers []page.Audience) {
	a.mu.Lock()
	told := map[string]int{} // subscribers by reader
	var keys []feedKey
	for _, key := range mostAsked(a.feeds, len(a.feeds)) {
		subscribers := 0
		for k, c := range a.feeds[key].claims {
			if now.Sub(c.at) < claimTime {
				subscribers += c.subscribers
				told[k.reader] += c.subscribers
			}
		}
		if len(feeds) < most {
			keys, feeds = append(keys, key), append(feeds, a.feeds[key].row("", subscribers))
		}
	}
	for _, name := range mostAsked(a.readers, most) {
		readers = append(readers, a.readers[name].row(name, told[name]))
	}
	a.mu.Unlock()
	for i, key := range keys { // with nobody waiting
		feeds[i].Name = nameOf(key)
	}
	return feeds, readers
}

// mostAsked are the keys of the tallies with the most requests, of equals the first to ask first.
func mostAsked[K comparable](tallies map[K]*tally, most int) []K {
	keys := slices.SortedFunc(maps.Keys(tallies), func(x, y K) int {
		return cmp.Or(cmp.Compare(tallies[y].requests, tallies[x].requests), cmp.Compare(tallies[x].number, tallies[y].number))
	})
	return keys[:min(most, len(keys))]
}

func (t *tally) row(name string, subscribers int) page.Audience {
	return page.Audience{
		Name: name, Requests: int(t.requests), NotModified: int(t.notModified), Bytes: t.bytes, Subscribers: subscribers,
	}
}
