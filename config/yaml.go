package config

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"sort"
	"strings"

	// Upstream has archived this module; the drop-in that lives on is go.yaml.in/yaml/v3.
	"gopkg.in/yaml.v3"

	"feedmill/internal/yamlerror"
)

// parse reads the one document of src. A file without any gives a node without a kind.
func parse(src []byte) (*yaml.Node, error) {
	var doc, second yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(src))
	err := d.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return &doc, nil
	}
	if err == nil {
		if err = d.Decode(&second); errors.Is(err, io.EOF) {
			return doc.Content[0], nil
		}
	}
	if err == nil {
		return nil, errors.New("a second document begins: want one only")
	}
	_, message := yamlerror.Explain(src, err)
	return nil, errors.New("not YAML: " + strings.TrimPrefix(message, "YAML: "))
}

// lineOf finds the line that makes parse fail with err. yaml.v3 itself names none, or the one
// before, or that on which the block around the mistake begins.
func lineOf(err error, src []byte) int {
	lines := bytes.SplitAfter(src, []byte("\n"))
	return 1 + sort.Search(len(lines)-1, func(i int) bool {
		_, e := parse(bytes.Join(lines[:i+1], nil))
		return e != nil && e.Error() == err.Error()
	})
}

// readMap puts the keys of n, which is the whole file or the section m.key.
func (l *loader) readMap(m value, n *yaml.Node) {
	n = resolve(n)
	m = m.of(n)
	if m.empty() {
		return
	}
	if m.kind != aMap {
		m.fail("want keys with values, have %s", m.kind)
		return
	}
	lines := map[string]int{}
	for pair := range slices.Chunk(n.Content, 2) {
		m.line = pair[0].Line
		name := m.of(pair[0])
		first, again := lines[name.raw]
		switch {
		case name.kind != aScalar:
			m.fail("want a key, have %s", name.kind)
		case again:
			m.fail("duplicate key %q, first on line %d", name.raw, first)
		default:
			lines[name.raw] = m.line
			l.readKey(m, name.raw, pair[1])
		}
	}
}

// readKey puts what n says about the key of that name in the section m.key.
func (l *loader) readKey(m value, name string, n *yaml.Node) {
	v := m
	v.key = strings.TrimPrefix(m.key+"."+name, ".")
	_, isSetting := l.settings[v.key]
	isSection := slices.Contains(l.sections, v.key)
	switch {
	case strings.Contains(name, ".") || !isSetting && !isSection:
		m.fail("unknown key %q%s", name, l.suggest(m.key, name))
	case isSection && (!isSetting || resolve(n).Kind == yaml.MappingNode):
		l.readMap(v, n)
	default:
		l.put(v.withItems(n))
	}
}

// of returns v with what n says, if that is a scalar.
func (v value) of(n *yaml.Node) value {
	n = resolve(n)
	v.raw = ""
	switch {
	case n.Kind == yaml.MappingNode:
		v.kind = aMap
	case n.Kind == yaml.SequenceNode:
		v.kind = aList
	case strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!"):
		v.kind = aTag
	case n.Tag == "!!null":
		v.kind = aScalar
	default:
		v.kind, v.raw = aScalar, n.Value
	}
	return v
}

// Bounds of what one key may hold, which aliases could make larger than the file, or endless.
const (
	maxDepth = 4 // lists and maps within each other
	maxItems = 10_000
)

// withItems returns v with what n says, and with the items of a list or a map.
func (v value) withItems(n *yaml.Node) value {
	left := maxItems
	v = v.down(n, maxDepth, &left)
	if left < 0 {
		v.fail("want at most %d values", maxItems)
	}
	return v
}

// down is withItems as deep as depth; it stops when nothing is left of the items allowed.
func (v value) down(n *yaml.Node, depth int, left *int) value {
	item := v
	v = v.of(n)
	if depth == 0 {
		return v
	}
	switch content := resolve(n).Content; v.kind {
	case aList:
		for _, c := range content {
			if *left--; *left < 0 {
				break
			}
			item.line = c.Line
			v.items = append(v.items, item.down(c, depth-1, left))
		}
	case aMap:
		seen := map[string]bool{}
		for pair := range slices.Chunk(content, 2) {
			if *left--; *left < 0 {
				break
			}
			item.line, item.name, item.key = pair[0].Line, pair[0].Value, v.key+"."+pair[0].Value
			if seen[item.name] {
				item.fail("stands there twice")
			}
			seen[item.name] = true
			v.items = append(v.items, item.down(pair[1], depth-1, left))
		}
	}
	return v
}

// structure gives a map or list that stands in a variable or a flag as it would in the file, such as
// {tags: {limit: 50}}. All else it gives as it is.
func (v value) structure() value {
	kinds := map[byte]kind{'{': aMap, '[': aList}
	raw := strings.TrimSpace(v.raw)
	if v.line != 0 || raw == "" || kinds[raw[0]] == "" {
		return v
	}
	n, err := parse([]byte(raw))
	if err != nil {
		v.fail("%v", err)
		v.kind = kinds[raw[0]] // which is not wrong of it
		return v
	}
	return v.withItems(n)
}

// resolve follows an alias to the node that it stands for, which is never an alias itself.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}
