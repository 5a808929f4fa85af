package server

import (
	"net/http"
	"net/http/httptest"
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
