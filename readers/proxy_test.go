package readers

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// proxy stands between a reader and a site, and remembers what they said: few readers tell.
type proxy struct {
	url string

	mu        sync.Mutex
	exchanges map[string][]exchange // by URL, in order
}

type exchange struct {
	request, response http.Header
	status            int
	size              int // of the body in no coding
}

// newProxy starts a proxy that leads to the site and nowhere else.
func newProxy(t *testing.T, s *site) *proxy {
	t.Helper()
	p := &proxy{exchanges: map[string][]exchange{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.String(), s.address+"/") {
			http.Error(w, "only "+s.address+" is reached from here", http.StatusForbidden)
			return
		}
		if err := p.forward(w, r); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
		}
	}))
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

func (p *proxy) forward(w http.ResponseWriter, r *http.Request) error {
	out := r.Clone(r.Context())
	out.RequestURI = "" // which only a server sets
	out.Header.Del("Proxy-Connection")
	resp, err := plain.Do(out)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	e := exchange{request: r.Header, response: resp.Header, status: resp.StatusCode, size: len(body)}
	if resp.Header.Get("Content-Encoding") == "gzip" && len(body) > 0 {
		b, err := gunzip(body)
		if err != nil {
			return err
		}
		e.size = len(b)
	}
	p.mu.Lock()
	p.exchanges[r.URL.String()] = append(p.exchanges[r.URL.String()], e)
	p.mu.Unlock()

	for name, values := range resp.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(resp.StatusCode)
	_, err = w.Write(body)
	return err
}

// of returns the exchanges about the URL so far.
func (p *proxy) of(url string) []exchange {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.exchanges[url]
}

// revalidated demands that the last exchange about the URL was a question with validators, of so
// many exchanges in all, and that it was answered with 304.
func (p *proxy) revalidated(t *testing.T, url string, exchanges int) {
	t.Helper()
	all := p.of(url)
	if len(all) != exchanges {
		t.Errorf("%s: %d exchanges, want %d", url, len(all), exchanges)
		return
	}
	last := all[len(all)-1]
	if last.request.Get("If-None-Match") == "" && last.request.Get("If-Modified-Since") == "" {
		t.Errorf("%s: the reader had no validator to send", url)
	}
	if last.status != http.StatusNotModified {
		t.Errorf("%s: status %d for If-None-Match: %s, If-Modified-Since: %s", url, last.status,
			last.request.Get("If-None-Match"), last.request.Get("If-Modified-Since"))
	}
}

func gunzip(b []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
