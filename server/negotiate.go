package server

import (
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// negotiate returns the content coding to answer with, "" for none, for a request's
// Accept-Encoding (RFC 9110 §12.5.3).
func negotiate(accept string) string {
	best, weight := "", 0.0
	named := map[string]float64{}
	for part := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(part, ";")
		named[strings.TrimPrefix(strings.ToLower(strings.TrimSpace(name)), "x-")] = quality(params)
	}
	if _, ok := named["gzip"]; !ok {
		named["gzip"] = named["*"] // of what is not named, the one that everybody knows
	}
	for _, c := range codings {
		if q := named[c.name]; q > weight {
			best, weight = c.name, q
		}
	}
	if weight < named["identity"] {
		return ""
	}
	return best
}

// quality reads the weight among the parameters of a header's element (RFC 9110 §12.4.2); what
// can't be read counts as refused.
func quality(params string) float64 {
	for p := range strings.SplitSeq(params, ";") {
		if k, v, ok := strings.Cut(p, "="); ok && strings.EqualFold(strings.TrimSpace(k), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
			if err != nil || !(q >= 0 && q <= 1) {
				return 0
			}
			return q
		}
	}
	return 1
}

// notModified reports whether the client has the representation with this ETag and time already.
// If-None-Match rules over If-Modified-Since where both are there (RFC 9110 §13.2.2). A zero time is
// that of no date.
func notModified(h http.Header, etag string, modified time.Time) bool {
	if tags, ok := h["If-None-Match"]; ok {
		return matches(strings.Join(tags, ","), etag)
	}
	since, err := http.ParseTime(h.Get("If-Modified-Since"))
	// Some readers send dates of their own, hence the comparison and not equality (§13.1.3).
	return err == nil && !modified.IsZero() && !modified.After(since)
}

// matches compares the tag with a list of them, weakly (RFC 9110 §8.8.3.2, §13.1.2).
func matches(list, etag string) bool {
	for tag := range entityTags(list) {
		if tag == "*" || tag == etag {
			return true
		}
	}
	return false
}

// entityTags yields the tags of a list, in their quotes and without the mark of weak ones, up to what
// is none; or "*".
func entityTags(list string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for {
			list = strings.TrimLeft(list, " \t,")
			if strings.HasPrefix(list, "*") {
				yield("*")
				return
			}
			list = strings.TrimPrefix(list, "W/")
			if !strings.HasPrefix(list, `"`) {
				return
			}
			end := strings.IndexByte(list[1:], '"')
			if end < 0 || !yield(list[:end+2]) {
				return
			}
			list = list[end+2:]
		}
	}
}
