package server

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"feedmill/feed"
)

// TestAudienceBounds: whoever asks, and however it calls itself, what is remembered has an end, and who
// reads most is among it.
func TestAudienceBounds(t *testing.T) {
	a := newAudience()
	site := func(f feed.Format) *readable { return &readable{feedKey{}, f} }
	for range 3 {
		a.note(site(feed.RSS), "Feedly/1.0 (42 subscribers)", http.StatusOK, 1000)
	}
	for i := range 10 * maxReaders {
		a.note(site(feed.RSS), fmt.Sprintf("Liar%d/1.0 (%d subscribers)", i, i+1), http.StatusNotModified, 0)
	}
	for i := range 2 * maxFeeds {
		a.note(&readable{feedKey{"tags", fmt.Sprint(i)}, feed.RSS}, "Feedly/1.0", http.StatusOK, 10)
	}
	if len(a.readers) > maxReaders || len(a.feeds) > maxFeeds || len(a.feeds[feedKey{}].claims) > maxClaims {
		t.Errorf("remembers %d readers, %d feeds, %d claims", len(a.readers), len(a.feeds), len(a.feeds[feedKey{}].claims))
	}
	feeds, readers := a.rows(10, time.Now(), func(k feedKey) string { return k.slug })
	if len(feeds) != 10 || len(readers) != 10 || readers[0].Name != "Feedly" {
		t.Errorf("shows %d feeds, %d readers, the first %v", len(feeds), len(readers), readers[:1])
	}
	if a.others.requests == 0 {
		t.Error("requests for the feeds beyond the bound are not counted")
	}
}

// TestClaims: of what a reader told only the last counts, for each format, and only for a while.
func TestClaims(t *testing.T) {
	a := newAudience()
	site := func(f feed.Format) *readable { return &readable{feedKey{}, f} }
	subscribers := func(now time.Time) int {
		feeds, _ := a.rows(1, now, func(feedKey) string { return "" })
		return feeds[0].Subscribers
	}
	a.note(site(feed.RSS), "Feedly/1.0 (40 subscribers)", http.StatusOK, 1)
	a.note(site(feed.RSS), "Feedly/1.0 (42 subscribers)", http.StatusOK, 1)
	a.note(site(feed.Atom), "Feedly/1.0 (2 subscribers)", http.StatusOK, 1)
	a.note(site(feed.RSS), "Feedbin feed-id:1 - 6 subscribers", http.StatusOK, 1)
	if n := subscribers(time.Now()); n != 50 {
		t.Errorf("have %d subscribers, want 50", n)
	}
	if n := subscribers(time.Now().Add(claimTime + time.Minute)); n != 0 {
		t.Errorf("a long time after have %d subscribers, want 0", n)
	}
}

func BenchmarkNote(b *testing.B) {
	a := newAudience()
	what := &readable{feedKey{"tags", "go"}, feed.RSS}
	b.ReportAllocs()
	for b.Loop() {
		a.note(what, "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 42 subscribers; like FeedFetcher-Google)", http.StatusNotModified, 0)
	}
}
