package hub_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"feedmill/hub"
	"feedmill/hub/local"
)

// TestOwn shows that no spelling of the site's own host is a place for callbacks. Where its network is
// allowed, other ports of it are.
func TestOwn(t *testing.T) {
	networks := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for base, callbacks := range map[string]map[string]int{
		"https://blog.example/feeds/": {
			"https://blog.example/": 400, "https://BLOG.example:443/hub": 400, "http://blog.example/": 400, "https://blog.example:8443/": 400,
			"https://ｂｌｏｇ.example/": 400, "https://blog。example/": 400, "https://blog.example./": 400, "https://other.example/": 202,
		},
		"https://xn--mhle-0ra.example/": {"https://mühle.example/": 400, "https://MÜHLE.example/": 400, "https://muhle.example/": 202},
		"http://127.0.0.1:8080/":        {"http://127.0.0.1:8080/": 400, "http://[::ffff:127.0.0.1]:8080/": 400, "http://１２７.0.0.1:8080/": 400, "http://127.0.0.1/": 202},
		"http://127.0.0.1/":             {"http://127.0.0.1:80/": 400, "http://127.0.0.1/": 400, "http://127.0.0.1:81/": 202},
		"http://[::1]:8080/":            {"http://[0:0::0:1]:8080/": 400, "http://[::1]:81/": 202},
	} {
		own, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		h := hub.NewHub(hub.Options{
			Store: local.New(nil), Client: http.DefaultClient, Allow: networks, AllowHTTP: true, Ports: []int{8443}, Own: own,
			Topic: func(string) (string, bool) { return "1", true },
		})
		for callback, code := range callbacks {
			req := httptest.NewRequest(http.MethodPost, "/hub", strings.NewReader(form("subscribe", callback).Encode()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, req); w.Code != code {
				t.Errorf("%s at %s: %d %s, want %d", callback, base, w.Code, w.Body, code)
			}
		}
	}
}

// TestSpellings floods one host under many names for it.
func TestSpellings(t *testing.T) {
	r := start(t, nil)
	taken := 0
	for _, host := range []string{"victim.example", "VICTIM.example", "ｖictim.example", "vｉctim.example", "viⓒtim.example", "victim。example"} {
		for range 50 {
			if r.post(form("subscribe", "https://"+host+"/")).Code == http.StatusAccepted {
				taken++
			}
		}
	}
	if taken > 150 {
		t.Errorf("%d requests for one host were taken", taken)
	}
}
