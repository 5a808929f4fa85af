package hub_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"feedmill/hub"
	"feedmill/hub/local"
)

// asking is a hub that verifies, and delivers nothing.
type asking struct {
	*hub.Hub
	t     *testing.T
	store hub.Store
}

func newAsking(t *testing.T, store hub.Store, o hub.Options) *asking {
	o.Store, o.Own = store, &url.URL{Scheme: "https", Host: "blog.example", Path: "/"}
	a := &asking{hub.NewHub(o), t, store}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { a.Run(ctx); close(ended) }()
	t.Cleanup(func() { stop(); <-ended })
	return a
}

// saying is a client for callbacks at no network, which say what answer tells.
func saying(answer func(*http.Request) string) *http.Client {
	return &http.Client{Timeout: 10 * time.Second, Transport: round(func(r *http.Request) (*http.Response, error) {
		body := answer(r)
		if err := r.Context().Err(); err != nil {
			return nil, err
		}
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
	})}
}

func (a *asking) subscribe(callback string, more ...string) {
	a.t.Helper()
	a.request("subscribe", callback, more...)
}

func (a *asking) request(mode, callback string, more ...string) {
	a.t.Helper()
	req := httptest.NewRequest(http.MethodPost, "/hub", strings.NewReader(form(mode, callback, more...).Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	if a.ServeHTTP(w, req); w.Code != http.StatusAccepted {
		a.t.Fatalf("%s: %d %s", callback, w.Code, w.Body)
	}
}

func (a *asking) has(callback string) bool {
	a.t.Helper()
	_, err := a.store.Find(a.t.Context(), topic, callback)
	if err != nil && !errors.Is(err, hub.ErrNoSubscription) {
		a.t.Fatal(err)
	}
	return err == nil
}

func always(string) (etag string, ok bool) { return "1", true }

func echo(r *http.Request) string { return r.FormValue("hub.challenge") }

// TestTarpitsAsked has many ask for callbacks that never answer: who does is asked before any of those
// has been waited for to the end.
func TestTarpitsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAsking(t, local.New(nil), hub.Options{Topic: always, Client: saying(func(r *http.Request) string {
			if r.URL.Host != "well.example" {
				<-r.Context().Done()
			}
			return echo(r)
		})})
		for n := range 300 {
			a.subscribe(fmt.Sprintf("https://tarpit%d.example/%d", n%30, n))
		}
		a.subscribe("https://well.example/")
		time.Sleep(9 * time.Second)
		if !a.has("https://well.example/") {
			t.Error("who answers waits for those who do not")
		}
	})
}

// TestSlowAsked has a callback that takes its time, and is waited for.
func TestSlowAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAsking(t, local.New(nil), hub.Options{Topic: always, Client: saying(func(r *http.Request) string {
			time.Sleep(8 * time.Second)
			return echo(r)
		})})
		a.subscribe("https://slow.example/")
		time.Sleep(9 * time.Second)
		if !a.has("https://slow.example/") {
			t.Error("not subscribed")
		}
	})
}

// TestLastAsked ends a hub while most of what it has accepted waits: those who answer are subscribed, and
// those who do not keep it for a moment only.
func TestLastAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := local.New(nil)
		ctx, stop := context.WithCancel(t.Context())
		a := &asking{hub.NewHub(hub.Options{
			Store: store, Topic: always, Own: &url.URL{Scheme: "https", Host: "blog.example", Path: "/"},
			Client: saying(func(r *http.Request) string {
				if r.URL.Host == "tarpit.example" {
					<-r.Context().Done()
				}
				time.Sleep(10 * time.Millisecond)
				return echo(r)
			}),
		}), t, store}
		const hosts, each = 10, 50
		for n := range each {
			a.subscribe(fmt.Sprintf("https://tarpit.example/%d", n))
			for host := range hosts {
				a.subscribe(fmt.Sprintf("https://h%d.example/%d", host, n))
			}
		}
		begin := time.Now()
		time.AfterFunc(time.Millisecond, stop)
		a.Run(ctx)
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("it took %v to end", took)
		}
		byTopic, _, err := store.Count(t.Context())
		if err != nil || byTopic[topic] != hosts*each {
			t.Errorf("%d are subscribed, %v; want %d", byTopic[topic], err, hosts*each)
		}
	})
}

// TestLeaseTold shows that a lease within bounds is what is asked for, and that the one which is kept is
// the one which was told.
func TestLeaseTold(t *testing.T) {
	for ask, want := range map[string]time.Duration{
		"": 240 * time.Hour, "1": 5 * time.Minute, "300": 5 * time.Minute, "7200": 2 * time.Hour, "2592001": 720 * time.Hour, "1000000000000000000": 720 * time.Hour,
		strings.Repeat("9", 30): 720 * time.Hour,
	} {
		synctest.Test(t, func(t *testing.T) {
			const callback = "https://reader.example/"
			told := ""
			a := newAsking(t, local.New(nil), hub.Options{Topic: always, Client: saying(func(r *http.Request) string {
				told = r.FormValue("hub.lease_seconds")
				return echo(r)
			})})
			a.subscribe(callback, "hub.lease_seconds", ask)
			synctest.Wait()
			if told != fmt.Sprint(int(want.Seconds())) {
				t.Errorf("lease %q: told %s, want %v", ask, told, want)
			}
			if time.Sleep(want - time.Second); !a.has(callback) {
				t.Errorf("lease %q: ended before its time", ask)
			}
			if time.Sleep(time.Second); a.has(callback) {
				t.Errorf("lease %q: goes on", ask)
			}
		})
	}
}

