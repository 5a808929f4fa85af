package config

import (
	"regexp"
	"strings"
)

// Podcast says what directories want to know of a site that has episodes.
type Podcast struct {
	Given      bool     // anything is said; else all below is zero
	Image      string   // absolute URL, or ""
	Categories []string // Apple's, as in "Arts" or "Arts > Books"
	Explicit   string   // "true" or "false"
	Type       string   // "episodic", "serial", or ""
	Owner      Author   // zero: not told
	GUID       string   // in lower case, or ""
}

// category reads "Arts" or "Arts > Books".
func (v value) category() string {
	s := v.text()
	parts := strings.Split(s, ">")
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
		if s != "" && (parts[i] == "" || i > 1) {
			v.fail("want a category such as Arts or Arts > Books, have %q", s)
			return ""
		}
	}
	return strings.Join(parts, " > ")
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// guid reads what names a podcast for ever: Podcasting 2.0, "guid".
func (v value) guid() string {
	s := v.text()
	if lower := strings.ToLower(s); uuid.MatchString(lower) {
		return lower
	}
	if s != "" {
		v.fail("want a UUID such as 9b024349-ccf0-5f69-a609-6b82873eab3c, have %q", s)
	}
	return ""
}

// completePodcast fills what directories demand.
func (l *loader) completePodcast() {
	p := &l.config.Podcast
	for key := range l.values {
		p.Given = p.Given || strings.HasPrefix(key, "podcast.")
	}
	if p.Given && p.Explicit == "" {
		p.Explicit = "false"
	}
}
