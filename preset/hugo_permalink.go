package preset

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// hugoPermalink is the pattern of pages whose path below content, with a slash in front, fits.
type hugoPermalink struct {
	path    *regexp.Regexp
	pattern string
}

// readPermalinks reads the setting permalinks: a list of targets and patterns, or patterns by
// section, which may stand under the kind of page that they are for.
func readPermalinks(setting any) []hugoPermalink {
	if list, ok := setting.([]any); ok {
		var all []hugoPermalink
		for _, item := range list {
			v := asMap(item)
			if kind := v.text("target.kind"); kind == "" || kind == "page" {
				all = append(all, hugoPermalink{hugoPath(v.text("target.path")), v.text("pattern")})
			}
		}
		return all
	}
	patterns := map[string]string{}
	for _, kind := range []values{asMap(setting).sub("page"), asMap(setting)} {
		for section := range kind {
			if pattern := asText(kind[section]); pattern != "" && patterns[section] == "" {
				patterns[section] = pattern
			}
		}
	}
	return sectionPermalinks(patterns)
}

// sectionPermalinks makes rules of patterns by section, the longest path first.
func sectionPermalinks(patterns map[string]string) []hugoPermalink {
	var all []hugoPermalink
	for _, section := range slices.SortedFunc(maps.Keys(patterns), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	}) {
		at := "/*" // "/" stands for pages in no section
		switch name := strings.Trim(section, " /"); {
		case section == "":
			at = "/**"
		case name != "":
			at = "{/" + name + ",/" + name + "/**}"
		}
		all = append(all, hugoPermalink{hugoPath(at), patterns[section]})
	}
	return all
}

// hugoPath matches paths of pages, which are in lower case. No pattern matches all.
func hugoPath(pattern string) *regexp.Regexp {
	return glob(strings.ToLower(cmp.Or(pattern, "**")))
}

// permalink gives the pattern of the page at a path, or "".
func (l *hugoLanguage) permalink(name string) string {
	name = "/" + strings.ToLower(strings.ReplaceAll(name, " ", "-"))
	for _, p := range l.permalinks {
		if p.path.MatchString(name) {
			return p.pattern
		}
	}
	return ""
}
