package config

import (
	"maps"
	"slices"
	"strings"
)

// loader gathers what every source says about each key, and then makes a Config of it.
type loader struct {
	config   *Config
	settings map[string]func(value)
	keys     []string         // of the settings, sorted: "author" before "author.name"
	sections []string         // the keys that have others below them
	values   map[string]value // by key: of what the sources say, that which wins
	mistakes mistakes
}

func newLoader(c *Config) *loader {
	l := &loader{config: c, settings: c.settings(), values: map[string]value{}}
	l.keys = slices.Sorted(maps.Keys(l.settings))
	for _, key := range l.keys {
		for i, r := range key {
			if r == '.' && !slices.Contains(l.sections, key[:i]) {
				l.sections = append(l.sections, key[:i])
			}
		}
	}
	return l
}

// read puts what all the sources say, those that win last. Its error is that of the file.
func (l *loader) read(s Source) error {
	err := l.readFile(s.File, s.Required)
	l.readEnvironment(s.Env)
	l.readFlags(s.Flags)
	return err
}

// readEnvironment asks for the variables it knows. Others are none of its business: Kubernetes
// sets FEEDMILL_PORT and more for a service of that name.
func (l *loader) readEnvironment(lookup func(string) (string, bool)) {
	if lookup == nil {
		return
	}
	for _, key := range l.keys {
		for _, name := range variables(key) {
			if raw, ok := lookup(name); ok {
				l.put(value{key: key, source: name, kind: aScalar, raw: raw, mistakes: &l.mistakes})
			}
		}
	}
}

func (l *loader) readFlags(flags []Override) {
	for _, f := range flags {
		l.put(value{key: f.Key, source: f.Name, kind: aScalar, raw: f.Value, mistakes: &l.mistakes})
	}
}

// put makes v the value of its key, in place of what an earlier source said about the key or about
// parts of it.
func (l *loader) put(v value) {
	if v.empty() {
		return
	}
	maps.DeleteFunc(l.values, func(key string, _ value) bool {
		return strings.HasPrefix(key, v.key+".")
	})
	l.values[v.key] = v
}

// apply hands every value to its setting.
func (l *loader) apply() {
	for _, key := range slices.Sorted(maps.Keys(l.values)) {
		v := l.values[key]
		if set, ok := l.settings[key]; ok {
			set(v)
		} else {
			v.fail("no such key: %s", key)
		}
	}
}
