package server

import (
	"bytes"
	"strings"
)

// plain is a request in the simplest form, in which nearly all come: GET or HEAD of HTTP/1.1 without
// a body, and nothing in its header that asks for more than a document.
type plain struct {
	head            bool
	target          string
	accept          string   // Accept-Encoding
	agent           string   // User-Agent
	ifNoneMatch     []string // nil where there is none
	ifModifiedSince string
}

// parsePlain reads the first request in b. size is 0 if it is not plain, or not whole: whether it is
// right then, and what it means, is for net/http to say.
func parsePlain(b []byte) (p plain, size int) {
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		return plain{}, 0
	}
	line, fields, _ := strings.Cut(string(b[:end+2]), "\r\n")
	method, rest, _ := strings.Cut(line, " ")
	target, isPlain := strings.CutSuffix(rest, " HTTP/1.1")
	if !isPlain || method != "GET" && method != "HEAD" {
		return plain{}, 0
	}
	p.target, p.head = target, method == "HEAD"
	var host, accept, agent, since bool
	for fields != "" {
		line, fields, _ = strings.Cut(fields, "\r\n")
		name, value, ok := strings.Cut(line, ":")
		if !ok || !isToken(name) || !isText(value) {
			return plain{}, 0
		}
		value = strings.Trim(value, " \t")
		once := func(seen *bool) bool {
			was := *seen
			*seen = true
			return !was
		}
		plainly := true
		switch {
		case strings.EqualFold(name, "Host"):
			plainly = once(&host) && isHost(value)
		case strings.EqualFold(name, "Accept-Encoding"):
			plainly = once(&accept)
			p.accept = value
		case strings.EqualFold(name, "User-Agent"):
			plainly = once(&agent)
			p.agent = value
		case strings.EqualFold(name, "If-None-Match"):
			p.ifNoneMatch = append(p.ifNoneMatch, value)
		case strings.EqualFold(name, "If-Modified-Since"):
			plainly = once(&since)
			p.ifModifiedSince = value
		case strings.EqualFold(name, "Connection"):
			plainly = strings.EqualFold(value, "keep-alive")
		default:
			plainly = !asksForMore(name)
		}
		if !plainly {
			return plain{}, 0
		}
	}
	if !host { // RFC 9112 §3.2: must be there
		return plain{}, 0
	}
	return p, end + 4
}

// asksForMore reports whether a header field may make a request more than plain: a body, another
// protocol, a delta, what is no other than the client knows.
func asksForMore(name string) bool {
	for _, n := range [...]string{"Content-Length", "Transfer-Encoding", "Trailer", "Upgrade", "Expect", "A-IM", "If-Match", "If-Unmodified-Since"} {
		if strings.EqualFold(name, n) {
			return true
		}
	}
	return false
}

// isToken reports whether s is a field name (RFC 9110 §5.6.2), as far as these are in use.
func isToken(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isAlphanumeric(c) && c != '-' && c != '_' {
			return false
		}
	}
	return s != ""
}

// isText reports whether s is a field value (RFC 9110 §5.5) with no more than visible characters of
// ASCII, spaces and tabs.
func isText(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < ' ' || c > '~') && c != '\t' {
			return false
		}
	}
	return true
}

// isHost reports whether s may stand in Host, as far as these are in use.
func isHost(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isAlphanumeric(c) && !strings.ContainsRune(".:-[]", rune(c)) {
			return false
		}
	}
	return s != ""
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
