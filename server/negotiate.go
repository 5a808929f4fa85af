package server

import (
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// negotiate returns the index of the content coding to answer with, that of identity for none, for a
// request's Accept-Encoding (RFC 9110 §12.5.3).
func negotiate(accept string) int {
	var weights [len(codings) + 1]float64
	rest, gzip := 0.0, false // what is not named has the weight of "*"
	for part := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(part, ";")
		name = strings.TrimSpace(name)
		if name == "*" {
			rest = quality(params)
			continue
		}
		i := codingOf(name)
		if i < 0 {
			continue
		}
		weights[i] = quality(params)
		gzip = gzip || i < identity && codings[i].name == "gzip"
	}
	best := identity
	for i, c := range codings {
		if c.name == "gzip" && !gzip {
			weights[i] = rest // of what is not named, the one that everybody knows
		}
		if weights[i] >= weights[identity] && weights[i] > 0 && (best == identity || weights[i] > weights[best]) {
			best = i
		}
	}
	return best
}

// identity is the index of no coding.
const identity = len(codings)

// codingOf returns the index of a coding by its name, which may be the old one of the time when
// there was an x- before it (RFC 9110 §8.4.1); or -1.
func codingOf(name string) int {
	if len(name) > 2 && strings.EqualFold(name[:2], "x-") {
		name = name[2:]
	}
	for i, c := range codings {
		if strings.EqualFold(name, c.name) {
			return i
		}
	}
	if strings.EqualFold(name, "identity") {
		return identity
	}
	return -1
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
// If-None-Match rules over If-Modified-Since where both are there (RFC 9110 §13.2.2); it is nil where it is not.
// A zero time is that of no date.
func notModified(ifNoneMatch []string, ifModifiedSince, etag string, modified time.Time) bool {
	if ifNoneMatch != nil {
		return matches(strings.Join(ifNoneMatch, ","), etag)
	}
	if ifModifiedSince == "" {
		return false
	}
	since, err := http.ParseTime(ifModifiedSince)
	// Some readers send dates of their own, hence the comparison and not equality (§13.1.3).
	return err == nil && !modified.IsZero() && !modified.After(since)
}

// unmatched reports whether the client wants the representation that it knows or nothing, and this ETag
// and time are those of another one. If-Match rules over If-Unmodified-Since (RFC 9110 §13.2.2).
func unmatched(h http.Header, etag string, modified time.Time) bool {
	if list := h["If-Match"]; list != nil {
		for tag := range entityTags(strings.Join(list, ",")) {
			if tag == "*" || tag == etag { // strongly: a weak tag is none of ours (§13.1.1)
				return false
			}
		}
		return true
	}
	since, err := http.ParseTime(h.Get("If-Unmodified-Since"))
	return err == nil && modified.After(since) // no date and one that can't be read count as none (§13.1.4)
}

// matches compares the tag with a list of them, weakly (RFC 9110 §8.8.3.2, §13.1.2).
func matches(list, etag string) bool {
	for tag := range entityTags(list) {
		if tag == "*" || strings.TrimPrefix(tag, "W/") == etag {
			return true
		}
	}
	return false
}

// entityTags yields the tags of a list, in their quotes and with the mark of weak ones, up to what is
// none; or "*".
func entityTags(list string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for {
			list = strings.TrimLeft(list, " \t,")
			if strings.HasPrefix(list, "*") {
				yield("*")
				return
			}
			opaque, ok := strings.CutPrefix(strings.TrimPrefix(list, "W/"), `"`)
			end := strings.IndexByte(opaque, '"')
			if !ok || end < 0 {
				return
			}
			size := len(list) - len(opaque) + end + 1
			if !yield(list[:size]) {
				return
			}
			list = list[size:]
		}
	}
}
