package local

import (
	"context"
	"time"

	"feedmill/hub"
)

// Publish is [hub.Store.Publish].
func (s *Store) Publish(_ context.Context, newest map[string]hub.Version) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	news := map[string]hub.Version{}
	for url, v := range newest {
		t := s.topics[url]
		if t == nil || t.published.IsZero() || v.Newer(t.newest) {
			news[url] = v
		}
	}
	if err := s.disk.write(change{newest: news}); err != nil {
		return err
	}
	for url, v := range news {
		s.publish(url, v)
	}
	return nil
}

func (s *Store) publish(url string, v hub.Version) {
	t := s.of(url)
	t.newest, t.published = v, s.now()
	for _, is := range t.subs {
		s.queue.update(is)
	}
}

// Claim is [hub.Store.Claim].
func (s *Store) Claim(_ context.Context, n int, hold time.Duration, except []string) ([]hub.Delivery, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var claimed []hub.Delivery
	var passed []*line
	now := s.now()
	s.claims++
	others := map[string]bool{}
	for _, host := range except {
		others[host] = true
	}
	for len(claimed) < n {
		l := s.queue.first()
		if l == nil || l.subs[0].at.After(now) {
			break
		}
		is := l.subs[0]
		switch {
		case others[l.host]:
			s.queue.pass(l)
			passed = append(passed, l)
		case !is.Expires.After(now):
			s.queue.remove(is)
		default:
			s.queue.turned(l)
			is.claim, is.held = s.claims, now.Add(hold)
			s.queue.update(is)
			claimed = append(claimed, hub.Delivery{Subscription: is.Subscription, Newest: is.topic.newest, Claim: is.claim})
		}
	}
	for _, l := range passed {
		s.queue.back(l)
	}
	return claimed, nil
}

// Settle is [hub.Store.Settle].
func (s *Store) Settle(_ context.Context, done []hub.Outcome) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var c change
	var apply []func()
	now := s.now()
	for _, o := range done {
		is := s.find(o.Topic, o.Callback)
		if is == nil {
			continue
		}
		mine := is.claim == o.Claim
		next := is.Subscription
		switch {
		case o.Gone:
			if mine {
				c.drop = append(c.drop, next)
				apply = append(apply, func() { s.remove(is) })
			}
			continue
		// What was received counts whoever holds the claim now, unless more has been received since.
		case o.Has != "" && (mine || is.Has != is.topic.newest.ETag):
			next.Has, next.Failures, next.Due = o.Has, 0, time.Time{}
		case !mine:
			continue
		default:
			if o.Again > 0 {
				next.Due = now.Add(o.Again)
			}
			if o.Tried {
				next.Failures++
			}
		}
		if next != is.Subscription { // a claim alone is not on the disk
			c.keep = append(c.keep, next)
		}
		apply = append(apply, func() {
			if is.Subscription = next; mine {
				is.held = time.Time{}
			}
			s.queue.update(is)
		})
	}
	if err := s.disk.write(c); err != nil {
		return err
	}
	for _, f := range apply {
		f()
	}
	return nil
}

// Next is [hub.Store.Next].
func (s *Store) Next(context.Context) (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for {
		l := s.queue.first()
		if l == nil {
			return time.Time{}, nil
		}
		is := l.subs[0]
		if is.Expires.After(now) {
			return later(is.at, now), nil
		}
		s.queue.remove(is)
	}
}
