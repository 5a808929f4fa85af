package article

import (
	"net/url"
	"testing"
)

func TestPlainURL(t *testing.T) {
	for _, test := range []struct{ page, s, want string }{ // want "" means that it is for fullURL
		{"https://example.org/", "https://example.net/a/b.png", "https://example.net/a/b.png"},
		{"https://example.org/", "http://example.net", "http://example.net"},
		{"https://example.org/blog/", "/pictures/wheel.png", "https://example.org/pictures/wheel.png"},
		{"https://example.org/blog/", "./2026/wheel/", "https://example.org/blog/2026/wheel/"},
		{"https://example.org/blog", "./2026/", "https://example.org/2026/"},
		{"https://example.org", "./2026/", "https://example.org/2026/"},
		{"https://example.org/", "wheel.png", ""},
		{"https://example.org/", "/水车.png", ""},
		{"https://example.org/水/", "./a", ""},
		{"https://example.org/a%2Fb/", "./a", ""},
		{"https://example.org/", "/a/../b", ""},
		{"https://example.org/", "//example.net/a", ""},
		{"https://example.org/", "HTTPS://example.net/a", ""},
		{"https://example.org/", "https://Example.net/a", ""},
		{"https://example.org/", "https://example.net:80/a", ""},
		{"https://example.org/", "https:///a", ""},
		{"https://example.org/", "/a?b", ""},
		{"https://miller@example.org/", "/a", ""},
		{"file:///a", "/a", ""},
	} {
		page, err := url.Parse(test.page)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := plainURL(page, test.s); ok != (test.want != "") || ok && got != test.want {
			t.Errorf("plainURL(%s, %q) = %q, %v, want %q", test.page, test.s, got, ok, test.want)
		}
	}
}

// FuzzPlainURL states that what [plainURL] resolves, [fullURL] resolves the same.
func FuzzPlainURL(f *testing.F) {
	for _, page := range []string{"https://example.org/", "http://example.org/blog/", "https://example.org", "https://example.org/a/b?c#d"} {
		for _, s := range []string{"https://example.net/a/b.png", "http://example.net", "/a/b.png", "./2026/wheel/", "./", "/", "/~a/b_c-d", "/a/..", "./.a", "/a./b"} {
			f.Add(page, s)
		}
	}
	f.Fuzz(func(t *testing.T, base, s string) {
		page, err := url.Parse(base)
		if err != nil {
			return
		}
		plain, ok := plainURL(page, s)
		if !ok {
			return
		}
		if full, ok := fullURL(page, s); !ok || full != plain {
			t.Errorf("plainURL(%q, %q) = %q, fullURL: %q, %v", base, s, plain, full, ok)
		}
	})
}
