//go:build linux

package faults

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"sync"
	"testing"
)

// audience is subscribers to the hub of a site, and what each was sent.
type audience struct {
	url string
	n   int

	mu   sync.Mutex
	sent map[string]map[string]bool // the rounds, by path of the callback
}

// aRound is the text by which rounds are told apart.
var aRound = regexp.MustCompile(`Round \d+\.`)

func newAudience(t *testing.T) *audience {
	a := &audience{sent: map[string]map[string]bool{}}
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
		is := a.sent[r.URL.Path]
		if is == nil {
			is = map[string]bool{}
			a.sent[r.URL.Path] = is
		}
		for _, round := range aRound.FindAllString(string(body), -1) { // what is sent holds what is new alone
			is[round] = true
		}
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

// got tells whether each was sent a round, which is new but once.
func (a *audience) got(round string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for n := range a.n {
		if is := a.sent[fmt.Sprintf("/%d", n)]; !is[round] {
			return fmt.Errorf("subscriber %d was sent %v and not %s", n, slices.Sorted(maps.Keys(is)), round)
		}
	}
	return nil
}
