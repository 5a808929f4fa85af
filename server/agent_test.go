package server

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAgent(t *testing.T) {
	for _, test := range []struct {
		userAgent, name string
		subscribers     int
	}{
		{"Feedly/1.0 (+http://www.feedly.com/fetcher.html; 42 subscribers; like FeedFetcher-Google)", "Feedly", 42},
		{"Feedbin feed-id:1373711 - 19 subscribers", "Feedbin", 19},
		{"NewsBlur Feed Fetcher - 1 subscriber - https://www.newsblur.com/site/1 (Mozilla/5.0)", "NewsBlur Feed Fetcher", 1},
		{"Mozilla/5.0 (compatible; theoldreader.com; 3 subscribers; feed-id=1a)", "theoldreader.com", 3},
		{"NetNewsWire (RSS Reader; https://netnewswire.com/)", "NetNewsWire", 0},
		{"Tiny Tiny RSS/24.1 (https://tt-rss.org/)", "Tiny Tiny RSS", 0},
		{"Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Mozilla", 0},
		{"curl/8.5.0", "curl", 0},
		{"", "", 0},
		{"Liar/1 (99999999999999999999 subscribers)", "Liar", 0},
		{"Liar/1 (many subscribers)", "Liar", 0},
		{"A\x00\x1b[31mB\u202eC/1", "A[31mBC", 0},
		{strings.Repeat("算", 100), strings.Repeat("算", 13), 0},
	} {
		if name, n := agent(test.userAgent); name != test.name || n != test.subscribers {
			t.Errorf("agent(%q) = %q %d, want %q %d", test.userAgent, name, n, test.name, test.subscribers)
		}
	}
}

func FuzzAgent(f *testing.F) {
	f.Add("Feedly/1.0 (+http://www.feedly.com/fetcher.html; 42 subscribers)")
	f.Add("Mozilla/5.0 (compatible; \xff; -3 subscribers")
	f.Fuzz(func(t *testing.T, userAgent string) {
		name, n := agent(userAgent)
		if !utf8.ValidString(name) || len(name) > maxAgentName || n < 0 || n > 99999999 {
			t.Errorf("agent(%q) = %q %d", userAgent, name, n)
		}
	})
}
