package local

import (
	"container/heap"
	"time"
)

// queue holds the subscriptions that are behind, those first that may be claimed soonest.
type queue struct{ subs subscriptions }

func (q *queue) first() *subscription {
	if len(q.subs) == 0 {
		return nil
	}
	return q.subs[0]
}

func (q *queue) push(is *subscription) { heap.Push(&q.subs, is) }

func (q *queue) remove(is *subscription) {
	if is.place >= 0 {
		heap.Remove(&q.subs, is.place)
	}
}

// update puts a subscription where it belongs. One that waits already keeps its turn when there is
// something newer to wait for.
func (q *queue) update(is *subscription) {
	at := later(is.topic.published, later(is.Due, is.held))
	waits := is.place >= 0 && !is.at.Before(later(is.Due, is.held)) && is.at.Before(at)
	q.remove(is)
	// One whose lease ends before its turn has none.
	if is.topic.published.IsZero() || is.Has == is.topic.newest.ETag || !is.Expires.After(later(is.Due, is.held)) {
		return
	}
	if !waits {
		is.at = at
	}
	q.push(is)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// subscriptions is a heap, as container/heap wants it.
type subscriptions []*subscription

func (s subscriptions) Len() int           { return len(s) }
func (s subscriptions) Less(i, j int) bool { return s[i].at.Before(s[j].at) }
func (s subscriptions) Swap(i, j int) {
	s[i], s[j] = s[j], s[i]
	s[i].place, s[j].place = i, j
}

func (s *subscriptions) Push(x any) {
	is := x.(*subscription)
	is.place = len(*s)
	*s = append(*s, is)
}

func (s *subscriptions) Pop() any {
	last := len(*s) - 1
	is := (*s)[last]
	is.place = -1
	(*s)[last] = nil
	*s = (*s)[:last]
	return is
}
