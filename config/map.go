package config

import "strings"

// maxMembers is how many members a map may have, which aliases could make longer than the file.
const maxMembers = 1000

// members gives the members of a map, each with its name.
func (v value) members() []value {
	if v.kind != aMap {
		v.fail("want keys with values, have %s", v.kind)
		return nil
	}
	return v.items
}

// permalinks reads one pattern, or a pattern for each of some sections.
func (v value) permalinks() map[string]string {
	if v.kind != aMap {
		return map[string]string{"": v.permalink()}
	}
	patterns := map[string]string{}
	for _, m := range v.members() {
		patterns[m.name] = m.permalink()
	}
	return patterns
}

// permalink reads a pattern, of whose tokens the preset knows the names.
func (v value) permalink() string {
	s := v.text()
	if s != "" && !strings.HasPrefix(s, "/") {
		v.fail("want a pattern such as /:year/:slug/, have %q", s)
	}
	return s
}

// keys reads one key or a list of them for each of some facts.
func (v value) keys() map[string][]string {
	facts := map[string][]string{}
	for _, m := range v.members() {
		facts[m.name] = m.list(value.text)
	}
	return facts
}
