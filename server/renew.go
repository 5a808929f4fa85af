package server

import (
	"context"
	"time"
)

const (
	// fondness is how long after it was asked for last a document is made again when it changes:
	// as long as the longest time for which readers may keep one.
	fondness = time.Hour

	// mostRenewed is how many documents are made again after a change, in all codings.
	mostRenewed = 1000
)

// Renew has the documents made again, in the background, that readers have asked for of late and
// that are not the same in the view of now. It is to be called after each change.
func (s *Server) Renew() {
	select {
	case s.changed <- struct{}{}:
	default: // it is known that there is something to do
	}
}

// renewing does what Renew asks for until ctx is done.
func (s *Server) renewing(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.changed:
			s.renew(ctx)
		}
	}
}

// renew makes the documents of the current view, those first that were asked for last. It rests as
// long as it works, so that it never takes more than half of one processor from those who read now
// or from the next change. When that comes it starts anew: of a burst of changes hardly more than the
// last costs anything.
func (s *Server) renew(ctx context.Context) {
	v := s.o.Current()
	if v.Snapshot == nil {
		return
	}
	rest := time.NewTimer(0)
	defer rest.Stop()
	for i, q := range s.shelf.since(time.Now().Add(-fondness)) {
		if i == mostRenewed || s.o.Current() != v {
			return // where there is a new view, Renew has been called
		}
		begun := time.Now()
		if !s.prepare(ctx, v, q) {
			continue
		}
		rest.Reset(time.Since(begun))
		select {
		case <-rest.C:
		case <-ctx.Done():
			return
		}
	}
}

// prepare makes what q asks for, and reports whether it had to.
func (s *Server) prepare(ctx context.Context, v View, q request) (had bool) {
	var err error
	defer s.survive(&err)
	d := s.shelf.find(v, q.target)
	if d == nil {
		return false
	}
	c := &d.in[q.coding]
	if _, ok := s.documents.GetIfPresent(c.variant); ok {
		return false
	}
	_, _ = s.bytes(ctx, c.variant, d.build) // an error is for the next reader, who comes upon it too
	return true
}
