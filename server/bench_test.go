package server_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"feedmill/catalog"
	"feedmill/feed"
	"feedmill/internal/corpus"
)

// BenchmarkServe answers requests for a feed of 20 articles that has been asked for before.
func BenchmarkServe(b *testing.B) {
	dir, of := b.TempDir(), corpus.New(20)
	of.To = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC) // so that none is yet to come
	if err := of.Write(b.Context(), dir, func(int) {}); err != nil {
		b.Fatal(err)
	}
	h := newServer(b, "/", func(c *catalog.Options, _ *feed.Options) { c.Open = catalog.Dir(dir) }).Public()
	for _, request := range []struct {
		name, coding string
		known        bool
		status       int
	}{
		{"304", "gzip", true, http.StatusNotModified},
		{"identity", "identity", false, http.StatusOK},
		{"gzip", "gzip", false, http.StatusOK},
	} {
		b.Run(request.name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, "/atom.xml", nil)
			r.Header.Set("Accept-Encoding", request.coding)
			w := &sink{header: http.Header{}}
			h.ServeHTTP(w, r)
			if request.known {
				r.Header.Set("If-None-Match", w.header.Get("ETag"))
			}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				w.status = http.StatusOK
				if h.ServeHTTP(w, r); w.status != request.status {
					b.Fatalf("%d, want %d", w.status, request.status)
				}
			}
		})
	}
}

// sink takes answers and keeps nothing of their bodies.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header { return s.header }

func (s *sink) WriteHeader(status int) { s.status = status }

func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
