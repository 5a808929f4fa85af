//go:build linux

package faults

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// audience is subscribers to the hub of a site, and what each was sent last.
type audience struct {
	url string
	n   int

	mu   sync.Mutex
	last map[string]string // by path of the callback
}

func newAudience(t *testing.T) *audience {
	a := &audience{last: map[string]string{}}
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			fmt.Fprint(w, r.FormValue("hub.challenge"))
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // cut off by a kill
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.last[r.URL.Path] = string(body)
	}))
	t.Cleanup(receiver.Close)
	a.url = receiver.URL
	return a
}

// subscribe subscribes n more, each at the next of the sites.
func (a *audience) subscribe(n int, sites ...*site) {
	for i := range n {
		s := sites[i%len(sites)]
		s.Helper()
		resp, err := http.PostForm("http://"+s.addr+"/hub", url.Values{
			"hub.mode": {"subscribe"}, "hub.topic": {"https://example.org/atom.xml"}, "hub.callback": {fmt.Sprintf("%s/%d", a.url, a.n)},
		})
		if err != nil {
			s.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusAccepted {
			s.Fatalf("subscriber %d: %s", a.n, resp.Status)
		}
		a.n++
	}
}

// subscribed tells whether the site has all the subscriptions, and no others.
func (a *audience) subscribed(s *site) error { return s.has(a.n) }

// sent tells whether each was sent a text last.
func (a *audience) sent(text string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for n := range a.n {
		if have := a.last[fmt.Sprintf("/%d", n)]; !strings.Contains(have, text) {
			return fmt.Errorf("subscriber %d was sent %q", n, have[:min(len(have), 2000)])
		}
	}
	return nil
}
