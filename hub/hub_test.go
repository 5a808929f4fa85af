package hub_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"feedmill/hub"
	"feedmill/hub/local"
)

const topic = "https://blog.example/atom.xml"

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// running is a hub that verifies and delivers.
type running struct {
	*hub.Hub
	sends   *hub.Deliverer
	store   hub.Store
	content atomic.Pointer[hub.Content]
}

// start starts one whose callbacks may be at the servers of the test, where they are allowed.
func start(t *testing.T, allow []netip.Prefix, at ...string) *running {
	t.Helper()
	var ports []int
	for _, s := range at {
		u, _ := url.Parse(s)
		n, _ := strconv.Atoi(u.Port())
		ports = append(ports, n)
	}
	r := &running{store: local.New(nil)}
	r.content.Store(&hub.Content{Type: "application/atom+xml; charset=utf-8", Body: []byte("one"), Version: hub.Version{ETag: "1", Modified: time.Unix(1, 0)}})
	client := hub.NewClient(allow)
	r.Hub = hub.NewHub(hub.Options{
		Store: r.store, Client: client, AllowHTTP: true, Allow: allow, Ports: ports, Own: &url.URL{Scheme: "https", Host: "blog.example", Path: "/"},
		Topic: func(s string) (string, bool) { return r.content.Load().Version.ETag, s == topic },
	})
	r.sends = hub.NewDeliverer(hub.DelivererOptions{
		Hub: "https://blog.example/hub", Store: r.store, Client: client,
		Content: func(context.Context, string, string) (hub.Content, error) { return *r.content.Load(), nil },
	})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{}, 2)
	go func() { r.Run(ctx); done <- struct{}{} }()
	go func() { r.sends.Run(ctx); done <- struct{}{} }()
	t.Cleanup(func() { stop(); <-done; <-done })
	return r
}

// publish makes the topic hold another text.
func (r *running) publish(n int64) {
	v := hub.Version{ETag: strconv.FormatInt(n, 10), Modified: time.Unix(n, 0)}
	r.content.Store(&hub.Content{Type: "application/atom+xml; charset=utf-8", Body: fmt.Appendf(nil, "text %d", n), Version: v})
	r.sends.Publish(map[string]hub.Version{topic: v})
}

func (r *running) post(form url.Values) *httptest.ResponseRecorder {
	return r.postBody("application/x-www-form-urlencoded", form.Encode())
}

func (r *running) postBody(kind, body string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodPost, "/hub", strings.NewReader(body))
	req.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	return w
}

func form(mode, callback string, more ...string) url.Values {
	f := url.Values{"hub.mode": {mode}, "hub.topic": {topic}, "hub.callback": {callback}}
	for i := 0; i < len(more); i += 2 {
		f.Add(more[i], more[i+1])
	}
	return f
}

// until waits for what is asked to hold.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 20 s: %s", what)
		}
	}
}

func (r *running) has(t *testing.T, callback string) (hub.Subscription, bool) {
	t.Helper()
	s, err := r.store.Find(t.Context(), topic, callback)
	if err != nil && !errors.Is(err, hub.ErrNoSubscription) {
		t.Fatal(err)
	}
	return s, err == nil
}

// subscriber agrees as long as it is willing, and keeps what it is sent.
type subscriber struct {
	*httptest.Server
	unwilling atomic.Bool
	asked     chan *http.Request
	sent      chan sent
	status    atomic.Int32
}

type sent struct {
	header http.Header
	body   string
}

func newSubscriber(t *testing.T) *subscriber {
	s := &subscriber{asked: make(chan *http.Request, 100), sent: make(chan sent, 100)}
	s.status.Store(http.StatusOK)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost:
			body, _ := io.ReadAll(r.Body)
			w.WriteHeader(int(s.status.Load()))
			s.sent <- sent{r.Header, string(body)}
			return
		case s.unwilling.Load():
			http.NotFound(w, r)
		default:
			fmt.Fprint(w, r.FormValue("hub.challenge"))
		}
		s.asked <- r
	}))
	t.Cleanup(s.Close)
	return s
}

