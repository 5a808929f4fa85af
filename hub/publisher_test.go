package hub_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/hub"
)

// TestWire reads a notice as it arrives at a real hub, which leads elsewhere.
func TestWire(t *testing.T) {
	told := make(chan string, 10)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		told <- r.Method + " " + r.URL.String() + " " + r.Header.Get("Content-Type") + " " + string(body)
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	defer srv.Close()
	p := hub.NewPublisher(hub.PublisherOptions{Hubs: []string{srv.URL + "/hub?key=1"}})
	p.Publish([]string{"https://example.org/tags/c%23/rss.xml", "https://example.org/rss.xml"})
	run(t, p)
	for _, topic := range []string{"https%3A%2F%2Fexample.org%2Frss.xml", "https%3A%2F%2Fexample.org%2Ftags%2Fc%2523%2Frss.xml"} {
		want := "POST /hub?key=1 application/x-www-form-urlencoded hub.mode=publish&hub.topic=" + topic + "&hub.url=" + topic
		if have := <-told; have != want {
			t.Errorf("hub is told %q, want %q", have, want)
		}
	}
}

// run runs p until the test ends.
func run(t *testing.T, p *hub.Publisher) {
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { p.Run(ctx) })
	t.Cleanup(func() { stop(); wg.Wait() })
}

// fakeHubs answers what a hub is asked, and keeps what that was.
type fakeHubs struct {
	answer func(host, topic string) *http.Response // nil: none before the client gives up

	mu  sync.Mutex
	log []string
}

func (f *fakeHubs) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	topic := r.PostForm.Get("hub.url")
	f.mu.Lock()
	f.log = append(f.log, r.Host+" "+topic)
	f.mu.Unlock()
	if resp := f.answer(r.Host, topic); resp != nil {
		return resp, nil
	}
	<-r.Context().Done()
	return nil, errors.New("no answer")
}

// told returns what the hubs have been asked since the last call, in no order of time.
func (f *fakeHubs) told() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	told := f.log
	slices.Sort(told)
	f.log = nil
	return told
}

func status(code int, header ...string) *http.Response {
	resp := &http.Response{StatusCode: code, Status: http.StatusText(code), Header: http.Header{}, Body: http.NoBody}
	for i := 0; i < len(header); i += 2 {
		resp.Header.Set(header[i], header[i+1])
	}
	return resp
}

// bubble runs a test on a clock of its own, with a publisher for the hubs a and b.
func bubble(t *testing.T, answer func(host, topic string) *http.Response, test func(*hub.Publisher, *fakeHubs)) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeHubs{answer: answer}
		p := hub.NewPublisher(hub.PublisherOptions{Hubs: []string{"https://a/", "https://b/"}, Client: &http.Client{Transport: f}})
		run(t, p)
		test(p, f)
	})
}

func expect(t *testing.T, f *fakeHubs, what string, want ...string) {
	t.Helper()
	synctest.Wait()
	if diff := cmp.Diff(want, f.told()); diff != "" {
		t.Errorf("%s (-want +have):\n%s", what, diff)
	}
}

// onlyB lets hub a work and hub b fail as given.
func onlyB(b func(topic string) *http.Response) func(host, topic string) *http.Response {
	return func(host, topic string) *http.Response {
		if host == "a" {
			return status(http.StatusNoContent)
		}
		return b(topic)
	}
}

func TestHubDown(t *testing.T) {
	failing := onlyB(func(string) *http.Response { return status(http.StatusServiceUnavailable) })
	bubble(t, failing, func(p *hub.Publisher, f *fakeHubs) {
		p.Publish([]string{"one", "two"})
		synctest.Wait()
		if told := f.told(); len(told) != 3 {
			t.Errorf("hubs told %q, want both topics at a and one at b", told)
		}
		for range 100 {
			p.Publish([]string{"two"})
		}
		time.Sleep(9 * time.Second)
		synctest.Wait()
		for _, l := range f.told() {
			if l != "a two" {
				t.Errorf("%q before the first pause is over", l)
			}
		}
		// b is asked once a pause, and given up after the last.
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if told := f.told(); len(told) > 2*5 {
			t.Errorf("b asked %d times more: %q", len(told), told)
		}
		time.Sleep(24 * time.Hour)
		expect(t, f, "after it was given up")
		p.Publish([]string{"one"})
		expect(t, f, "after the next change", "a one", "b one")
	})
}

func TestHubComesBack(t *testing.T) {
	down := true
	answer := onlyB(func(string) *http.Response {
		if down {
			return status(http.StatusTooManyRequests, "Retry-After", "120")
		}
		return status(http.StatusAccepted)
	})
	bubble(t, answer, func(p *hub.Publisher, f *fakeHubs) {
		p.Publish([]string{"two", "one"})
		synctest.Wait()
		f.told()
		down = false
		p.Publish([]string{"three"})
		time.Sleep(119 * time.Second)
		expect(t, f, "before Retry-After is over", "a three")
		time.Sleep(20 * time.Second)
		expect(t, f, "afterwards", "b one", "b three", "b two")
		time.Sleep(24 * time.Hour)
		expect(t, f, "when all is told")
	})
}

func TestRefusedTopic(t *testing.T) {
	answer := onlyB(func(topic string) *http.Response {
		if topic == "bad" {
			return status(http.StatusNotFound)
		}
		return status(http.StatusOK)
	})
	bubble(t, answer, func(p *hub.Publisher, f *fakeHubs) {
		p.Publish([]string{"bad", "good"})
		synctest.Wait()
		f.told()
		p.Publish([]string{"next"})
		synctest.Wait()
		if told := f.told(); len(told) != 2 {
			t.Errorf("hubs told %q, want next at both", told)
		}
		time.Sleep(24 * time.Hour)
		expect(t, f, "again", "b bad", "b bad", "b bad", "b bad", "b bad")
	})
}

// TestSilentHub has a hub that never answers: neither Publish nor the other hub wait for it.
func TestSilentHub(t *testing.T) {
	bubble(t, onlyB(func(string) *http.Response { return nil }), func(p *hub.Publisher, f *fakeHubs) {
		p.Publish([]string{"one"})
		synctest.Wait()
		f.told()
		p.Publish([]string{"two"})
		expect(t, f, "while b is silent", "a two")
		time.Sleep(11 * time.Second)
		expect(t, f, "when b has been given up for now")
		time.Sleep(11 * time.Second)
		expect(t, f, "after the pause", "b one")
	})
}

// endless is a body without an end that counts what is read of it.
type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) { e.n += len(p); return len(p), nil }
func (e *endless) Close() error               { return nil }

func TestEndlessAnswer(t *testing.T) {
	var body endless
	answer := onlyB(func(string) *http.Response {
		resp := status(http.StatusOK)
		resp.Body = &body
		return resp
	})
	bubble(t, answer, func(p *hub.Publisher, f *fakeHubs) {
		p.Publish([]string{"one"})
		synctest.Wait()
		if body.n == 0 || body.n > 4<<10 {
			t.Errorf("%d bytes read of an endless answer", body.n)
		}
	})
}
