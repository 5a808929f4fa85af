package storetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"feedmill/hub"
)

// steps of one run of the model.
const steps = 150

// imagined is a store without any cleverness, whose clock stands still but for pass. Times that
// pass are even minutes, all others odd ones, so that nothing happens at the very end of another.
type imagined struct {
	now    time.Duration
	subs   map[[2]string]*kept
	newest map[string]hub.Version
}

type kept struct {
	hub.Subscription
	expires, due, held time.Duration
	claim              int64
}

func (m *imagined) behind(s *kept) bool {
	v, published := m.newest[s.Topic]
	return published && s.Has != v.ETag && s.due <= m.now && s.held <= m.now && s.expires > m.now
}

// model does things at random to a store and to the imagined one, and compares them after each.
func model(t *testing.T, k Kind, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 8))
	s := open(t, k)
	m := &imagined{subs: map[[2]string]*kept{}, newest: map[string]hub.Version{}}
	odd := func(most int) time.Duration { return time.Duration(2*r.IntN(most)+1) * time.Minute }
	topic := func() string { return []string{topicA, topicB}[r.IntN(2)] }
	var old []hub.Outcome // settled again later
	for step := range steps {
		switch what := r.IntN(12); what {
		case 0, 1, 2:
			m.subscribe(s, topic(), fmt.Sprintf("https://h%d.example/", r.IntN(8)), etag(r.IntN(20)), odd(100))
		case 3:
			key := [2]string{topic(), fmt.Sprintf("https://h%d.example/", r.IntN(8))}
			s.must(s.Unsubscribe(t.Context(), key[0], key[1]))
			delete(m.subs, key)
		case 4, 5, 6:
			m.publish(s, topic(), version(r.IntN(20)+step/10))
		case 7:
			d := time.Duration(2*r.IntN(60)) * time.Minute
			k.Pass(t, d)
			m.now += d
		case 8:
			m.sweep(s)
		case 9:
			if len(old) > 0 {
				m.settle(s, old[r.IntN(len(old))])
			}
		default:
			for _, d := range m.claim(s, odd(10)) {
				o := hub.Outcome{Delivery: d, Tried: r.IntN(2) == 0, Again: odd(20)}
				switch r.IntN(5) {
				case 0, 1:
					o = received(d)
				case 2:
					o.Gone = r.IntN(3) == 0
				case 3: // the claim runs out
					old = append(old, received(d))
					continue
				}
				m.settle(s, o)
				old = append(old, o)
			}
		}
		m.compare(s, fmt.Sprintf("seed %d, step %d", seed, step))
	}
}

func (m *imagined) subscribe(s store, topic, callback, has string, lease time.Duration) {
	s.t.Helper()
	key := [2]string{topic, callback}
	if old := m.subs[key]; old != nil && old.expires <= m.now {
		m.sweep(s)
	}
	secret := hub.Secret(fmt.Sprint(lease, "\x00\xff")) // which is no text
	s.must(s.Subscribe(s.t.Context(), hub.Subscription{Topic: topic, Callback: callback, Has: has, Secret: secret}, lease))
	if m.subs[key] == nil {
		m.subs[key] = &kept{Subscription: hub.Subscription{Topic: topic, Callback: callback, Has: has}}
	}
	sub := m.subs[key]
	sub.Secret, sub.expires, sub.Failures, sub.due = secret, m.now+lease, 0, 0
}

func (m *imagined) publish(s store, topic string, v hub.Version) {
	s.t.Helper()
	s.must(s.Publish(s.t.Context(), map[string]hub.Version{topic: v}))
	old, known := m.newest[topic]
	if !known || cmp.Or(v.Modified.Compare(old.Modified), cmp.Compare(v.ETag, old.ETag)) > 0 {
		m.newest[topic] = v
	}
}

func (m *imagined) sweep(s store) {
	s.t.Helper()
	want := 0
	for key, sub := range m.subs {
		if sub.expires <= m.now {
			delete(m.subs, key)
			want++
		}
	}
	if n, err := s.Sweep(s.t.Context()); err != nil || n != want {
		s.t.Fatalf("Sweep = %d, %v; want %d", n, err, want)
	}
}

// claim takes all that there is.
func (m *imagined) claim(s store, hold time.Duration) []hub.Delivery {
	s.t.Helper()
	ds, err := s.Claim(s.t.Context(), 1000, hold, nil)
	s.must(err)
	var have, want []string
	for _, d := range ds {
		have = append(have, d.Topic+" "+d.Callback+" "+d.Newest.ETag)
	}
	for _, sub := range m.subs {
		if m.behind(sub) {
			want = append(want, sub.Topic+" "+sub.Callback+" "+m.newest[sub.Topic].ETag)
		}
	}
	s.want(have, want...)
	for _, d := range ds {
		sub := m.subs[[2]string{d.Topic, d.Callback}]
		sub.claim, sub.held = d.Claim, m.now+hold
	}
	// The order of a tie is the store's own, and the model's choices must not hang on it.
	slices.SortFunc(ds, func(a, b hub.Delivery) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Callback, b.Callback))
	})
	return ds
}

func (m *imagined) settle(s store, o hub.Outcome) {
	s.t.Helper()
	s.settle(o)
	sub := m.subs[[2]string{o.Topic, o.Callback}]
	if sub == nil {
		return
	}
	mine := sub.claim == o.Claim
	switch {
	case o.Gone:
		if mine {
			delete(m.subs, [2]string{o.Topic, o.Callback})
		}
		return
	case o.Has != "" && (mine || sub.Has != m.newest[o.Topic].ETag):
		sub.Has, sub.Failures, sub.due = o.Has, 0, 0
	case mine:
		sub.due = m.now + o.Again
		if o.Tried {
			sub.Failures++
		}
	}
	if mine {
		sub.held = 0
	}
}

func (m *imagined) compare(s store, when string) {
	s.t.Helper()
	have, n := s.all(), 0
	waits := false
	for _, found := range have {
		sub := m.subs[[2]string{found.Topic, found.Callback}]
		if sub == nil || found.Has != sub.Has || found.Secret != sub.Secret || found.Failures != sub.Failures || found.Due.IsZero() != (sub.due == 0) {
			s.t.Fatalf("%s: have %+v\nwant %+v", when, found, sub)
		}
	}
	for _, sub := range m.subs {
		if sub.expires > m.now {
			n++
			v, published := m.newest[sub.Topic]
			waits = waits || published && v.ETag != sub.Has && max(sub.due, sub.held) < sub.expires
		}
	}
	if len(have) != n {
		s.t.Fatalf("%s: All yields %d, want %d", when, len(have), n)
	}
	if at, err := s.Next(s.t.Context()); err != nil || at.IsZero() == waits {
		s.t.Fatalf("%s: Next = %v, %v; somebody waits: %v", when, at, err, waits)
	}
}
