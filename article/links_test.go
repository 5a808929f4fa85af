package article

import (
	"net/url"
	"testing"
)

func TestAbsoluteURL(t *testing.T) {
	base, err := url.Parse("https://example.org/blog/mill/?page=1")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ ref, want string }{ // want "" means none
		{"wheel.png", "https://example.org/blog/mill/wheel.png"},
		{"./a/../b", "https://example.org/blog/mill/b"},
		{"../../../../up", "https://example.org/up"},
		{"/root", "https://example.org/root"},
		{"//cdn.example.net/x", "https://cdn.example.net/x"},
		{"?q=1", "https://example.org/blog/mill/?q=1"},
		{"#frag", "https://example.org/blog/mill/?page=1#frag"},
		{"HTTP://Example.NET/A", "http://example.net/A"},
		{"mailto:miller@example.net?subject=a b", "mailto:miller@example.net?subject=a%20b"},
		{"tel:+1-2", "tel:+1-2"},
		{"  a b\tc\n", "https://example.org/blog/mill/a%20bc"},
		{"图/片.png?词=语#段", "https://example.org/blog/mill/%E5%9B%BE/%E7%89%87.png?%E8%AF%8D=%E8%AF%AD#%E6%AE%B5"},
		{"a%2Fb%20c%zz%", "https://example.org/blog/mill/a%2Fb%20c%25zz%25"},
		{"https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"},
		{"https://例え.jp:8080", "https://xn--r8jz45g.jp:8080"},
		{"http://[::1]:80/[x]", "http://[::1]:80/%5Bx%5D"},
		{"a?b=[c]#d#e", "https://example.org/blog/mill/a?b=%5Bc%5D#d%23e"},
		{`dir\file.png?a\b`, "https://example.org/blog/mill/dir/file.png?a%5Cb"},
		{`x"<>^{|}` + "`", "https://example.org/blog/mill/x%22%3C%3E%5E%7B%7C%7D%60"},
		{"http://user:pass@example.net/", "http://user:pass@example.net/"},
		{"a:b", ""},
		{"", ""},
		{" \n", ""},
		{"javascript:alert(1)", ""},
		{"java\nscript:alert(1)", ""},
		{"\x01javascript:alert(1)", ""},
		{"data:text/html,x", ""},
		{"http://", ""},
		{"https:/path", ""},
		{"http:path", ""},
		{"http://a b/", ""},
		{"http://a,b/", ""},
		{"http://[::1/", ""},
		{"http://example.org:port/", ""},
	} {
		got, ok := absoluteURL(base, test.ref)
		if got != test.want || ok != (test.want != "") {
			t.Errorf("absoluteURL(%q) = %q, %v, want %q", test.ref, got, ok, test.want)
		}
	}
}
