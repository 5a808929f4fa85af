package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"feedmill/hub"
)

func newestWins(t *testing.T, k Kind) {
	s := open(t, k)
	s.subscribe(topicA, "https://x.example/", "")
	s.subscribe(topicA, "https://y.example/", etag(2))
	s.wantClaim() // nothing has been published
	s.publish(topicA, 2)
	s.publish(topicA, 1)
	ds := s.wantClaim("https://x.example/") // the other has it
	if d := ds[0]; d.Newest.ETag != etag(2) || !d.Newest.Modified.Equal(version(2).Modified) || d.Topic != topicA {
		t.Errorf("newest is %+v, want %+v", d.Newest, version(2))
	}
	s.settle(received(ds[0]))

	// Of two at once it is the greater ETag.
	at := version(3).Modified
	for _, etag := range []string{"m", "z", "B"} {
		s.must(s.Publish(t.Context(), map[string]hub.Version{topicA: {ETag: etag, Modified: at}}))
	}
	for _, d := range s.wantClaim("https://x.example/", "https://y.example/") {
		if d.Newest.ETag != "z" {
			t.Errorf("newest is %s, want z", d.Newest.ETag)
		}
		s.settle(received(d))
	}

	// Content that comes back is new to none who have it.
	s.must(s.Publish(t.Context(), map[string]hub.Version{topicA: {ETag: "other", Modified: at.Add(1)}}))
	s.must(s.Publish(t.Context(), map[string]hub.Version{topicA: {ETag: "z", Modified: at.Add(2)}}))
	s.wantClaim()
}

func claims(t *testing.T, k Kind) {
	s := open(t, k)
	for i := range 5 {
		s.subscribe(topicA, fmt.Sprintf("https://h%d.example/", i), "")
	}
	s.subscribe(topicB, "https://h0.example/", "")
	s.publish(topicA, 1)
	if ds := s.claim(0); len(ds) != 0 {
		t.Errorf("Claim(0) gives %d", len(ds))
	}
	first := s.claim(2, "h0.example", "h4.example")
	if len(first) != 2 {
		t.Fatalf("Claim(2) gives %v", callbacksOf(first))
	}
	second := s.claim(100, "h0.example", "h4.example")
	s.want(callbacksOf(append(first, second...)), "https://h1.example/", "https://h2.example/", "https://h3.example/")
	s.wantClaim("https://h0.example/", "https://h4.example/")
	s.publish(topicA, 2) // changes nothing for who is being served
	s.wantClaim()
	s.settle(received(first[0])) // of 1
	again := s.wantClaim(first[0].Callback)
	if d := again[0]; d.Newest.ETag != etag(2) || d.Has != etag(1) {
		t.Errorf("has %s, newest %s; want %s and %s", d.Has, d.Newest.ETag, etag(1), etag(2))
	}
}

func claimsRunOut(t *testing.T, k Kind) {
	s := open(t, k)
	s.subscribe(topicA, "https://x.example/", "")
	s.publish(topicA, 1)
	lost := s.wantClaim("https://x.example/")[0]
	k.Pass(t, hold/2)
	s.wantClaim()
	k.Pass(t, hold)
	found := s.wantClaim("https://x.example/")[0]
	if found.Claim == lost.Claim {
		t.Errorf("both claims are %d", lost.Claim)
	}
	s.settle(received(found))
	k.Pass(t, 2*hold)
	s.wantClaim()
}

func outcomes(t *testing.T, k Kind) {
	s := open(t, k)
	for _, h := range []string{"received", "failed", "spared", "gone"} {
		s.subscribe(topicA, "https://"+h+".example/", "")
	}
	s.publish(topicA, 1)
	var done []hub.Outcome
	for _, d := range s.claim(100) {
		switch d.Callback {
		case "https://received.example/":
			done = append(done, received(d))
		case "https://failed.example/":
			done = append(done, failed(d, pause))
		case "https://spared.example/":
			done = append(done, hub.Outcome{Delivery: d, Again: pause})
		case "https://gone.example/":
			done = append(done, hub.Outcome{Delivery: d, Tried: true, Gone: true})
		}
	}
	s.settle(done...)
	s.wantClaim()
	if subs := s.all(); len(subs) != 3 {
		t.Errorf("%d are left, want all but the one that is gone", len(subs))
	}
	if sub := s.find(topicA, "https://failed.example/"); sub.Failures != 1 || sub.Due.IsZero() || sub.Has != "" {
		t.Errorf("failed: %+v", sub)
	}
	if sub := s.find(topicA, "https://spared.example/"); sub.Failures != 0 || sub.Due.IsZero() {
		t.Errorf("not tried: %+v", sub)
	}
	s.publish(topicA, 2) // does not make them due
	s.settle(received(s.wantClaim("https://received.example/")[0]))
	k.Pass(t, 2*pause)
	for _, d := range s.wantClaim("https://failed.example/", "https://spared.example/") {
		s.settle(received(d))
	}
	if sub := s.find(topicA, "https://failed.example/"); sub.Failures != 0 || !sub.Due.IsZero() || sub.Has != etag(2) {
		t.Errorf("received after a failure: %+v", sub)
	}
	s.wantClaim()
}

