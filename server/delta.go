package server

import (
	"net/http"
	"strings"
)

// deltaOf returns what makes the part of d that is new to a client which asks for nothing else, and
// the tag of the document that it has; or nil where it does not ask, has none that is remembered, or
// would get all.
func deltaOf(r *http.Request, d *document) (delta builder, since string) {
	if d.since == nil || !asksForDelta(r.Header["A-Im"]) {
		return nil, ""
	}
	for tag := range entityTags(strings.Join(r.Header["If-None-Match"], ",")) {
		tag = strings.Trim(strings.TrimPrefix(tag, "W/"), `"`)
		for _, c := range codings {
			tag = strings.TrimSuffix(tag, "-"+c.name)
		}
		if delta := d.since(tag); delta != nil {
			return delta, tag
		}
	}
	return nil, ""
}

// asksForDelta reports whether a client takes an instance manipulated by "feed" (RFC 3229 §10.5.3;
// "feed" is registered for feeds, of which only new or changed entries are sent).
func asksForDelta(aIM []string) bool {
	for im := range strings.SplitSeq(strings.Join(aIM, ","), ",") {
		name, params, _ := strings.Cut(im, ";")
		if strings.EqualFold(strings.TrimSpace(name), "feed") && quality(params) > 0 {
			return true
		}
	}
	return false
}

// markDelta says that the answer is a delta (RFC 3229 §10.4.1). A cache that knows nothing of those
// must not keep it in place of the whole; one that does knows "im" (§10.8.3).
func markDelta(h http.Header) {
	h.Set("IM", "feed")
	h.Set("Cache-Control", "no-store, im")
	h.Set("Vary", "A-IM, If-None-Match, Accept-Encoding")
}
