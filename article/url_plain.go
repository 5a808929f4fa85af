package article

import (
	"net/url"
	"strings"
)

// plainURL is [fullURL] for an address in which nothing is to be escaped or resolved, like nearly all of them:
// on the web, from the root of the site, or from the folder of the page by "./". It reports false for any other,
// whatever that is.
func plainURL(page *url.URL, s string) (string, bool) {
	if scheme, rest, ok := strings.Cut(s, "://"); ok {
		host, path := rest, ""
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			host, path = rest[:i], rest[i:]
		}
		if !isWeb(scheme) || !isPlainHost(host) || !isPlainPath(path) {
			return "", false
		}
		return strings.Clone(s), true // it is a part of the front matter
	}
	if !isWeb(page.Scheme) || !isPlainHost(page.Host) || page.User != nil || page.Opaque != "" {
		return "", false
	}
	folder, path := "", s
	if strings.HasPrefix(s, "./") {
		folder, path = strings.TrimSuffix(page.Path[:strings.LastIndexByte(page.Path, '/')+1], "/"), s[1:]
	}
	if path == "" || !isPlainPath(path) || !isPlainPath(folder) || page.RawPath != "" {
		return "", false
	}
	return page.Scheme + "://" + page.Host + folder + path, true
}

func isWeb(scheme string) bool { return scheme == "http" || scheme == "https" }

// isPlainHost reports whether s is a host that stays as it is.
func isPlainHost(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '.':
		default:
			return false
		}
	}
	return s != ""
}

// isPlainPath reports whether s is empty, or a path from the root that stays as it is.
func isPlainPath(s string) bool {
	last := byte(0)
	for i := range len(s) {
		c := s[i]
		switch {
		case i == 0 && c != '/', last == '/' && (c == '/' || c == '.'):
			return false
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == '~', c == '/':
		default:
			return false
		}
		last = c
	}
	return true
}
