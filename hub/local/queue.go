package local

import (
	"container/heap"
	"time"
)

// queue holds the subscriptions that are behind, a line for each host, those first that may be claimed
// soonest. Of hosts that are equal in that, the one comes first whose last turn was before the others'.
type queue struct {
	lines lines
	of    map[string]*line // by host
	turns int64
}

// line is the subscriptions of a host that are behind: never none.
type line struct {
	host  string
	subs  subscriptions
	turn  int64 // the number of its last
	place int   // in the queue; -1: it is not there
}

// first returns the line whose first subscription may be claimed soonest, nil for none.
func (q *queue) first() *line {
	if len(q.lines) == 0 {
		return nil
	}
	return q.lines[0]
}

// turned notes that a line has had its turn.
func (q *queue) turned(l *line) {
	q.turns++
	l.turn = q.turns
	heap.Fix(&q.lines, l.place)
}

// pass takes a line out, which nothing happens to until back.
func (q *queue) pass(l *line) { heap.Remove(&q.lines, l.place) }

func (q *queue) back(l *line) { heap.Push(&q.lines, l) }

func (q *queue) push(is *subscription) {
	l := q.of[is.host]
	if l != nil {
		heap.Push(&l.subs, is)
		heap.Fix(&q.lines, l.place)
		return
	}
	if q.of == nil {
		q.of = map[string]*line{}
	}
	l = &line{host: is.host}
	q.of[is.host] = l
	heap.Push(&l.subs, is)
	heap.Push(&q.lines, l)
}

func (q *queue) remove(is *subscription) {
	if is.place < 0 {
		return
	}
	l := q.of[is.host]
	heap.Remove(&l.subs, is.place)
	if len(l.subs) > 0 {
		heap.Fix(&q.lines, l.place)
		return
	}
	heap.Remove(&q.lines, l.place)
	delete(q.of, l.host)
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

// lines are in the order of their first subscriptions.
type lines = ordered[*line]

func (l *line) put(place int) { l.place = place }

func (l *line) before(other *line) bool {
	a, b := l.subs[0].at, other.subs[0].at
	return a.Before(b) || a.Equal(b) && l.turn < other.turn
}

type subscriptions = ordered[*subscription]

func (is *subscription) put(place int) { is.place = place }

func (is *subscription) before(other *subscription) bool { return is.at.Before(other.at) }

// placed knows its place in a heap: -1 where it is not there.
type placed[T any] interface {
	before(T) bool
	put(place int)
}

// ordered is a heap, as container/heap wants it.
type ordered[T placed[T]] []T

func (s ordered[T]) Len() int           { return len(s) }
func (s ordered[T]) Less(i, j int) bool { return s[i].before(s[j]) }
func (s ordered[T]) Swap(i, j int) {
	s[i], s[j] = s[j], s[i]
	s[i].put(i)
	s[j].put(j)
}

func (s *ordered[T]) Push(x any) {
	is := x.(T)
	is.put(len(*s))
	*s = append(*s, is)
}

func (s *ordered[T]) Pop() any {
	last := len(*s) - 1
	is := (*s)[last]
	is.put(-1)
	clear((*s)[last:])
	*s = (*s)[:last]
	return is
}
