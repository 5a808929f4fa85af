package server

import (
	"io"
	"net/http"
	"time"
)

const (
	maxListeners = 16               // owner's pages that are told of changes at a time
	eventPace    = time.Second      // at most one a page in this time
	eventPulse   = 15 * time.Second // after which the line shows that it is alive
)

// events tells an owner's page when to ask for itself again (HTML §9.2, server-sent events).
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	if site := r.Header.Get("Sec-Fetch-Site"); r.Header.Get("Origin") != "" || site != "" && site != "same-origin" {
		tell(w, http.StatusForbidden, "requests from pages of other sites are refused") // which could take all the places
		return
	}
	if s.listeners.Add(1) > maxListeners {
		s.listeners.Add(-1)
		w.Header().Set("Retry-After", "60")
		tell(w, http.StatusServiceUnavailable, "too many pages are open already")
		return
	}
	defer s.listeners.Add(-1)
	line := http.NewResponseController(w)
	_ = line.SetReadDeadline(time.Time{}) // the connection lasts; where it has no deadlines, none has to go
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	ticker := time.NewTicker(eventPace)
	defer ticker.Stop()
	send := func(text string) bool {
		_, err := io.WriteString(w, text)
		return err == nil && line.Flush() == nil
	}
	last, sent := s.mark(), time.Now()
	for alive := send("retry: 2000\n\n"); alive && !s.draining.Load(); {
		select {
		case <-r.Context().Done():
			return
		case <-s.farewell:
			return
		case <-ticker.C:
		}
		switch is := s.mark(); {
		case is != last:
			last, sent = is, time.Now()
			alive = send("event: changed\ndata: now\n\n")
		case time.Since(sent) >= eventPulse:
			sent = time.Now()
			alive = send(":\n\n")
		}
	}
}

// mark is what the owner's page depends on: while it stays the same, the page does.
type mark struct {
	generation, requests uint64
	health               Health
}

func (s *Server) mark() mark {
	m := mark{requests: s.audience.requests(), health: s.o.Health()}
	if snap := s.o.Current().Snapshot; snap != nil {
		m.generation = snap.Generation
	}
	return m
}
