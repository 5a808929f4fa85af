//go:build linux

package postgres_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/hub"
	"feedmill/internal/pgserver"
)

// TestSites lets two sites keep their subscriptions in one database: neither has anything of the other.
func TestSites(t *testing.T) {
	all := open(t, pgserver.Get(t).Place(t))
	const mine, theirs = "https://blog.example/a/feed.xml", "https://blog.example/abc/feed.xml"
	for _, topic := range []string{mine, theirs} {
		if err := all.Subscribe(t.Context(), hub.Subscription{Topic: topic, Callback: callback}, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	site := all.Of("https://blog.example/a/")
	if err := all.Publish(t.Context(), map[string]hub.Version{theirs: {ETag: "1", Modified: time.Unix(1, 0)}}); err != nil {
		t.Fatal(err)
	}
	if at, err := site.Next(t.Context()); err != nil || !at.IsZero() {
		t.Errorf("Next = %v, %v; want never", at, err)
	}
	byTopic, byHost, err := site.Count(t.Context())
	if diff := cmp.Diff([]map[string]int{{mine: 1}, {"r.example": 1}}, []map[string]int{byTopic, byHost}); err != nil || diff != "" {
		t.Errorf("Count: %v (-want +have):\n%s", err, diff)
	}
	var listed []string
	for sub, err := range site.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		listed = append(listed, sub.Topic)
	}
	if diff := cmp.Diff([]string{mine}, listed); diff != "" {
		t.Errorf("All (-want +have):\n%s", diff)
	}

	if err := site.Publish(t.Context(), map[string]hub.Version{mine: {ETag: "1", Modified: time.Unix(1, 0)}}); err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		hub.Store
		want string
	}{{site, mine}, {all.Of("https://blog.example/abc/"), theirs}} {
		ds, err := s.Claim(t.Context(), 10, time.Minute, nil)
		if err != nil || len(ds) != 1 || ds[0].Topic != s.want {
			t.Errorf("Claim = %v, %v; want one of %s", ds, err, s.want)
		}
	}
}
