package config

import (
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// termSegment is the part of an address that stands for a term.
const termSegment = ":term"

// usual are the files of the formats where no path is given.
var usual = map[string]string{"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}

// paths reads one address, or a list of them, for each of some formats.
func (v value) paths(ofTerms bool) map[string][]string {
	paths := map[string][]string{}
	settings := map[string]func(value){}
	for format := range usual {
		settings[format] = func(v value) {
			if v.kind == aList && len(v.items) == 0 {
				v.fail("want at least one address")
			}
			paths[format] = v.list(func(v value) string { return v.feedAddress(ofTerms) })
		}
	}
	v.read(settings)
	return paths
}

// feedAddress reads the path of a feed below the base URL.
func (v value) feedAddress(ofTerms bool) string {
	s := v.text()
	if s == "" {
		return ""
	}
	terms := 0
	for _, segment := range segments(s) {
		if segment == termSegment {
			terms++
		} else if strings.Trim(segment, ".") == "" || strings.ContainsFunc(segment, notInAddress) {
			terms = -1
			break
		}
	}
	switch {
	case terms < 0 || !strings.HasPrefix(s, "/"):
		v.fail("want a path such as /feed.xml or /feed/, not escaped and without ? # %% \\ : and blanks, have %q", s)
	case ofTerms && terms != 1:
		v.fail("want a path with one segment %s, such as /tags/%[1]s/index.xml, have %q", termSegment, s)
	case !ofTerms && terms > 0:
		v.fail("the site has no %s, have %q", termSegment, s)
	default:
		return s
	}
	return ""
}

func notInAddress(r rune) bool {
	return strings.ContainsRune(`?#%\:`, r) || unicode.IsSpace(r) || unicode.IsControl(r)
}

func segments(path string) []string {
	return strings.Split(strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/"), "/")
}

// claim is a use of an address, or of a pattern of addresses.
type claim struct {
	path  string
	what  string // whose address it is
	file  string // that build writes for it; "" for none
	below bool   // whatever lies below is claimed too
	told  value  // where the claim was made
}

// checkAddresses sees to it that no address means two things, and that build can write every feed.
func (l *loader) checkAddresses() {
	c := l.config
	claims := []claim{
		{path: "/", what: "the page of all feeds"},
		{path: "/opml.xml", what: "the list of all feeds", file: "/opml.xml"},
	}
	for _, path := range []string{"/healthz", "/readyz", "/hub"} {
		claims = append(claims, claim{path: path, what: "feedmill's own " + path})
	}
	claims = append(claims, claim{path: "/-/", what: "feedmill's own /-/", below: true})
	for _, taxonomy := range append([]string{""}, c.Feeds.Taxonomies...) {
		home := "/"
		if taxonomy != "" {
			home = "/" + taxonomy + "/" + termSegment + "/"
			claims = append(claims,
				claim{path: "/" + taxonomy + "/", what: "the page of " + taxonomy},
				claim{path: home, what: "the pages of the terms of " + taxonomy})
		}
		archive := "the archives of " + taxonomyKey(taxonomy)
		claims = append(claims,
			claim{path: home + "archive/", what: archive, below: true},
			claim{path: home + "archive/:name/:file", what: archive})
	}
	var own []claim
	for _, taxonomy := range append([]string{""}, c.Feeds.Taxonomies...) {
		for _, format := range c.Feeds.Of(taxonomy).Formats {
			usual, others := l.feedClaims(taxonomy, format)
			claims, own = append(claims, usual), append(own, others...)
		}
	}
	claims = append(claims, own...)
	c.claims = claims
	for i, later := range claims {
		for _, earlier := range claims[:i] {
			if later.told.source != "" && earlier.what != later.what && earlier.clashes(later) {
				later.told.fail("%q would be an address of %s too", later.path, earlier.what)
				break
			}
		}
	}
}

// HasSite tells whether the site has an address of its own, by site_url. Else feedmill shows the
// articles itself.
func (c *Config) HasSite() bool {
	_, own := c.given["site_url"]
	return own
}

// Shown tells what people find at a path below the base URL, whatever article has it for its address; ""
// where that is the article, or where the site has an address of its own.
func (c *Config) Shown(path string) string {
	if c.HasSite() {
		return ""
	}
	for _, claim := range c.claims {
		if claim.path == path && !claim.below {
			return claim.what
		}
	}
	return ""
}

// feedClaims are the addresses of the feeds of a taxonomy in a format: the usual one, which is told
// where the taxonomy is named, and those of their own.
func (l *loader) feedClaims(taxonomy, format string) (claim, []claim) {
	usualPath := "/" + usual[format]
	if taxonomy != "" {
		usualPath = "/" + taxonomy + "/" + termSegment + usualPath
	}
	paths := l.config.Feeds.For[taxonomy].Paths[format]
	claimed := func(path string, told value) claim {
		c := claim{path: path, what: "the " + format + " feed of " + taxonomyKey(taxonomy), told: told}
		if len(paths) == 0 || paths[0] == path {
			c.file = path
		}
		if strings.HasSuffix(c.file, "/") {
			c.file += "index" + filepath.Ext(usual[format])
		}
		return c
	}
	var own []claim
	if given := l.values["feeds.for"].member(taxonomyKey(taxonomy)).member("paths").member(format); len(paths) > 0 {
		for _, part := range given.parts() {
			if path := strings.TrimSpace(part.raw); slices.Contains(paths, path) {
				own = append(own, claimed(path, part))
			}
		}
	}
	return claimed(usualPath, l.values["content.taxonomies"]), own
}

// clashes reports whether an address may belong to both, or a file that build writes.
func (c claim) clashes(d claim) bool {
	x, y := segments(c.path), segments(d.path)
	switch {
	case c.below && len(y) >= len(x) && slices.Equal(x, y[:len(x)]),
		strings.HasSuffix(c.path, "/") == strings.HasSuffix(d.path, "/") && alike(x, y):
		return true
	case c.file == "" || d.file == "":
		return false
	}
	x, y = segments(c.file), segments(d.file)
	n := min(len(x), len(y))
	return alike(x, y) || slices.Equal(x[:n], y[:n]) // a file where the other wants a folder
}

// alike reports whether two patterns have an address in common.
func alike(x, y []string) bool {
	return slices.EqualFunc(x, y, func(a, b string) bool {
		return a == b || strings.HasPrefix(a, ":") || strings.HasPrefix(b, ":")
	})
}
