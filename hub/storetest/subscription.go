package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"feedmill/hub"
)

func subscribes(t *testing.T, k Kind) {
	s := open(t, k)
	const callback = "https://r.example/?k=1"
	if _, err := s.Find(t.Context(), topicA, callback); !errors.Is(err, hub.ErrNoSubscription) {
		t.Fatalf("Find in an empty store = %v, want ErrNoSubscription", err)
	}
	s.must(s.Subscribe(t.Context(), hub.Subscription{Topic: topicA, Callback: callback, Secret: "old", Has: "1"}, lease))
	s.must(s.Subscribe(t.Context(), hub.Subscription{Topic: topicA, Callback: callback, Secret: "new", Has: "2"}, lease))
	found := s.find(topicA, callback)
	if found.Secret != "new" || found.Has != "1" || found.Failures != 0 || !found.Due.IsZero() {
		t.Errorf("renewed: %+v, want the new secret, and what it had before", found)
	}
	if _, err := s.Find(t.Context(), topicB, callback); !errors.Is(err, hub.ErrNoSubscription) {
		t.Errorf("Find of another topic = %v, want ErrNoSubscription", err)
	}
	s.publish(topicA, 3)
	s.settle(failed(s.wantClaim(callback)[0], pause))
	s.wantClaim()
	s.subscribe(topicA, callback, etag(3)) // and so shows that it is there
	if d := s.wantClaim(callback)[0]; d.Has != "1" || d.Failures != 0 || !d.Due.IsZero() {
		t.Errorf("renewed after a failure: %+v, want it due at once", d.Subscription)
	}
	for range 2 { // the second time there is nothing left
		s.must(s.Unsubscribe(t.Context(), topicA, callback))
	}
	if _, err := s.Find(t.Context(), topicA, callback); !errors.Is(err, hub.ErrNoSubscription) {
		t.Errorf("Find after Unsubscribe = %v, want ErrNoSubscription", err)
	}
}

func leasesEnd(t *testing.T, k Kind) {
	s := open(t, k)
	s.must(s.Subscribe(t.Context(), hub.Subscription{Topic: topicA, Callback: "https://r.example/short"}, time.Hour))
	s.subscribe(topicA, "https://r.example/long", "")
	s.publish(topicA, 1)
	k.Pass(t, time.Hour-pause)
	s.find(topicA, "https://r.example/short")
	k.Pass(t, 2*pause)
	if _, err := s.Find(t.Context(), topicA, "https://r.example/short"); !errors.Is(err, hub.ErrNoSubscription) {
		t.Errorf("Find after the lease = %v, want ErrNoSubscription", err)
	}
	s.wantClaim("https://r.example/long")
	if subs := s.all(); len(subs) != 1 {
		t.Errorf("All yields %d, want the one whose lease has not ended", len(subs))
	}
	for _, want := range []int{1, 0} {
		n, err := s.Sweep(t.Context())
		s.must(err)
		if n != want {
			t.Errorf("Sweep = %d, want %d", n, want)
		}
	}
	s.find(topicA, "https://r.example/long")
}

func lists(t *testing.T, k Kind) {
	s := open(t, k)
	callbacks := []string{"https://x.example/1", "https://x.example/B", "https://x.example/a", "https://y.example/1"}
	for _, c := range slices.Backward(callbacks) {
		s.subscribe(topicB, c, "")
	}
	s.subscribe(topicA, callbacks[3], "")
	var have []string
	for _, sub := range s.all() {
		have = append(have, sub.Topic+" "+sub.Callback)
	}
	want := []string{topicA + " " + callbacks[3]}
	for _, c := range callbacks {
		want = append(want, topicB+" "+c)
	}
	same(t, have, want)

	byTopic, byHost, err := s.Count(t.Context())
	s.must(err)
	same(t, byTopic, map[string]int{topicA: 1, topicB: 4})
	same(t, byHost, map[string]int{"x.example": 3, "y.example": 2})
}

// restores takes a store's content to an empty place, twice.
func restores(t *testing.T, k Kind) {
	s := open(t, k)
	s.must(s.Subscribe(t.Context(), hub.Subscription{Topic: topicA, Callback: "https://x.example/", Secret: "s"}, lease))
	s.must(s.Subscribe(t.Context(), hub.Subscription{Topic: topicA, Callback: "https://y.example/", Has: etag(1)}, time.Hour))
	s.publish(topicA, 1)
	for _, d := range s.wantClaim("https://x.example/") {
		s.settle(failed(d, pause))
	}
	kept := s.all()
	if len(kept) != 2 || kept[0].Failures != 1 || kept[0].Due.IsZero() || kept[0].Secret != "s" || kept[1].Has != etag(1) {
		t.Fatalf("have %+v", kept)
	}
	for _, sub := range kept {
		s.must(s.Unsubscribe(t.Context(), sub.Topic, sub.Callback))
	}
	s.subscribe(topicA, "https://y.example/", "something else") // is replaced
	for range 2 {
		s.must(s.Restore(t.Context(), slices.Values(kept)))
		same(t, s.all(), kept)
	}
	s.wantClaim()
	k.Pass(t, 2*pause)
	s.wantClaim("https://x.example/")
}

// lasts closes the store and opens it again.
func lasts(t *testing.T, k Kind) {
	if k.Forgets {
		t.Skip("keeps nothing over an end")
	}
	s := open(t, k)
	for _, c := range []string{"https://x.example/", "https://y.example/", "https://z.example/"} {
		s.must(s.Subscribe(t.Context(), hub.Subscription{Topic: topicA, Callback: c, Secret: "s"}, lease))
	}
	s.publish(topicA, 2)
	ds := s.wantClaim("https://x.example/", "https://y.example/", "https://z.example/")
	for _, d := range ds {
		switch d.Callback {
		case "https://x.example/":
			s.settle(received(d))
		case "https://y.example/":
			s.settle(failed(d, pause))
		}
	}
	kept := s.all()
	s.must(s.Close())

	s = open(t, k)
	same(t, s.all(), kept)
	k.Pass(t, 2*pause) // more than any claim lasts
	s.publish(topicA, 1)
	for _, d := range s.wantClaim("https://y.example/", "https://z.example/") {
		if d.Newest.ETag != etag(2) {
			t.Errorf("newest is %s, want that which was published before", d.Newest.ETag)
		}
	}
}
