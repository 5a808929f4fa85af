package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"feedmill/catalog"
)

// TestHubEarly asks the hub before the articles have been read, when it knows no feed: who renews a
// subscription must not be told that there is none.
func TestHubEarly(t *testing.T) {
	view := View{BasePath: "/"}
	asked := 0
	hub := &Hub{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusAccepted)
	})}
	s, err := New(Options{CacheBytes: 1 << 20, Current: func() View { return view }, Hub: func() *Hub { return hub }})
	if err != nil {
		t.Fatal(err)
	}
	post := func() *http.Response {
		w := httptest.NewRecorder()
		s.Public().ServeHTTP(w, httptest.NewRequest(http.MethodPost, HubPath, nil))
		return w.Result()
	}
	if resp := post(); resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" || asked != 0 {
		t.Errorf("at first: %s, want 503 with Retry-After; the hub was asked %d times", resp.Status, asked)
	}
	view = View{Snapshot: &catalog.Snapshot{Site: &catalog.Selection{}}, Language: "en", BasePath: "/"}
	if resp := post(); resp.StatusCode != http.StatusAccepted || asked != 1 {
		t.Errorf("later: %s, want 202", resp.Status)
	}
}

// TestHubMethods asks the address of the hub in other ways than by a post: where there is a hub it says what
// it is, where there is none the address is like any other.
func TestHubMethods(t *testing.T) {
	for _, c := range []struct {
		method, path string
		hub          bool
		status       int
		allow        string
	}{
		{http.MethodGet, "/feeds/hub", true, http.StatusMethodNotAllowed, "POST"},
		{http.MethodHead, "/hub", true, http.StatusMethodNotAllowed, "POST"},
		{http.MethodPut, "/hub", true, http.StatusMethodNotAllowed, "POST"},
		{http.MethodOptions, "/hub", true, http.StatusMethodNotAllowed, "POST"},
		{http.MethodPut, "/hub/x", true, http.StatusMethodNotAllowed, "GET, HEAD, OPTIONS"},
		{http.MethodGet, "/hub", false, http.StatusServiceUnavailable, ""},
		{http.MethodPut, "/hub", false, http.StatusMethodNotAllowed, "GET, HEAD, OPTIONS"},
		{http.MethodOptions, "/hub", false, http.StatusNoContent, "GET, HEAD, OPTIONS"},
	} {
		hub := func() *Hub { return nil }
		if c.hub {
			hub = func() *Hub { return &Hub{Handler: http.NotFoundHandler()} }
		}
		s, err := New(Options{CacheBytes: 1 << 20, Current: func() View { return View{BasePath: "/feeds/"} }, Hub: hub})
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		s.Public().ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		h := w.Result().Header
		if w.Code != c.status || h.Get("Allow") != c.allow || (h.Get("Access-Control-Allow-Origin") != "") != (c.allow != "POST") {
			t.Errorf("%s %s, a hub: %v: %d, %v, want %d, Allow: %q", c.method, c.path, c.hub, w.Code, h, c.status, c.allow)
		}
		if hubSays := strings.Contains(w.Body.String(), "WebSub hub"); hubSays != (c.allow == "POST") {
			t.Errorf("%s %s, a hub: %v: %q", c.method, c.path, c.hub, w.Body)
		}
	}
}
