package article

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// maxNodes bounds the values of one front matter with every alias of YAML counted as often as it is
// used; without aliases so many do not fit into it.
const maxNodes = 40_000

// value is a piece of front matter, whichever syntax it was written in.
type value struct {
	kind   kind
	text   string   // of a scalar, as its author wrote it
	items  []*value // of a list
	fields []field  // of a table, in the order of the file
	line   int      // of the file
}

type kind uint8

const (
	nullKind kind = iota
	boolKind
	numberKind
	timeKind // a time without quotes, in YAML
	textKind
	listKind
	tableKind
)

// field is a key of a table with its value.
type field struct {
	key   string
	line  int
	value *value
}

// lineError is why front matter cannot be read, and the line of the file where that shows.
type lineError struct {
	line    int
	message string
}

func (e *lineError) Error() string { return e.message }

func errorAt(line int, format string, args ...any) error {
	return &lineError{line, fmt.Sprintf(format, args...)}
}

// tree makes the values of one front matter and holds them to the limits.
type tree struct {
	r           *report
	nodes, keys int
	spare       []value // that nodes are made of
}

// node makes a value which stands that many levels deep.
func (t *tree) node(k kind, s string, line, depth int) (*value, error) {
	t.nodes++
	switch {
	case depth > t.r.limits.Depth:
		return nil, errorAt(line, "front matter is nested deeper than %d levels", t.r.limits.Depth)
	case t.nodes > maxNodes:
		return nil, errorAt(line, "front matter holds more than %d values", maxNodes)
	}
	if len(t.spare) == 0 {
		t.spare = t.r.room.some()
	}
	v := &t.spare[0]
	t.spare = t.spare[1:]
	v.kind, v.text, v.line = k, s, line
	return v, nil
}

// add puts a field into a table, which must not have one of that name but with the same
// text, or where the last one holds.
func (t *tree) add(to *value, key string, line int, v *value) error {
	t.keys++
	if t.keys > t.r.limits.Keys {
		return errorAt(line, "front matter has more than %d keys", t.r.limits.Keys)
	}
	if old, ok := to.own(key); ok {
		if v.text != "" && v.text == old.value.text {
			t.r.warnf(line, "key %s stands here and in line %d with the same value", quote(key), old.line)
			return nil
		}
		if t.r.last {
			t.r.warnf(line, "key %s stands twice, here and in line %d; this one is used", quote(key), old.line)
			to.fields = slices.DeleteFunc(to.fields, func(f field) bool { return f.key == key })
			to.fields = append(to.fields, field{key, line, v})
			return nil
		}
		return errorAt(line, "key %s stands twice, here and in line %d", quote(key), old.line)
	}
	to.fields = append(to.fields, field{key, line, v})
	return nil
}

// own gives the field of a table that has exactly that key. A table is short enough to be searched.
func (v *value) own(key string) (field, bool) {
	i := slices.IndexFunc(v.fields, func(f field) bool { return f.key == key })
	if i < 0 {
		return field{}, false
	}
	return v.fields[i], true
}

// child gives the first of those keys that a table has with something in it, else nil.
func (v *value) child(keys ...string) *value {
	for _, key := range keys {
		for _, f := range v.fields {
			if foldKey(f.key) == foldKey(key) && !f.value.empty() {
				return f.value
			}
		}
	}
	return nil
}

// at gives what stands under a dotted key of a table, or nil where that is nothing.
func (v *value) at(key string) *value {
	for part := range strings.SplitSeq(key, ".") {
		if v = v.child(part); v == nil {
			return nil
		}
	}
	return v
}

// childText gives what child finds as text, or "".
func (v *value) childText(keys ...string) string {
	child := v.child(keys...)
	if child == nil {
		return ""
	}
	s, _ := child.scalar()
	return s
}

// empty reports whether v says nothing: null, blank text, a list or table without members.
func (v *value) empty() bool {
	switch v.kind {
	case nullKind:
		return true
	case listKind:
		return len(v.items) == 0
	case tableKind:
		return len(v.fields) == 0
	}
	return strings.TrimSpace(v.text) == ""
}

// scalar gives the text of v, or of the first member of a list that has one: ["zh-CN"] says no
// more than "zh-CN" does.
func (v *value) scalar() (string, bool) {
	switch v.kind {
	case listKind:
		for _, item := range v.items {
			if s, ok := item.scalar(); ok {
				return s, true
			}
		}
		return "", false
	case boolKind, numberKind, timeKind, textKind:
		return strings.TrimSpace(v.text), !v.empty()
	}
	return "", false
}

// each gives the members of a list, or v itself where it stands for a list of one.
func (v *value) each() []*value {
	if v.kind == listKind {
		return v.items
	}
	return []*value{v}
}

// is reports whether v is one of those words, whatever their case.
func (v *value) is(words ...string) bool {
	s, ok := v.scalar()
	return ok && slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, s) })
}

// foldKey gives the form in which keys are compared: "pubDate", "pub_date" and "Pub-Date" are one.
func foldKey(key string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '-', '_', ' ':
			return -1
		}
		return unicode.ToLower(r)
	}, key)
}
