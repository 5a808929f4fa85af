package article

import (
	"regexp"
	"strings"
	"unicode"
)

// maxID is how long an explicit id may be, in bytes: readers keep it for ever.
const maxID = 500

var (
	// RFC 3986 §3: scheme, colon, the rest and a fragment, of the characters of §2.
	uri  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:` + uriChars + `+(?:#` + uriChars + `*)?$`)
	uuid = regexp.MustCompile(`^\{?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\}?$`)
)

const uriChars = `(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})`

// id gives the author's own id as an absolute URI. A URI stays as it is; a number or name, which
// others may have too, is made unique by the site's address.
func (d *draft) id() string {
	for s, f := range d.facts.texts("id") {
		if len(s) > maxID || strings.ContainsFunc(s, unicode.IsControl) {
			d.r.warnf(f.line, "%s: want one line of at most %d bytes; left out", f.key, maxID)
			continue
		}
		if m := uuid.FindStringSubmatch(s); m != nil {
			return "urn:uuid:" + strings.ToLower(m[1]) // RFC 9562 §4
		}
		if uri.MatchString(s) {
			return s
		}
		site := *d.p.o.Site
		site.Fragment = cleanText(s)
		return site.String()
	}
	return ""
}
