package publish

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// cdn keeps what it was asked for.
type cdn struct {
	mu     sync.Mutex
	asked  []string
	status int
}

func (c *cdn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", r.Method, r.RequestURI, r.Header.Get("Authorization"), body)))
	w.Header().Set("Location", "/elsewhere")
	w.WriteHeader(c.status)
}

func (c *cdn) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	asked := c.asked
	c.asked = nil
	slices.Sort(asked)
	return asked
}

func TestPurge(t *testing.T) {
	c := &cdn{status: http.StatusOK}
	srv := httptest.NewServer(c)
	defer srv.Close()
	at := Target{Folder: t.TempDir(), Purge: Purge{
		URL: srv.URL + "/purge:path?u=:url", Header: "Authorization: Bearer hush-hush", Body: `{"files": [":url"]}`, Base: "https://feeds.example.org/f/",
	}}
	var site testSite
	asks := func(paths ...string) (lines []string) {
		for _, p := range paths {
			address := "https://feeds.example.org/f/" + p
			query := strings.NewReplacer("/", "%2F", ":", "%3A", "%", "%25").Replace(address)
			lines = append(lines, fmt.Sprintf(`POST /purge/f/%s?u=%s Bearer hush-hush {"files": [%q]}`, p, query, address))
		}
		slices.Sort(lines)
		return lines
	}
	sync := func(docs map[string]string, asked ...string) {
		t.Helper()
		if _, err := once(t, at, site.of(docs)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(asks(asked...), c.take()); diff != "" {
			t.Errorf("asked for (-want +have):\n%s", diff)
		}
	}
	sync(map[string]string{"a.xml": "1", "算.xml": "1", "f/index.xml": "1"}) // no cache has what never was
	sync(map[string]string{"a.xml": "1", "算.xml": "2", "f/index.xml": "2"}, "%E7%AE%97.xml", "f/index.xml", "f/")
	sync(map[string]string{"a.xml": "1"}, "%E7%AE%97.xml", "f/index.xml", "f/")

	// One that is not answered is asked for again, also by another process; nothing is written again.
	for _, status := range []int{http.StatusInternalServerError, http.StatusForbidden, http.StatusFound} {
		c.status = status
		_, err := once(t, at, site.of(map[string]string{"a.xml": fmt.Sprint(status)}))
		if err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("answer %d: %v", status, err)
		}
		if asked := c.take(); len(asked) != 1 || strings.Contains(asked[0], "elsewhere") {
			t.Errorf("answer %d: asked for %q", status, asked)
		}
		c.status = http.StatusNotFound // what is not in the cache
		s, err := once(t, at, site.of(map[string]string{"a.xml": fmt.Sprint(status)}))
		if asked := c.take(); err != nil || s.Written != 0 || s.Purged != 1 || len(asked) != 1 {
			t.Errorf("after an answer of %d: %v, %+v, asked for %q", status, err, s, asked)
		}
	}
}

// TestPurgeSlow lets a cache refuse all but the first requests of each attempt.
func TestPurgeSlow(t *testing.T) {
	var left atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if left.Add(-1) < 0 {
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}))
	defer srv.Close()
	at := Target{Folder: t.TempDir(), Purge: Purge{URL: srv.URL + ":path", Method: "PURGE", Base: "https://example.org/"}}
	var site testSite
	docs := func(text string) Generation {
		all := map[string]string{}
		for i := range 30 {
			all[fmt.Sprint(i, ".xml")] = text
		}
		return site.of(all)
	}
	if _, err := once(t, at, docs("1")); err != nil {
		t.Fatal(err)
	}
	var purged uint64
	for attempt := 1; ; attempt++ {
		left.Store(10)
		s, err := once(t, at, docs("2"))
		purged += s.Purged
		if err == nil {
			break
		}
		if attempt > 3 || s.Purged == 0 {
			t.Fatalf("attempt %d: %d purged, %v", attempt, s.Purged, err)
		}
	}
	if purged != 30 {
		t.Errorf("%d purged, want each of 30 once", purged)
	}
}

// TestPurgeSecrets lets a request fail whose address holds a secret.
func TestPurgeSecrets(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	p := newPurger(Purge{URL: srv.URL + "/hush-hush/:path", Header: "Key: hush-hush", Base: "https://example.org/"})
	if err := p.purge(t.Context(), "rss.xml"); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("nobody answers: %v", err)
	}
}