// lateOutcomes settles claims that somebody else has by now.
func lateOutcomes(t *testing.T, k Kind) {
	s := open(t, k)
	for _, h := range []string{"received", "failed", "overtaken"} {
		s.subscribe(topicA, "https://"+h+".example/", "")
	}
	s.publish(topicA, 1)
	late := s.claim(100)
	k.Pass(t, 2*hold)
	s.publish(topicA, 2)
	for _, d := range s.wantClaim("https://received.example/", "https://failed.example/", "https://overtaken.example/") {
		if d.Callback == "https://overtaken.example/" {
			s.settle(received(d))
		}
	}
	for _, d := range late {
		if d.Callback == "https://failed.example/" {
			s.settle(failed(d, pause))
		} else {
			s.settle(received(d))
		}
	}
	if sub := s.find(topicA, "https://received.example/"); sub.Has != etag(1) {
		t.Errorf("received late: %+v, want it to count", sub)
	}
	if sub := s.find(topicA, "https://failed.example/"); sub.Failures != 0 {
		t.Errorf("failed late: %+v, want it not to count", sub)
	}
	if sub := s.find(topicA, "https://overtaken.example/"); sub.Has != etag(2) {
		t.Errorf("received late, after a newer one: %+v, want the newer one to stay", sub)
	}
	k.Pass(t, 2*hold)
	s.wantClaim("https://received.example/", "https://failed.example/")
	// Nothing of this brings back who has left.
	s.must(s.Unsubscribe(t.Context(), topicA, "https://received.example/"))
	for _, d := range late {
		s.settle(received(d))
	}
	if subs := s.all(); len(subs) != 2 {
		t.Errorf("%d are left, want 2", len(subs))
	}
}

func waitsLongestFirst(t *testing.T, k Kind) {
	s := open(t, k)
	s.subscribe(topicA, "https://x.example/", "")
	s.subscribe(topicB, "https://y.example/", "")
	s.publish(topicB, 1)
	k.Pass(t, time.Second)
	s.publish(topicA, 1)
	for _, want := range []string{"https://y.example/", "https://x.example/"} {
		s.want(callbacksOf(s.claim(1)), want)
	}
}

func next(t *testing.T, k Kind) {
	s := open(t, k)
	ask := func() time.Time {
		t.Helper()
		at, err := s.Next(t.Context())
		s.must(err)
		return at
	}
	s.subscribe(topicA, "https://x.example/", "")
	s.subscribe(topicA, "https://y.example/", "")
	if at := ask(); !at.IsZero() {
		t.Errorf("nothing is published, and Next = %v", at)
	}
	s.publish(topicA, 1)
	now := ask()
	if now.IsZero() {
		t.Fatal("two are behind, and Next is never")
	}
	ds := s.wantClaim("https://x.example/", "https://y.example/")
	s.settle(failed(ds[0], 3*pause))
	held := ask()
	s.settle(failed(ds[1], 2*pause))
	soonest := ask()
	if !now.Before(held) || !held.Before(soonest) || soonest.Sub(now) > 2*pause+hold {
		t.Errorf("due %v, held %v, failed %v; want them %v and %v apart", now, held, soonest, hold, 2*pause)
	}
	k.Pass(t, 4*pause)
	for _, d := range s.wantClaim("https://x.example/", "https://y.example/") {
		s.settle(received(d))
	}
	if at := ask(); !at.IsZero() {
		t.Errorf("all have all, and Next = %v", at)
	}
}

// manyAtOnce lets several claim, publish and subscribe at once: each version reaches each
// subscriber through one claim at a time.
func manyAtOnce(t *testing.T, k Kind) {
	const subscribers, claimers, versions = 60, 4, 5
	s := open(t, k)
	for i := range subscribers {
		s.subscribe(topicA, fmt.Sprintf("https://h%d.example/", i), "")
	}
	var mu sync.Mutex
	holder := map[string]int64{}
	var all sync.WaitGroup
	check := func(err error) bool {
		if err != nil {
			t.Error(err)
		}
		return err == nil
	}
	deadline := time.Now().Add(30 * time.Second)
	work := func() {
		for time.Now().Before(deadline) {
			ds, err := s.Claim(t.Context(), 7, hold, nil)
			if !check(err) {
				return
			}
			mu.Lock()
			for _, d := range ds {
				if other, taken := holder[d.Callback]; taken {
					t.Errorf("%s is claimed by %d and %d", d.Callback, other, d.Claim)
				}
				holder[d.Callback] = d.Claim
			}
			mu.Unlock()
			var done []hub.Outcome
			for _, d := range ds {
				done = append(done, received(d))
			}
			mu.Lock() // before others may have them
			for _, d := range ds {
				delete(holder, d.Callback)
			}
			mu.Unlock()
			if !check(s.Settle(t.Context(), done)) {
				return
			}
			at, err := s.Next(t.Context())
			if !check(err) || at.IsZero() {
				return
			}
		}
		t.Error("there is no end of it")
	}
	for n := range versions {
		all.Go(func() { check(s.Publish(t.Context(), map[string]hub.Version{topicA: version(n)})) })
		all.Go(func() {
			check(s.Subscribe(t.Context(), hub.Subscription{Topic: topicA, Callback: fmt.Sprintf("https://h%d.example/", n)}, lease))
		})
	}
	for range claimers {
		all.Go(work)
	}
	all.Wait()
	work() // what was published after the last had looked
	for i := range subscribers {
		if sub := s.find(topicA, fmt.Sprintf("https://h%d.example/", i)); sub.Has != etag(versions-1) {
			t.Errorf("%s has %s, want %s", sub.Callback, sub.Has, etag(versions-1))
		}
	}
}
