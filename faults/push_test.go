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
	"time"
)

// TestS11KilledWhileSending kills the program at random moments while it sends subscribers what is
// new. In the end each has been sent the newest version.
func TestS11KilledWhileSending(t *testing.T) {
	const subscribers = 100
	var mu sync.Mutex
	newest := map[string]string{} // by path of the callback: the last body
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			fmt.Fprint(w, r.FormValue("hub.challenge"))
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // cut off by a kill
		}
		mu.Lock()
		defer mu.Unlock()
		newest[r.URL.Path] = string(body)
	}))
	defer receiver.Close()
	s := newKeeping(t, quick+"hub: {allow: [127.0.0.0/8]}\n")
	a := newAuthor(s, 11)
	s.start("", "")
	for n := range subscribers {
		resp, err := http.PostForm("http://"+s.addr+"/hub", url.Values{
			"hub.mode": {"subscribe"}, "hub.topic": {"https://example.org/atom.xml"}, "hub.callback": {fmt.Sprintf("%s/%d", receiver.URL, n)},
		})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusAccepted {
			t.Fatalf("subscriber %d: %s", n, resp.Status)
		}
	}
	s.until("all subscribed", func() error {
		if n := s.metric("feedmill_hub_subscriptions"); n != subscribers {
			return fmt.Errorf("%v of %d", n, subscribers)
		}
		return nil
	})
	n := rounds(10)
	for round := range n {
		s.write("news.md", fmt.Sprintf("---\ntitle: News\ndate: 2024-02-01\n---\nRound %d.\n", round))
		<-time.After(time.Duration(a.r.IntN(150)) * time.Millisecond)
		s.kill()
		s.start("", "")
	}
	last := fmt.Sprintf("Round %d.", n-1)
	s.until("all sent the last round", func() error {
		mu.Lock()
		defer mu.Unlock()
		for n := range subscribers {
			if have := newest[fmt.Sprintf("/%d", n)]; !strings.Contains(have, last) {
				return fmt.Errorf("subscriber %d was sent %q", n, have)
			}
		}
		return nil
	})
}
