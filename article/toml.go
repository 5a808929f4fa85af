package article

import (
	"errors"
	"slices"
	"strings"

	// The module's stable part decodes dates, and keeps neither lines nor the order of keys.
	"github.com/pelletier/go-toml/v2/unstable"
)

// parseTOML reads TOML that begins on the given line of its file.
func parseTOML(src []byte, line int, r *report) (*value, error) {
	t := tomlReader{tree: tree{r: r}, lines: lineIndex(src, line)}
	t.parser.Reset(slices.Clip(src)) // it finds the place of an error by the capacity of slices
	root := &value{kind: tableKind, line: line}
	current := root
	for t.parser.NextExpression() {
		e := t.parser.Expression()
		var err error
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			current, err = t.open(root, e)
		case unstable.KeyValue:
			err = t.keyValue(current, e, 1)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := t.parser.Error(); err != nil {
		return nil, t.explain(err)
	}
	return root, nil
}

type tomlReader struct {
	tree
	parser unstable.Parser
	lines  lines
}

// explain gives an error of the parser its line, and plain words where they are wanting.
func (t *tomlReader) explain(err error) error {
	message, line := "TOML: "+err.Error(), t.lines.first
	if strings.HasPrefix(err.Error(), "expected keyword") || strings.HasSuffix(err.Error(), "at start of value") {
		message = "a value that is neither a number, a date, true nor false needs quotes"
	}
	if e, ok := errors.AsType[*unstable.ParserError](err); ok {
		line = t.lines.at(int(t.parser.Range(e.Highlight).Offset))
	}
	return errorAt(line, "%s", message)
}

// open gives the table that a header stands for: [a.b], or a new one at the end of the list [[a.b]].
func (t *tomlReader) open(root *value, header *unstable.Node) (*value, error) {
	parent, last, line, err := t.descend(root, header.Key(), 1)
	if err != nil {
		return nil, err
	}
	old, exists := parent.own(last)
	if header.Kind == unstable.Table && exists && old.value.kind == tableKind {
		return old.value, nil // [a] after [a.b]
	}
	fresh, err := t.node(tableKind, "", line, 1)
	if err != nil {
		return nil, err
	}
	if header.Kind == unstable.Table {
		return fresh, t.add(parent, last, line, fresh)
	}
	if exists && old.value.kind == listKind {
		old.value.items = append(old.value.items, fresh)
		return fresh, nil
	}
	return fresh, t.add(parent, last, line, &value{kind: listKind, items: []*value{fresh}, line: line})
}

// keyValue adds what stands on one line, such as a.b = 1, to a table that many levels deep.
func (t *tomlReader) keyValue(to *value, n *unstable.Node, depth int) error {
	parent, last, line, err := t.descend(to, n.Key(), depth)
	if err != nil {
		return err
	}
	v, err := t.value(n.Value(), line, depth+1)
	if err != nil {
		return err
	}
	return t.add(parent, last, line, v)
}

// descend walks a dotted key up to its last part and makes the tables on the way.
func (t *tomlReader) descend(at *value, keys unstable.Iterator, depth int) (parent *value, last string, line int, err error) {
	for keys.Next() {
		if line != 0 {
			if at, err = t.enter(at, last, line, depth); err != nil {
				return nil, "", 0, err
			}
			depth++
		}
		last, line = string(keys.Node().Data), t.lines.at(int(keys.Node().Raw.Offset))
	}
	return at, last, line, nil
}

// enter gives the table of that name: a new one, the one there is, or the newest of a list.
func (t *tomlReader) enter(at *value, key string, line, depth int) (*value, error) {
	old, exists := at.own(key)
	if !exists {
		fresh, err := t.node(tableKind, "", line, depth+1)
		if err != nil {
			return nil, err
		}
		return fresh, t.add(at, key, line, fresh)
	}
	v := old.value
	if v.kind == listKind && len(v.items) > 0 {
		v = v.items[len(v.items)-1]
	}
	if v.kind != tableKind {
		return nil, errorAt(line, "key %s has a value in line %d and cannot be a table too", quote(key), old.line)
	}
	return v, nil
}

// value reads what stands on the right of "=".
func (t *tomlReader) value(n *unstable.Node, line, depth int) (*value, error) {
	if n.Raw.Length > 0 {
		line = t.lines.at(int(n.Raw.Offset))
	}
	v, err := t.node(tomlKind(n.Kind), string(n.Data), line, depth)
	if err != nil {
		return nil, err
	}
	for children := n.Children(); children.Next(); {
		switch v.kind {
		case tableKind:
			if err := t.keyValue(v, children.Node(), depth); err != nil {
				return nil, err
			}
		case listKind:
			item, err := t.value(children.Node(), line, depth+1)
			if err != nil {
				return nil, err
			}
			v.items = append(v.items, item)
		}
	}
	return v, nil
}

func tomlKind(k unstable.Kind) kind {
	switch k {
	case unstable.Array:
		return listKind
	case unstable.InlineTable:
		return tableKind
	case unstable.Bool:
		return boolKind
	case unstable.Integer, unstable.Float:
		return numberKind
	}
	return textKind // dates too: their zone, or the lack of one, is what TOML says it is
}
