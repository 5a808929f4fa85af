package server_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"feedmill/catalog"
	"feedmill/feed"
	"feedmill/internal/corpus"
	"feedmill/server"
)

// BenchmarkServe answers requests for a feed of 20 articles that has been asked for before, as
// net/http has it done.
func BenchmarkServe(b *testing.B) {
	h := newCorpusServer(b).Public()
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

// BenchmarkServeConnection asks for the same by a connection.
func BenchmarkServeConnection(b *testing.B) {
	addr := newWire(b, newCorpusServer(b)).addr
	const request = "GET /atom.xml HTTP/1.1\r\nHost: a\r\nUser-Agent: reader\r\nAccept-Encoding: gzip\r\n"
	first := exchange(b, addr, []byte(request+"\r\n"))
	tag := etag.FindSubmatch(first)[1]
	known := request + "If-None-Match: " + string(tag) + "\r\n\r\n"
	for name, request := range map[string]string{"304": known, "gzip": request + "\r\n"} {
		b.Run(name, func(b *testing.B) {
			size := len(exchange(b, addr, []byte(request))) + len("Date: "+http.TimeFormat+"\r\n")
			c, err := net.Dial("tcp", addr)
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			asked, answer := []byte(request), make([]byte, size)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Write(asked); err != nil {
					b.Fatal(err)
				}
				if _, err := io.ReadFull(c, answer); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// newCorpusServer returns a server of a site of 20 articles of the usual size.
func newCorpusServer(b *testing.B) *server.Server {
	dir, of := b.TempDir(), corpus.New(20)
	of.To = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC) // so that none is yet to come
	if err := of.Write(b.Context(), dir, func(int) {}); err != nil {
		b.Fatal(err)
	}
	return newServer(b, "/", func(c *catalog.Options, _ *feed.Options) { c.Open = catalog.Dir(dir) })
}

// sink takes answers and keeps nothing of their bodies.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header { return s.header }

func (s *sink) WriteHeader(status int) { s.status = status }

func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