// TestSilence shows that the log tells neither secrets nor what stands in a callback's query.
func TestSilence(t *testing.T) {
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		client := &http.Client{Transport: round(func(r *http.Request) (*http.Response, error) {
			if r.URL.Host == "down.example" || r.Method == http.MethodPost {
				return nil, errors.New("connection refused")
			}
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(echo(r)))}, nil
		})}
		store := local.New(nil)
		a := newAsking(t, store, hub.Options{Topic: always, Client: client, Logger: logger})
		a.subscribe("https://down.example/?key=hush", "hub.secret", "hush")
		a.subscribe("https://reader.example/?key=hush", "hub.secret", "hush")
		newest := hub.Version{ETag: "2", Modified: time.Now()}
		d := hub.NewDeliverer(hub.DelivererOptions{
			Hub: "https://blog.example/hub", Store: store, Client: client, Logger: logger,
			Content: func(context.Context, string, string) (hub.Content, error) { return hub.Content{Version: newest}, nil },
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { d.Run(ctx); close(ended) }()
		time.Sleep(time.Second)
		d.Publish(map[string]hub.Version{topic: newest})
		time.Sleep(time.Second)
		stop()
		<-ended
	})
	for _, want := range []string{"not verified", "msg=subscribed", "not reached", "connection refused"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not tell %q", want)
		}
	}
	if strings.Contains(log.String(), "hush") {
		t.Errorf("the log tells a secret:\n%s", log.String())
	}
}

// away is a store that finds nothing, for want of its database.
type away struct{ hub.Store }

func (away) Find(context.Context, string, string) (hub.Subscription, error) {
	return hub.Subscription{}, errors.New("away")
}

// TestNothingToEnd shows that nobody is asked to end what is not there, or can't be found now, and that the
// log does not tell that it has ended.
func TestNothingToEnd(t *testing.T) {
	for why, store := range map[string]hub.Store{"no such subscription": local.New(nil), "away": away{local.New(nil)}} {
		t.Run(why, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				a := newAsking(t, store, hub.Options{Topic: always, Logger: slog.New(slog.NewTextHandler(&log, nil)), Client: saying(func(r *http.Request) string {
					t.Errorf("asked %s", r.URL)
					return echo(r)
				})})
				a.request("unsubscribe", "https://reader.example/")
				synctest.Wait()
				if told := log.String(); !strings.Contains(told, why) || strings.Contains(told, "msg=unsubscribed") {
					t.Errorf("the log tells %q, want %q", told, why)
				}
			})
		})
	}
}

// full is a store with as many subscriptions as it is told of.
type full struct {
	hub.Store
	byTopic, byHost map[string]int
}

func (f full) Count(context.Context) (byTopic, byHost map[string]int, err error) {
	return f.byTopic, f.byHost, nil
}

// TestDenied shows that who is refused after all is told so, with the reason, and that one who is
// subscribed already may stay.
func TestDenied(t *testing.T) {
	const callback, other = "https://reader.example/c?a=b", "https://reader.example/other"
	for name, test := range map[string]struct {
		gone            bool
		byTopic, byHost map[string]int
		reason          string
		stays           bool
	}{
		"no such feed":  {gone: true, reason: "there is no such feed any more"},
		"full topic":    {byTopic: map[string]int{topic: 1_000_000}, reason: "there are too many subscriptions", stays: true},
		"full host":     {byHost: map[string]int{"reader.example": 100_000}, reason: "there are too many subscriptions", stays: true},
		"not quite yet": {byTopic: map[string]int{topic: 999_999}, byHost: map[string]int{"reader.example": 99_999}, stays: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := full{local.New(nil), test.byTopic, test.byHost}
				if err := store.Subscribe(t.Context(), hub.Subscription{Topic: topic, Callback: other, Has: "1"}, time.Hour); err != nil {
					t.Fatal(err)
				}
				var asked []url.Values
				looks := 0 // the first of two at the topic finds it
				a := newAsking(t, store, hub.Options{
					Topic: func(string) (string, bool) { looks++; return "1", !test.gone || looks%2 == 1 },
					Client: saying(func(r *http.Request) string {
						asked = append(asked, r.URL.Query())
						return echo(r)
					}),
				})
				for _, c := range []string{callback, other} {
					asked = nil
					a.subscribe(c)
					synctest.Wait()
					mode, reason := "subscribe", ""
					if test.reason != "" && (c != other || !test.stays) {
						mode, reason = "denied", test.reason
					}
					if len(asked) != 1 || asked[0].Get("hub.mode") != mode || asked[0].Get("hub.topic") != topic || asked[0].Get("hub.reason") != reason {
						t.Errorf("%s was asked %v, want %s with %q", c, asked, mode, reason)
					}
					if want := c == other || mode == "subscribe"; a.has(c) != want {
						t.Errorf("%s subscribed: %v, want %v", c, a.has(c), want)
					}
				}
			})
		})
	}
}
