package config

import (
	"maps"
	"slices"
	"strings"
)

// members gives the members of a map, each with its name.
func (v value) members() []value {
	if v.kind != aMap {
		v.fail("want keys with values, have %s", v.kind)
		return nil
	}
	return v.items
}

// member returns the member of that name, or the zero value, which has no source.
func (v value) member(name string) value {
	for _, m := range v.items {
		if v.kind == aMap && m.name == name {
			return m
		}
	}
	return value{}
}

// read hands each member of a map to its setting.
func (v value) read(settings map[string]func(value)) {
	for _, m := range v.members() {
		if set := settings[m.name]; set == nil {
			v.line = m.line
			v.fail("unknown key %q%s", m.name, meant(m.name, slices.Sorted(maps.Keys(settings))))
		} else if !m.empty() {
			set(m)
		}
	}
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
