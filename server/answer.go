package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"feedmill/catalog"
	"feedmill/feed"
)

// site answers with what is made of a whole snapshot, once for each. The name tells it from others.
func (s *Server) site(w http.ResponseWriter, r *http.Request, snap *catalog.Snapshot, name, mediaType string, header http.Header, make func() ([]byte, error)) {
	made := variant{tag: fmt.Sprintf("%s in generation %d", name, snap.Generation)}
	b, err := s.bytes(r.Context(), made, func(context.Context) ([]byte, error) { return make() })
	if err != nil {
		s.fail(w, r, err)
		return
	}
	sum := sha256.Sum256(b.bytes)
	d := feed.Document{MediaType: mediaType, Tag: hex.EncodeToString(sum[:12]), Modified: snap.Modified, MaxAge: time.Minute}
	s.answer(w, r, newDocument(d, header, func(context.Context) ([]byte, error) { return b.bytes, nil }))
}

// answer answers a GET or HEAD with the document, whose bytes are made only when they must be. To a
// client that asks for a delta it may be one: its validators are those of the whole.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, d *document) {
	h, now := w.Header(), time.Now()
	c := d.choose(r.Header.Get("Accept-Encoding"), now)
	d.describe(h, c, now)
	if notModified(r.Header["If-None-Match"], r.Header.Get("If-Modified-Since"), c.etag[0], d.Modified) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	v, build := c.variant, d.build
	delta, since := deltaOf(r, d)
	if delta != nil {
		v.tag += " since " + since
		build = delta
	}
	b, err := s.bytes(r.Context(), v, build)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	d.describeBody(h, c, b)
	if delta != nil {
		markDelta(h)
		w.WriteHeader(http.StatusIMUsed)
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(b.bytes) // fails only when the client has gone, or stalls
	}
}

// fail answers where something could not be made. Where the reason is that a file has changed since
// the snapshot, the next one may have it.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	for _, name := range []string{"ETag", "Last-Modified", "Vary", "Link"} {
		w.Header().Del(name)
	}
	if errors.Is(err, catalog.ErrChanged) {
	s.o.Logger.Debug("answer", "error", err)
		if next, ok := s.following(r); ok {
			s.resolve(w, r.WithContext(context.WithValue(r.Context(), viewKey{}, next)), next)
			return
		}
		w.Header().Set("Retry-After", "2")
		tell(w, http.StatusServiceUnavailable, "an article of this feed is being changed, or can't be read")
		return
	}
	s.o.Logger.Error("answer", "error", err)
	tell(w, http.StatusInternalServerError, "this feed can't be made at the moment; the log says why")
}

// following returns the view after that of the request, once there is one: changes need a moment to
// settle. It waits but once for each request.
func (s *Server) following(r *http.Request) (next View, ok bool) {
	const patience, glance = 3 * time.Second, 20 * time.Millisecond
	was := viewOf(r)
	began, _ := r.Context().Value(beganKey{}).(time.Time)
	s.o.Changed()
	ticker := time.NewTicker(glance)
	defer ticker.Stop()
	for time.Since(began) < patience {
		if next := s.o.Current(); next.Snapshot != was.Snapshot {
			return next, next.Snapshot != nil
		}
		select {
		case <-ticker.C:
		case <-r.Context().Done():
			return View{}, false
		}
	}
	return View{}, false
}

// survive is to be deferred where net/http does not see to it that a mistake of ours ends one answer
// and not the program.
func (s *Server) survive(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic: %v", p)
		s.o.Logger.Error("answer", "error", *err)
	}
}
