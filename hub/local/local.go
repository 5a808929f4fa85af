// Package local keeps subscriptions for one process: a [Store] is a [hub.Store] in memory, which
// [Open] has on a disk too, in one bbolt file that is written before a call returns. Claims are in
// memory alone, since they end with the process.
package local

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"feedmill/hub"
)

var _ hub.Store = (*Store)(nil)

// Store is a list of subscriptions. Any number of goroutines may use it.
type Store struct {
	now  func() time.Time
	disk *disk // nil: memory alone

	mu     sync.Mutex // guards all below, and the order of what is written
	topics map[string]*topic
	queue  queue
	claims int64
}

// topic is what is known of one, and who wants it.
type topic struct {
	newest    hub.Version
	published time.Time // zero: never
	subs      map[string]*subscription
}

// subscription is one of a topic.
type subscription struct {
	hub.Subscription
	topic *topic
	host  string
	claim int64
	held  time.Time // until then the claim is somebody's

	at    time.Time // from then on it may be claimed
	place int       // in the queue; -1: it is not there
}

// New returns an empty store in memory, whose time is that of now; nil is [time.Now].
func New(now func() time.Time) *Store {
	if now == nil {
		now = time.Now
	}
	return &Store{now: now, topics: map[string]*topic{}}
}

// Close gives the file back, if there is one.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.disk.close()
}

func (s *Store) of(url string) *topic {
	t := s.topics[url]
	if t == nil {
		t = &topic{subs: map[string]*subscription{}}
		s.topics[url] = t
	}
	return t
}

func (s *Store) find(topic, callback string) *subscription {
	t := s.topics[topic]
	if t == nil {
		return nil
	}
	return t.subs[callback]
}

// put makes sub the subscription of its topic and callback, and leaves a claim as it is.
func (s *Store) put(sub hub.Subscription) {
	t := s.of(sub.Topic)
	is := t.subs[sub.Callback]
	if is == nil {
		is = &subscription{topic: t, host: hub.Host(sub.Callback), place: -1}
		t.subs[sub.Callback] = is
	}
	is.Subscription = sub
	s.queue.update(is)
}

func (s *Store) remove(is *subscription) {
	s.queue.remove(is)
	delete(is.topic.subs, is.Callback)
}

// Subscribe is [hub.Store.Subscribe].
func (s *Store) Subscribe(_ context.Context, sub hub.Subscription, lease time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	next := hub.Subscription{Topic: sub.Topic, Callback: sub.Callback, Has: sub.Has}
	old := s.find(sub.Topic, sub.Callback)
	ended := old != nil && !old.Expires.After(now) // what it has left is nobody's
	if old != nil && !ended {
		next = old.Subscription
	}
	next.Secret, next.Expires = sub.Secret, now.Add(lease)
	next.Failures, next.Due = 0, time.Time{}
	if err := s.disk.write(change{keep: []hub.Subscription{next}}); err != nil {
		return err
	}
	if ended {
		s.remove(old)
	}
	s.put(next)
	return nil
}

// Restore is [hub.Store.Restore]. When it fails it has kept the first of them, a multiple of a
// thousand.
func (s *Store) Restore(_ context.Context, subs iter.Seq[hub.Subscription]) error {
	const atOnce = 1000
	var some []hub.Subscription
	flush := func() error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if err := s.disk.write(change{keep: some}); err != nil {
			return err
		}
		for _, sub := range some {
			s.put(sub)
		}
		some = some[:0]
		return nil
	}
	for sub := range subs {
		if some = append(some, sub); len(some) == atOnce {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// Unsubscribe is [hub.Store.Unsubscribe].
func (s *Store) Unsubscribe(_ context.Context, topic, callback string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	is := s.find(topic, callback)
	if is == nil {
		return nil
	}
	if err := s.disk.write(change{drop: []hub.Subscription{is.Subscription}}); err != nil {
		return err
	}
	s.remove(is)
	return nil
}

// Find is [hub.Store.Find].
func (s *Store) Find(_ context.Context, topic, callback string) (hub.Subscription, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	is := s.find(topic, callback)
	if is == nil || !is.Expires.After(s.now()) {
		return hub.Subscription{}, hub.ErrNoSubscription
	}
	return is.Subscription, nil
}

// Sweep is [hub.Store.Sweep].
func (s *Store) Sweep(context.Context) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ended []*subscription
	var drop []hub.Subscription
	now := s.now()
	for _, t := range s.topics {
		for _, is := range t.subs {
			if !is.Expires.After(now) {
				ended, drop = append(ended, is), append(drop, is.Subscription)
			}
		}
	}
	if err := s.disk.write(change{drop: drop}); err != nil {
		return 0, err
	}
	for _, is := range ended {
		s.remove(is)
	}
	return len(ended), nil
}

// Count is [hub.Store.Count].
func (s *Store) Count(context.Context) (byTopic, byHost map[string]int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	byTopic, byHost = map[string]int{}, map[string]int{}
	now := s.now()
	for url, t := range s.topics {
		for _, is := range t.subs {
			if is.Expires.After(now) {
				byTopic[url]++
				byHost[is.host]++
			}
		}
	}
	return byTopic, byHost, nil
}

// All is [hub.Store.All], as things are when it begins.
func (s *Store) All(context.Context) iter.Seq2[hub.Subscription, error] {
	return func(yield func(hub.Subscription, error) bool) {
		for _, sub := range s.sorted() {
			if !yield(sub, nil) {
				return
			}
		}
	}
}

func (s *Store) sorted() []hub.Subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []hub.Subscription
	now := s.now()
	for _, url := range slices.Sorted(maps.Keys(s.topics)) {
		first := len(all)
		for _, is := range s.topics[url].subs {
			if is.Expires.After(now) {
				all = append(all, is.Subscription)
			}
		}
		slices.SortFunc(all[first:], func(a, b hub.Subscription) int { return cmp.Compare(a.Callback, b.Callback) })
	}
	return all
}
