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

// lines is a heap, as container/heap wants it.
type lines []*line

func (s lines) Len() int { return len(s) }

func (s lines) Less(i, j int) bool {
	a, b := s[i].subs[0].at, s[j].subs[0].at
	return a.Before(b) || a.Equal(b) && s[i].turn < s[j].turn
}

func (s lines) Swap(i, j int) {
	s[i], s[j] = s[j], s[i]
	s[i].place, s[j].place = i, j
}

func (s *lines) Push(x any) {
	l := x.(*line)
	l.place = len(*s)
	*s = append(*s, l)
}

func (s *lines) Pop() any {
	last := len(*s) - 1
	l := (*s)[last]
	l.place = -1
	(*s)[last] = nil
	*s = (*s)[:last]
	return l
}

// subscriptions is a heap likewise.
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
