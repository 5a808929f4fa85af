package article

import (
	"regexp"

	// Upstream has archived this module. The drop-in that is kept up is go.yaml.in/yaml/v3.
	"gopkg.in/yaml.v3"

	"feedmill/internal/yamlerror"
)

// parseYAML reads YAML that begins on the given line of its file. What breaks the rules of YAML but
// has only one meaning it mends, and says so in r. The value is null if there is nothing but
// comments.
func parseYAML(src []byte, line int, r *report) (*value, error) {
	if v, ok := plainYAML(src, line, r.limits, r.room); ok {
		return v, nil
	}
	if flowDepth(src) > r.limits.Depth {
		return nil, errorAt(line, "front matter is nested deeper than %d levels", r.limits.Depth)
	}
	return fullYAML(src, line, r)
}

// fullYAML is parseYAML for all that YAML has.
func fullYAML(src []byte, line int, r *report) (*value, error) {
	mends := report{path: r.path, limits: r.limits}
	for {
		// No value is decoded, so that a date stays the text that it is and cannot spoil the rest.
		var document yaml.Node
		err := yaml.Unmarshal(src, &document)
		if err == nil {
			r.problems = append(r.problems, mends.problems...)
			y := yamlReader{tree{r: r}, line - 1}
			if len(document.Content) == 0 {
				return y.node(nullKind, "", line, 0)
			}
			return y.value(document.Content[0], 0)
		}
		at, message := yamlerror.Explain(src, err)
		mended, ok := mendYAML(src, at, line, &mends)
		if !ok {
			return nil, errorAt(line+at-1, "%s", message)
		}
		src = mended
	}
}

// flowDepth counts how deep brackets and braces are nested, those within quotes included: it only
// has to see, before the parser spends its time on them, that somebody wrote thousands.
func flowDepth(src []byte) int {
	depth, deepest := 0, 0
	for _, c := range src {
		switch c {
		case '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ']', '}':
			depth = max(depth-1, 0)
		}
	}
	return deepest
}

type yamlReader struct {
	tree
	before int // lines of the file before the YAML
}

// value turns a node into a value which stands that many levels deep. An alias is read anew
// wherever it is used: the limits of [tree] are what stops a bomb, or a loop.
func (y *yamlReader) value(n *yaml.Node, depth int) (*value, error) {
	if n.Kind == yaml.AliasNode {
		return y.value(n.Alias, depth+1)
	}
	v, err := y.node(yamlKind(n), n.Value, n.Line+y.before, depth)
	if err != nil {
		return nil, err
	}
	switch n.Kind {
	case yaml.SequenceNode:
		for _, item := range n.Content {
			member, err := y.value(item, depth+1)
			if err != nil {
				return nil, err
			}
			v.items = append(v.items, member)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if err := y.field(v, n.Content[i], n.Content[i+1], depth+1); err != nil {
				return nil, err
			}
		}
		return v, y.merge(v)
	}
	return v, nil
}

// merge gives a table the fields of the tables under its key "<<", or of those in a list there, but
// for those of names that it has. https://yaml.org/type/merge.html
func (y *yamlReader) merge(to *value) error {
	from, ok := to.own("<<")
	if !ok {
		return nil
	}
	for _, table := range from.value.each() {
		for _, f := range table.fields {
			if _, ok := to.own(f.key); ok {
				continue
			}
			if err := y.add(to, f.key, f.line, f.value); err != nil {
				return err
			}
		}
	}
	return nil
}

// field adds a key with its value to a table.
func (y *yamlReader) field(to *value, key, member *yaml.Node, depth int) error {
	if key.Kind != yaml.ScalarNode {
		return nil // no name for a fact: {{ page.title }} of a template is a map in a map
	}
	v, err := y.value(member, depth)
	if err != nil {
		return err
	}
	return y.add(to, key.Value, key.Line+y.before, v)
}

// bareTime is what YAML 1.1 takes for a time when there are no quotes. https://yaml.org/type/timestamp.html
var bareTime = regexp.MustCompile(`^\d{4}-\d{1,2}-\d{1,2}(?:[Tt]|[ \t]+)\d{1,2}:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[+-]\d{1,2}(?::\d\d)?))?$`)

func yamlKind(n *yaml.Node) kind {
	switch n.Kind {
	case yaml.SequenceNode:
		return listKind
	case yaml.MappingNode:
		return tableKind
	}
	switch n.ShortTag() {
	case "!!null":
		return nullKind
	case "!!bool":
		return boolKind
	case "!!int", "!!float":
		return numberKind
	}
	if n.Style == 0 && n.Value != "" && isDigit(n.Value[0]) && bareTime.MatchString(n.Value) {
		return timeKind
	}
	return textKind
}
