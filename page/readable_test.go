package page

import "testing"

func TestReadable(t *testing.T) {
	for address, want := range map[string]string{
		"https://example.org/rss.xml":                                             "https://example.org/rss.xml",
		"https://example.org/tags/%E7%AE%97%E5%8A%9B/rss.xml":                     "https://example.org/tags/算力/rss.xml",
		"https://example.org/tags/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1-2/rss.xml":       "https://example.org/tags/أخبار-2/rss.xml",
		"https://example.org/tags/c%23/rss.xml":                                   "https://example.org/tags/c%23/rss.xml",
		"https://example.org/tags/%E7%AE%97%2F%E5%8A%9B/rss.xml":                  "https://example.org/tags/%E7%AE%97%2F%E5%8A%9B/rss.xml",
		"https://example.org/tags/%E2%80%AE%D8%A3/rss.xml":                        "https://example.org/tags/%E2%80%AE%D8%A3/rss.xml", // turns the direction around
		"https://example.org/tags/%FF/rss.xml":                                    "https://example.org/tags/%FF/rss.xml",
		"https://example.org/tags/%E0%A4%B9%E0%A4%BF%E0%A4%A8%E0%A5%8D%E0%A4%A6/": "https://example.org/tags/हिन्द/",
	} {
		if got := (link{URL: address}).Readable(); got != want {
			t.Errorf("Readable(%s) = %s, want %s", address, got, want)
		}
	}
}
