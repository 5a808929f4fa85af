package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

const subscriberSecret = "a secret of the subscriber"

// testSubscriber agrees to all that it is asked, and keeps what it is sent.
type testSubscriber struct {
	mu         sync.Mutex
	url        string
	subscribed int
	asked      int
	sent       []delivered
}

type delivered struct {
	link, mediaType, signature string
	body                       []byte
}

func (s *testSubscriber) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == http.MethodGet {
		s.asked++
		fmt.Fprint(w, r.FormValue("hub.challenge"))
		return
	}
	body, _ := io.ReadAll(r.Body) // what is cut off has another signature
	s.sent = append(s.sent, delivered{r.Header.Get("Link"), r.Header.Get("Content-Type"), r.Header.Get("X-Hub-Signature"), body})
}

func subscriberCmd(ts *testscript.TestScript, _ bool, args []string) {
	s := &daemonOf(ts).subscriber
	srv := httptest.NewServer(s)
	ts.Defer(srv.Close)
	s.url = srv.URL + "/at?key=1"
	name := ts.MkAbs(args[0])
	text, err := os.ReadFile(name)
	ts.Check(err)
	ts.Check(os.WriteFile(name, append(text, "hub: {allow: [127.0.0.0/8]}\n"...), 0o644))
}

func subscribeCmd(ts *testscript.TestScript, _ bool, args []string) {
	d := daemonOf(ts)
	resp, err := http.PostForm("http://"+d.addr+"/hub", url.Values{
		"hub.mode": {"subscribe"}, "hub.topic": {args[0]}, "hub.callback": {d.subscriber.url}, "hub.secret": {subscriberSecret},
	})
	ts.Check(err)
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		body, _ := io.ReadAll(resp.Body)
		ts.Fatalf("subscribing to %s: %s: %s", args[0], resp.Status, body)
	}
	d.subscriber.subscribed++
	want := fmt.Sprintf("feedmill_hub_subscriptions %d\n", d.subscriber.subscribed)
	eventually(ts, "subscribed", func() string {
		if _, body := d.ask(ts, "GET", "http://"+d.admin+"/metrics"); !strings.Contains(body, want) {
			return "no subscription yet"
		}
		return ""
	})
}

func sentCmd(ts *testscript.TestScript, _ bool, args []string) {
	s := &daemonOf(ts).subscriber
	eventually(ts, "sent "+args[0], func() string {
		s.mu.Lock()
		defer s.mu.Unlock()
		link := `<https://example.org/hub>; rel="hub", <` + args[0] + `>; rel="self"`
		i := slices.IndexFunc(s.sent, func(d delivered) bool { return d.link == link })
		if i < 0 {
			return fmt.Sprintf("nothing of %d with the Link: %s", len(s.sent), link)
		}
		d := s.sent[i]
		s.sent = slices.Delete(s.sent, i, i+1)
		mac := hmac.New(sha256.New, []byte(subscriberSecret))
		mac.Write(d.body)
		if want := "sha256=" + hex.EncodeToString(mac.Sum(nil)); d.signature != want {
			ts.Fatalf("signature %q, want %q", d.signature, want)
		}
		ts.Check(os.WriteFile(ts.MkAbs("sent"), d.body, 0o644))
		ts.Check(os.WriteFile(ts.MkAbs("sent.header"), []byte("Content-Type: "+d.mediaType+"\n"), 0o644))
		return ""
	})
}
