package preset

import (
	"regexp"
	"slices"
	"strings"
)

var globPart = regexp.MustCompile(`\*\*/|\*\*|\[[^\]/]+\]|[*?{},]|[^*?{},\[]+|\[`)

// glob matches paths as most generators do: * and ? within an element, ** across them, {a,b} either,
// [a-z] one of these.
func glob(pattern string) *regexp.Regexp {
	depth := 0
	expr := globPart.ReplaceAllStringFunc(strings.ToValidUTF8(pattern, ""), func(part string) string {
		switch {
		case part == "**/":
			return "(?:.*/)?"
		case part == "**":
			return ".*"
		case part == "*":
			return "[^/]*"
		case part == "?":
			return "[^/]"
		case part == "{":
			depth++
			return "(?:"
		case part == "}" && depth > 0:
			depth--
			return ")"
		case part == "," && depth > 0:
			return "|"
		case part[0] == '[':
			if set := strings.Replace(part, "[!", "[^", 1); isRegexp(set) {
				return set
			}
		}
		return regexp.QuoteMeta(part)
	})
	return compiled("^(?:" + expr + strings.Repeat(")", depth+1) + "$")
}

// acrossFolders makes a pattern one for [glob] whose generator has * match across folders.
var acrossFolders = strings.NewReplacer("**", "**", "*", "**")

// compiled gives the regular expression, or one that matches nothing where there are too many parts
// for one.
func compiled(expr string) *regexp.Regexp {
	re, err := regexp.Compile(expr)
	if err != nil {
		return regexp.MustCompile(`$.^`)
	}
	return re
}

func isRegexp(s string) bool {
	_, err := regexp.Compile(s)
	return err == nil
}

func globs(patterns []string) []*regexp.Regexp {
	var all []*regexp.Regexp
	for _, p := range patterns {
		all = append(all, glob(p))
	}
	return all
}

// deepGlobs match what a pattern does, and all in folders that do.
func deepGlobs(pattern string) []*regexp.Regexp { return globs([]string{pattern, pattern + "/**"}) }

// filter takes files by patterns as JavaScript's generators have them: those with a "!" in front leave out
// what the others take.
type filter struct{ include, exclude []*regexp.Regexp }

func newFilter(patterns []string) filter {
	var f filter
	for _, pattern := range patterns {
		if pattern, negated := strings.CutPrefix(pattern, "!"); negated {
			f.exclude = append(f.exclude, deepGlobs(pattern)...)
		} else {
			f.include = append(f.include, glob(pattern))
		}
	}
	return f
}

func (f filter) takes(name string) bool { return anyGlob(f.include, name) && !anyGlob(f.exclude, name) }

// anyGlob reports whether a path matches one of the patterns.
func anyGlob(patterns []*regexp.Regexp, name string) bool {
	return slices.ContainsFunc(patterns, func(g *regexp.Regexp) bool { return g.MatchString(name) })
}
