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

// TestRefused shows what is not even asked for: the answer says why, in plain text.
func TestRefused(t *testing.T) {
	r := start(t, nil)
	inside := start(t, loopback)
	for callback, code := range map[string]int{"http://127.0.0.1:9/": 202, "http://[::ffff:127.0.0.1]:9/": 202, "http://10.0.0.1:9/": 400} {
		if w := inside.post(form("subscribe", callback)); w.Code != code {
			t.Errorf("%s where 127.0.0.0/8 is allowed: %d %s", callback, w.Code, w.Body)
		}
	}
	const good = "https://reader.example/c"
	for name, test := range map[string]struct {
		form url.Values
		code int
	}{
		"mode":         {form("publish", good), 400},
		"topic":        {url.Values{"hub.mode": {"subscribe"}, "hub.topic": {"https://blog.example/"}, "hub.callback": {good}}, 404},
		"no text":      {topicForm("https://blog.example/\x00"), 400},
		"no UTF-8":     {topicForm("https://blog.example/\xff"), 400},
		"long topic":   {topicForm("https://blog.example/" + strings.Repeat("x", 2048)), 400},
		"other topic":  {topicForm("https://blog.example/gone.xml"), 202},
		"no callback":  {form("subscribe", ""), 400},
		"scheme":       {form("subscribe", "ftp://reader.example/"), 400},
		"relative":     {form("subscribe", "/c"), 400},
		"opaque":       {form("subscribe", "https:reader.example"), 400},
		"user":         {form("subscribe", "https://u:p@reader.example/"), 400},
		"fragment":     {form("subscribe", good+"#x"), 400},
		"port":         {form("subscribe", "https://reader.example:6379/"), 400},
		"long":         {form("subscribe", good+"?"+strings.Repeat("x", 2048)), 400},
		"own host":     {form("subscribe", "https://Blog.example/hub"), 400},
		"own port":     {form("subscribe", "https://blog.example:443/hub"), 400},
		"no name":      {form("subscribe", "https://a\u0301\u200dä..example/"), 400},
		"long encoded": {form("subscribe", good+"/"+strings.Repeat("长", 600)), 400},
		"dot":          {form("subscribe", "https://reader.example./"), 400},
		"secret":       {form("subscribe", good, "hub.secret", strings.Repeat("x", 200)), 400},
		"lease 0":      {form("subscribe", good, "hub.lease_seconds", "0"), 400},
		"lease -1":     {form("subscribe", good, "hub.lease_seconds", "-1"), 400},
		"lease abc":    {form("subscribe", good, "hub.lease_seconds", "abc"), 400},
		"twice":        {form("subscribe", good, "hub.topic", topic), 400},
		"big":          {form("subscribe", good, "x", strings.Repeat("x", 1<<20)), 413},
		"huge lease":   {form("subscribe", good, "hub.lease_seconds", "1000000000000000000"), 202},
		"beyond int64": {form("subscribe", good, "hub.lease_seconds", strings.Repeat("9", 30)), 202},
	} {
		w := r.post(test.form)
		if w.Code != test.code || w.Code != 202 && (w.Header().Get("Content-Type") != "text/plain; charset=utf-8" || w.Body.Len() < 10) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if w := r.postBody("application/json", "{}"); w.Code != http.StatusUnsupportedMediaType {
		t.Errorf("JSON: %d", w.Code)
	}
}

// topicForm ends a subscription to what may be no feed any more.
func topicForm(topic string) url.Values {
	return url.Values{"hub.mode": {"unsubscribe"}, "hub.topic": {topic}, "hub.callback": {"https://reader.example/c"}}
}

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