// TestSubscription follows one from its beginning to its end: the callback's own query stays, the
// delivery is what WebSub §7 wants, a renewal or an end in which nobody agrees changes nothing.
func TestSubscription(t *testing.T) {
	s := newSubscriber(t)
	r := start(t, loopback, s.URL)
	callback := s.URL + "/c?a=b&hub.topic=x"
	secret := strings.Repeat("\x00\xff\xfe ", 49) + "abc" // 199 bytes, no text
	if w := r.post(form("subscribe", callback, "hub.secret", secret, "hub.lease_seconds", "864000", "foo", "bar")); w.Code != http.StatusAccepted {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	asked := <-s.asked
	if q := asked.URL.RawQuery; !strings.HasPrefix(q, "a=b&hub.topic=x&") || asked.URL.Query()["hub.topic"][1] != topic || asked.URL.Query().Get("hub.lease_seconds") != "864000" {
		t.Errorf("asked with %s", q)
	}
	until(t, "subscribed", func() bool { _, ok := r.has(t, callback); return ok })

	check := func(body, secret string) {
		t.Helper()
		got := <-s.sent
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(body))
		signature := "sha256=" + hex.EncodeToString(mac.Sum(nil))
		if secret == "" {
			signature = ""
		}
		if got.body != body || got.header.Get("X-Hub-Signature") != signature || got.header.Get("Content-Type") != "application/atom+xml; charset=utf-8" ||
			got.header.Get("Link") != `<https://blog.example/hub>; rel="hub", <`+topic+`>; rel="self"` {
			t.Errorf("sent %q %v", got.body, got.header)
		}
	}
	r.publish(2)
	check("text 2", secret)

	s.unwilling.Store(true)
	r.post(form("subscribe", callback))
	<-s.asked
	r.post(form("unsubscribe", callback))
	<-s.asked
	r.publish(3)
	check("text 3", secret)

	s.unwilling.Store(false)
	r.post(form("subscribe", callback)) // without a secret
	until(t, "renewed", func() bool { is, _ := r.has(t, callback); return is.Secret == "" })
	r.publish(4)
	check("text 4", "")

	r.post(form("unsubscribe", callback))
	until(t, "ended", func() bool { _, ok := r.has(t, callback); return !ok })

	r.post(form("subscribe", callback))
	until(t, "subscribed", func() bool { _, ok := r.has(t, callback); return ok })
	s.status.Store(http.StatusGone)
	r.publish(5)
	check("text 5", "")
	until(t, "ended by 410", func() bool { _, ok := r.has(t, callback); return !ok })
}

// TestFlood has the hub asked again and again to ask one host, which must not feel it; others still
// can subscribe.
func TestFlood(t *testing.T) {
	victim, other := newSubscriber(t), newSubscriber(t)
	var came atomic.Int32
	victim.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { came.Add(1); http.NotFound(w, r) })
	r := start(t, loopback, victim.URL, other.URL)
	for i := range 10_000 {
		r.post(form("subscribe", strings.Replace(victim.URL, "127.0.0.1", "LOCALHOST", 1)+"/"+strconv.Itoa(i)))
	}
	r.post(form("subscribe", other.URL))
	until(t, "the other subscribed", func() bool { _, ok := r.has(t, other.URL); return ok })
	until(t, "all verified in vain", func() bool { f := r.Figures(); return f["accepted"] == f["verified"]+f["unverified"] })
	if n := came.Load(); n < 1 || n > 200 {
		t.Errorf("the victim was asked %d times", n)
	}
}

// TestChallenge shows which answers are no consent.
func TestChallenge(t *testing.T) {
	for name, answer := range map[string]func(w http.ResponseWriter, challenge string){
		"wrong":     func(w http.ResponseWriter, _ string) { fmt.Fprint(w, "yes") },
		"line feed": func(w http.ResponseWriter, c string) { fmt.Fprint(w, c+"\n") },
		"endless": func(w http.ResponseWriter, c string) {
			for i := 0; i < 1000; i++ {
				if _, err := fmt.Fprint(w, strings.Repeat(c, 1000)); err != nil {
					return
				}
			}
		},
		"no content": func(w http.ResponseWriter, _ string) { w.WriteHeader(http.StatusNoContent) },
		"error":      func(w http.ResponseWriter, c string) { w.WriteHeader(http.StatusNotFound); fmt.Fprint(w, c) },
		"compressed": func(w http.ResponseWriter, c string) {
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, "\x1f\x8b")
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r.FormValue("hub.challenge")) }))
			defer srv.Close()
			r := start(t, loopback, srv.URL)
			r.post(form("subscribe", srv.URL))
			until(t, "not verified", func() bool { return r.Figures()["unverified"] == 1 })
			if _, ok := r.has(t, srv.URL); ok {
				t.Error("subscribed")
			}
		})
	}
}

// TestRedirect shows that nobody is led elsewhere.
func TestRedirect(t *testing.T) {
	s := newSubscriber(t)
	from := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, s.URL+"?"+r.URL.RawQuery, http.StatusTemporaryRedirect)
	}))
	defer from.Close()
	r := start(t, loopback, s.URL, from.URL)
	r.post(form("subscribe", from.URL))
	until(t, "not verified", func() bool { return r.Figures()["unverified"] == 1 })
	if err := r.store.Subscribe(t.Context(), hub.Subscription{Topic: topic, Callback: from.URL, Has: "1"}, time.Hour); err != nil {
		t.Fatal(err)
	}
	r.publish(2)
	until(t, "not sent", func() bool { return r.sends.Figures()["failed"] == 1 })
	if len(s.asked) > 0 || len(s.sent) > 0 {
		t.Error("followed")
	}
}
