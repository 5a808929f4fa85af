// Package storetest says what a [hub.Store] must do, to whoever makes one. The same tests run on
// every kind.
package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"feedmill/hub"
)

// Kind is one way of keeping subscriptions, at one place.
type Kind struct {
	// Open opens the place, which is empty at first. The tests close each store before they open
	// the place again.
	Open func(t testing.TB) hub.Store
	// Forgets is true where a place is empty again after Close.
	Forgets bool
	// Pass makes the store's clock, or all that is kept, later by d.
	Pass func(t testing.TB, d time.Duration)
}

// Run tests stores of a kind. It calls place once for each test, for a place of its own.
func Run(t *testing.T, place func(t *testing.T) Kind) {
	tests := []struct {
		name string
		test func(*testing.T, Kind)
	}{
		{"subscribes", subscribes},
		{"leases end", leasesEnd},
		{"newest wins", newestWins},
		{"claims", claims},
		{"claims run out", claimsRunOut},
		{"outcomes", outcomes},
		{"late outcomes", lateOutcomes},
		{"waits longest first", waitsLongestFirst},
		{"next", next},
		{"lists", lists},
		{"restores", restores},
		{"lasts", lasts},
		{"many at once", manyAtOnce},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, place(t)) })
	}
	for seed := range uint64(4) {
		t.Run(fmt.Sprintf("model %d", seed), func(t *testing.T) { model(t, place(t), seed) })
	}
}

// Times that the tests ask for. No test takes as long as the shortest.
const (
	lease = 10 * 24 * time.Hour
	hold  = time.Minute
	pause = 10 * time.Minute
)

const topicA, topicB = "https://blog.example/a.xml", "https://blog.example/b.xml"

// store is a hub.Store of which no error is expected.
type store struct {
	hub.Store
	t testing.TB
}

func open(t testing.TB, k Kind) store {
	t.Helper()
	s := store{k.Open(t), t}
	t.Cleanup(func() { s.Close() })
	return s
}

func (s store) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s store) subscribe(topic, callback, has string) {
	s.t.Helper()
	s.must(s.Subscribe(s.t.Context(), hub.Subscription{Topic: topic, Callback: callback, Has: has}, lease))
}

// publish makes version n the newest that is told of. Versions are so close that a store that
// rounds their times confuses them.
func (s store) publish(topic string, n int) {
	s.t.Helper()
	s.must(s.Publish(s.t.Context(), map[string]hub.Version{topic: version(n)}))
}

func version(n int) hub.Version {
	return hub.Version{ETag: etag(n), Modified: time.Date(2026, 11, 25, 12, 0, 0, n, time.UTC)}
}

// etag makes tags that do not sort as their versions do.
func etag(n int) string { return fmt.Sprintf("%d-%d", 9-n%10, n) }

func (s store) claim(n int, except ...string) []hub.Delivery {
	s.t.Helper()
	ds, err := s.Claim(s.t.Context(), n, hold, except)
	s.must(err)
	return ds
}

func (s store) settle(done ...hub.Outcome) {
	s.t.Helper()
	s.must(s.Settle(s.t.Context(), done))
}

func received(d hub.Delivery) hub.Outcome {
	return hub.Outcome{Delivery: d, Has: d.Newest.ETag, Tried: true}
}

func failed(d hub.Delivery, again time.Duration) hub.Outcome {
	return hub.Outcome{Delivery: d, Tried: true, Again: again}
}

func (s store) find(topic, callback string) hub.Subscription {
	s.t.Helper()
	sub, err := s.Find(s.t.Context(), topic, callback)
	s.must(err)
	return sub
}

func (s store) all() []hub.Subscription {
	s.t.Helper()
	var subs []hub.Subscription
	for sub, err := range s.All(s.t.Context()) {
		s.must(err)
		subs = append(subs, sub)
	}
	return subs
}

// wantClaim claims all that there is and compares it, in any order, with callbacks.
func (s store) wantClaim(callbacks ...string) []hub.Delivery {
	s.t.Helper()
	ds := s.claim(100)
	s.want(callbacksOf(ds), callbacks...)
	return ds
}

func (s store) want(have []string, want ...string) {
	s.t.Helper()
	if diff := cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(have)), cmpopts.EquateEmpty()); diff != "" {
		s.t.Fatalf("-want +have:\n%s", diff)
	}
}

func callbacksOf(ds []hub.Delivery) []string {
	var names []string
	for _, d := range ds {
		names = append(names, d.Callback)
	}
	return names
}

// same compares subscriptions, whose times a store may round.
func same(t testing.TB, have, want any) {
	t.Helper()
	if diff := cmp.Diff(want, have, cmpopts.EquateApproxTime(time.Second), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("-want +have:\n%s", diff)
	}
}
