package config

import (
	"slices"
	"strings"
	"unicode"
)

func (v value) oneOf(words ...string) string {
	s := v.text()
	if s != "" && !slices.Contains(words, s) {
		last := len(words) - 1
		v.fail("want %s or %s, have %q", strings.Join(words[:last], ", "), words[last], s)
		return ""
	}
	return s
}

func (v value) yes() bool { return v.oneOf("true", "false") == "true" }

// someOf reads a list of at least one of the words.
func (v value) someOf(words ...string) []string {
	if v.kind == aList && len(v.items) == 0 {
		v.fail("want at least one of %s", strings.Join(words, ", "))
	}
	return v.list(func(v value) string { return v.oneOf(words...) })
}

// list reads what item makes of each item, in order. It is never nil.
func (v value) list(item func(value) string) []string {
	list := []string{}
	seen := map[string]bool{}
	for _, i := range v.parts() {
		s := item(i)
		if s == "" {
			continue
		}
		if lower := strings.ToLower(s); seen[lower] {
			i.fail("%q is given twice", s)
		} else {
			seen[lower] = true
			list = append(list, s)
		}
	}
	return list
}

// parts gives the items of a list, or of one text with commas as the environment has it.
func (v value) parts() []value {
	switch v.kind {
	case aList:
		return v.items
	case aScalar:
		var parts []value
		for raw := range strings.SplitSeq(v.raw, ",") {
			part := v
			part.raw = raw
			parts = append(parts, part)
		}
		return parts
	}
	v.fail("want a list, have %s", v.kind)
	return nil
}

// taxonomy reads a key of the front matter, which is also a part of URLs.
func (v value) taxonomy() string {
	s := v.text()
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && r != '-' && r != '_' {
			v.fail("want a name of letters, digits, - and _, have %q", s)
			return ""
		}
	}
	return s
}
