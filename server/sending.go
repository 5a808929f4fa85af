package server

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// sending bounds how many content files are sent at a time: each takes a descriptor for as long as its client
// likes to take. As in the [lobby], no client has more than half of what there is. It is safe for concurrent use.
type sending struct {
	most int
	left chan struct{} // holds a value when a file has been sent

	mu   sync.Mutex
	all  int
	held map[netip.Prefix]int // files of each client
}

// sendingWait is how long a file may wait for others to be sent.
const sendingWait = 5 * time.Second

func newSending(most int) *sending {
	return &sending{most: max(most, 2), left: make(chan struct{}, 1), held: map[netip.Prefix]int{}}
}

// begin waits for a place for a file to the client, until ctx is done or for sendingWait. If there is one, end
// gives it back.
func (s *sending) begin(ctx context.Context, client netip.Prefix) (end func(), ok bool) {
	ctx, cancel := context.WithTimeout(ctx, sendingWait)
	defer cancel()
	for !s.take(client) {
		select {
		case <-s.left:
		case <-time.After(sendingWait / 50): // another one may have been woken in vain
		case <-ctx.Done():
			return nil, false
		}
	}
	return func() { s.giveBack(client) }, true
}

func (s *sending) take(client netip.Prefix) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == s.most || s.held[client] >= s.most/2 {
		return false
	}
	s.all++
	s.held[client]++
	return true
}

func (s *sending) giveBack(client netip.Prefix) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	if s.held[client]--; s.held[client] == 0 {
		delete(s.held, client)
	}
	select {
	case s.left <- struct{}{}:
	default:
	}
}
