package server

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxAgentName is how many bytes of a reader's name are kept.
const maxAgentName = 40

// agent tells from a User-Agent what a feed reader calls itself, "" for nothing, and for how many
// subscribers it says that it asks, 0 for none. It believes whatever it is told.
//
//	Feedly/1.0 (+http://www.feedly.com/fetcher.html; 42 subscribers)
//	Mozilla/5.0 (compatible; theoldreader.com; 3 subscribers; feed-id=1a)
//	NewsBlur Feed Fetcher - 7 subscribers - https://www.newsblur.com/site/1
func agent(userAgent string) (name string, subscribers int) {
	if before, _, ok := strings.Cut(userAgent, " subscriber"); ok {
		digits := before[len(strings.TrimRight(before, "0123456789")):]
		if len(digits) <= 8 { // what is more, nobody has
			subscribers, _ = strconv.Atoi(digits) // of no digits none
		}
	}
	name = userAgent
	if _, real, ok := strings.Cut(name, "(compatible; "); ok {
		name = real
	}
	if i := strings.IndexAny(name, "/(;)"); i >= 0 {
		name = name[:i]
	}
	for _, end := range []string{" - ", " feed-id", " +http", " http"} {
		name, _, _ = strings.Cut(name, end)
	}
	return plainName(name), subscribers
}

// plainName is what of a name can be shown. It costs nothing where that is all.
func plainName(name string) string {
	name = strings.TrimSpace(name)
	if len(name) > maxAgentName {
		name = name[:maxAgentName]
		for len(name) > 0 && !utf8.RuneStart(name[len(name)-1]) {
			name = name[:len(name)-1]
		}
		if last, size := utf8.DecodeLastRuneInString(name); last == utf8.RuneError {
			name = name[:len(name)-size]
		}
	}
	if !strings.ContainsFunc(name, isOdd) {
		return name
	}
	return strings.Map(func(r rune) rune {
		if isOdd(r) {
			return -1
		}
		return r
	}, name)
}

func isOdd(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }
