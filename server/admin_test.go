package server_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"feedmill/server"
)

// Where no token is asked for, a web page must not reach the admin listener by a name of its owner
// that it has let lead to this machine.
func TestAdminHost(t *testing.T) {
	for _, tt := range []struct {
		token, host string
		want        int
	}{
		{"", "127.0.0.1:8081", http.StatusOK},
		{"", "127.0.0.1", http.StatusOK},
		{"", "[::1]:8081", http.StatusOK},
		{"", "[::1]", http.StatusOK},
		{"", "LocalHost:8081", http.StatusOK},
		{"", "", http.StatusOK}, // HTTP/1.0
		{"", "evil.example:8081", http.StatusForbidden},
		{"", "127.0.0.1.evil.example", http.StatusForbidden},
		{"", "localhost.evil.example:8081", http.StatusForbidden},
		{"secret", "feeds.internal:8081", http.StatusOK}, // no page can know the token
	} {
		srv, err := server.New(server.Options{
			Current:    func() server.View { return server.View{} },
			Health:     func() server.Health { return server.Health{} },
			Token:      func() string { return tt.token },
			CacheBytes: 1 << 20,
		})
		if err != nil {
			t.Fatal(err)
		}
		req := httptest.NewRequest(http.MethodGet, "/-/status", nil)
		req.Host = tt.host
		if tt.token != "" {
			req.Header.Set("Authorization", "Bearer "+tt.token)
		}
		w := httptest.NewRecorder()
		srv.Admin().ServeHTTP(w, req)
		if w.Code != tt.want {
			t.Errorf("host %q, token %q: %d, want %d", tt.host, tt.token, w.Code, tt.want)
		}
	}
}
