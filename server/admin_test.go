package server

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestRebinding: without a token, a page whose name leads here is not let in; with one, it has no session.
func TestRebinding(t *testing.T) {
	token := ""
	s := &Server{o: Options{Token: func() string { return token }}}
	h := s.guarded(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	ask := func(host string) int {
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		req.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		return w.Code
	}
	for host, want := range map[string]int{
		"localhost:8081": http.StatusOK, "127.0.0.1": http.StatusOK, "[::1]:8081": http.StatusOK, "192.0.2.1:1": http.StatusOK,
		"evil.example:8081": http.StatusForbidden, "localhost.evil.example": http.StatusForbidden, "": http.StatusForbidden,
	} {
		if code := ask(host); code != want {
			t.Errorf("%q: status %d, want %d", host, code, want)
		}
	}
	token = "secret"
	if code := ask("admin.example:8081"); code != http.StatusOK {
		t.Errorf("with a token: status %d", code)
	}
}
