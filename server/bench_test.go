package server_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkServe answers for a document that has been made, as to readers that have it and as to
// those that have not, without the connection around it.
func BenchmarkServe(b *testing.B) {
	h := newServer(b, "/").Public()
	for name, coding := range map[string]string{"identity": "identity", "gzip": "gzip", "br": "gzip, deflate, br"} {
		fresh := httptest.NewRequest("GET", "/rss.xml", nil)
		fresh.Header.Set("Accept-Encoding", coding)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, fresh)
		known := fresh.Clone(b.Context())
		known.Header.Set("If-None-Match", w.Header().Get("ETag"))
		b.Run("200/"+name, func(b *testing.B) { serve(b, h, fresh, http.StatusOK) })
		b.Run("304/"+name, func(b *testing.B) { serve(b, h, known, http.StatusNotModified) })
	}
}

func serve(b *testing.B, h http.Handler, r *http.Request, status int) {
	b.ReportAllocs()
	for b.Loop() {
		w := sink{header: http.Header{}}
		h.ServeHTTP(&w, r)
		if w.status != status {
			b.Fatalf("status %d, want %d", w.status, status)
		}
	}
}

// sink takes an answer and forgets it.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header    { return s.header }
func (s *sink) WriteHeader(status int) { s.status = status }

func (s *sink) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return len(b), nil
}
