package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"feedmill/catalog"
	"feedmill/feed"
)

// site answers with what is made of a whole snapshot, once for each. The name tells it from others. A
// page has no date: it shows more than that of the snapshot speaks of.
func (s *Server) site(w http.ResponseWriter, r *http.Request, snap *catalog.Snapshot, name, mediaType string, header http.Header, make func() ([]byte, error)) {
	made := variant{tag: fmt.Sprintf("%s in generation %d", name, snap.Generation)}
	b, err := s.bytes(r.Context(), made, func(context.Context) ([]byte, error) { return make() })
	if err != nil {
		s.retry(w, r, err)
		return
	}
	sum := sha256.Sum256(b.bytes)
	d := feed.Document{MediaType: mediaType, Tag: hex.EncodeToString(sum[:12]), MaxAge: time.Minute}
	if mediaType != "text/html" {
		d.Modified = snap.Modified
	}
	_ = s.answer(w, r, newDocument(d, header, func(context.Context) ([]byte, error) { return b.bytes, nil })) // there are bytes
}

// answer answers a GET or HEAD with the document, whose bytes are made only when they must be. To a
// client that asks for a delta it may be one: its validators are those of the whole. Where the bytes
// can't be made it does not answer, and returns why.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, d *document) error {
	h, now := w.Header(), time.Now()
	c := d.choose(strings.Join(r.Header["Accept-Encoding"], ","), now) // several lines are one list (RFC 9110 §5.3)
	if unmatched(r.Header, c.etag[0], d.Modified) {
		tell(w, http.StatusPreconditionFailed, "the document is not the one that If-Match or If-Unmodified-Since asks for")
		return nil
	}
	d.describe(h, c, now)
	if notModified(r.Header["If-None-Match"], r.Header.Get("If-Modified-Since"), c.etag[0], d.Modified) {
		s.audience.note(d.of, r.UserAgent(), http.StatusNotModified, 0)
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	v, build := c.variant, d.build
	delta, since := deltaOf(r, d)
	if delta != nil {
		v.tag += " since " + since
		build = delta
	}
	b, err := s.bytes(r.Context(), v, build)
	if err != nil {
		clear(h)
		guard(h)
		return err
	}
	d.describeBody(h, c, b)
	if delta != nil {
		markDelta(h)
		w.WriteHeader(http.StatusIMUsed)
	}
	sent := 0
	if r.Method != http.MethodHead {
		sent, _ = w.Write(b.bytes) // fails only when the client has gone, or stalls
	}
	s.audience.note(d.of, r.UserAgent(), http.StatusOK, sent)
	return nil
}

// retry answers where something could not be made because a file has changed since the snapshot: the
// next one may have it.
func (s *Server) retry(w http.ResponseWriter, r *http.Request, err error) {
	if !errors.Is(err, catalog.ErrChanged) {
		s.o.Logger.Error("answer", "error", err)
		s.refuse(w, r, http.StatusInternalServerError, "this feed can't be made at the moment; the log says why")
		return
	}
	s.o.Logger.Debug("answer", "error", err)
	if next, ok := s.following(r); ok {
		s.resolve(w, r.WithContext(context.WithValue(r.Context(), viewKey{}, next)), next)
		return
	}
	w.Header().Set("Retry-After", "2")
	s.refuse(w, r, http.StatusServiceUnavailable, "an article of this feed is being changed, or can't be read")
}

// following returns the view after that of the request, once there is one: changes need a moment to
// settle. It waits but once for each request.
func (s *Server) following(r *http.Request) (next View, ok bool) {
	const patience, glance = 8 * time.Second, 20 * time.Millisecond
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
