package preset

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	// Upstream has archived this module. The drop-in that is kept up is go.yaml.in/yaml/v3.
	"gopkg.in/yaml.v3"

	"feedmill/internal/yamlerror"
)

// values are the maps, lists and scalars of a configuration. Keys are found whatever their case.
type values map[string]any

// decode reads YAML, TOML or JSON, as a file's ending says. With an error it gives what it has, and the
// line of the mistake.
func decode(ending, src string) (v values, line int, err error) {
	v, line = values{}, 1
	switch ending {
	case ".toml":
		err = toml.Unmarshal([]byte(src), &v)
		if e, ok := errors.AsType[*toml.DecodeError](err); ok {
			line, _ = e.Position()
			err = errors.New(strings.TrimPrefix(e.Error(), "toml: "))
		}
	case ".json":
		err = json.Unmarshal([]byte(src), &v)
		if e, ok := errors.AsType[*json.SyntaxError](err); ok {
			line += strings.Count(src[:min(int(e.Offset), len(src))], "\n")
		} else if err != nil {
			err = errors.New("want keys with values")
		}
	default:
		if err = yaml.Unmarshal([]byte(src), &v); err != nil {
			var message string
			line, message = yamlerror.Explain([]byte(src), err)
			err = errors.New(message)
		}
	}
	return v, line, err
}

// get gives what stands under one key, or nil.
func (v values) get(key string) any {
	if member, ok := v[key]; ok {
		return member
	}
	for _, k := range v.names() {
		if strings.EqualFold(k, key) {
			return v[k]
		}
	}
	return nil
}

// at gives what stands under a path of keys such as "frontmatter.date", or nil.
func (v values) at(keys string) any {
	key, rest, deeper := strings.Cut(keys, ".")
	if deeper {
		return asMap(v.get(key)).at(rest)
	}
	return v.get(key)
}

// text gives a scalar as text, or "".
func (v values) text(keys string) string { return asText(v.at(keys)) }

// texts gives a list of scalars as texts, a single one as a list of it.
func (v values) texts(keys string) []string {
	var texts []string
	for _, item := range asList(v.at(keys)) {
		if s := asText(item); s != "" {
			texts = append(texts, s)
		}
	}
	return texts
}

// is reports whether a value is true, or gives otherwise what is true where nothing is said.
func (v values) is(keys string, otherwise bool) bool {
	if b, ok := v.at(keys).(bool); ok {
		return b
	}
	return otherwise
}

// scalars gives all texts and numbers as texts, by their dotted keys, down to the second level.
func (v values) scalars() map[string]string {
	all := map[string]string{}
	for _, name := range v.names() {
		if s := v.text(name); s != "" {
			all[name] = s
		}
		for _, below := range v.sub(name).names() {
			if s := v.text(name + "." + below); s != "" {
				all[name+"."+below] = s
			}
		}
	}
	return all
}

// sub gives a map, or nil.
func (v values) sub(keys string) values { return asMap(v.at(keys)) }

// names are the keys, sorted.
func (v values) names() []string { return slices.Sorted(maps.Keys(v)) }

// merged gives v with what over says in its place, map by map.
func (v values) merged(over values) values {
	all := values{}
	maps.Copy(all, v)
	for key, member := range over {
		if m := asMap(member); m != nil {
			member = asMap(v.get(key)).merged(m)
		}
		maps.DeleteFunc(all, func(k string, _ any) bool { return strings.EqualFold(k, key) })
		all[key] = member
	}
	return all
}

func asMap(a any) values {
	switch m := a.(type) {
	case values:
		return m
	case map[string]any:
		return m
	}
	return nil
}

func asList(a any) []any {
	switch list := a.(type) {
	case nil:
		return nil
	case []any:
		return list
	}
	return []any{a}
}

func asText(a any) string {
	switch a.(type) {
	case nil, []any, map[string]any, values:
		return ""
	}
	return strings.TrimSpace(fmt.Sprint(a))
}
