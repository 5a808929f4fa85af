package page

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var escapes = regexp.MustCompile(`(?:%[0-9A-Fa-f]{2})+`)

// Readable is the address as people read it, with letters beyond ASCII as they are written. What is
// copied is the address itself.
func (l link) Readable() string {
	return escapes.ReplaceAllStringFunc(l.URL, func(escaped string) string {
		s, err := url.PathUnescape(escaped)
		if err != nil || !utf8.ValidString(s) || strings.ContainsFunc(s, isOther) {
			return escaped
		}
		return s
	})
}

// isOther reports whether r is no letter, mark or digit beyond ASCII. Such characters stay escaped: they
// may have a meaning in an address, or can't be seen.
func isOther(r rune) bool {
	return r < utf8.RuneSelf || !unicode.In(r, unicode.L, unicode.M, unicode.N)
}
