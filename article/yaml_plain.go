package article

import (
	"errors"
	"strings"

	"gopkg.in/yaml.v3"
)

// plainYAML is [fullYAML] for what most front matter is: a key at the start of every line, and behind
// it a word, a text in quotes, a list of these in brackets, or one of them a line below the key. That
// takes it a tenth of the time, on which the start with many articles depends. It reports false for
// all that it does not know, and for all that somebody would have to be told of; FuzzPlainYAML states
// that both agree on the rest.
func plainYAML(src []byte, line int, limits Limits, room *room) (*value, bool) {
	p := plainReader{tree: tree{r: &report{limits: limits, room: room}}, rest: string(src), number: line - 1}
	p.next()
	v, err := p.table()
	return v, err == nil && len(p.r.problems) == 0
}

// errNotPlain is for fullYAML to look at.
var errNotPlain = errors.New("not plain YAML")

type plainReader struct {
	tree
	line   string // the one to be read next, without blanks at its end; "" after the last
	number int    // of it, in the file
	rest   string // what follows it
}

// next goes on to the next line that says something.
func (p *plainReader) next() {
	for p.line = ""; p.line == "" && p.rest != ""; p.number++ {
		p.line, p.rest, _ = strings.Cut(p.rest, "\n")
		p.line = strings.TrimRight(p.line, " ")
		if strings.HasPrefix(p.line, "#") {
			p.line = ""
		}
	}
}

func (p *plainReader) table() (*value, error) {
	v, err := p.node(tableKind, "", p.number, 0)
	if err == nil {
		v.fields = make([]field, 0, min(1+strings.Count(p.rest, "\n"), p.r.limits.Keys))
	}
	for err == nil && p.line != "" {
		key, text, ok := plainKey(p.line)
		if !ok {
			return nil, errNotPlain
		}
		line := p.number
		p.next()
		var member *value
		if member, err = p.member(text, line); err == nil {
			err = p.add(v, key, line, member)
		}
	}
	if err == nil && len(v.fields) == 0 {
		err = errNotPlain
	}
	return v, err
}

// plainKey parts a line that begins with a key from what stands behind the colon.
func plainKey(line string) (key, text string, ok bool) {
	const longest = 100 // far from where YAML takes nothing for a key any more
	for i := range min(len(line), longest) {
		c := line[i]
		switch {
		case c == ':' && i > 0:
			text = strings.TrimLeft(line[i+1:], " ")
			return line[:i], text, text == "" || line[i+1] == ' '
		case !isWordByte(c) && c != '_' && (c != '-' || i == 0):
			return "", "", false
		}
	}
	return "", "", false
}

// member reads what belongs to the key on a line: the text behind it, or the list below.
func (p *plainReader) member(text string, line int) (*value, error) {
	switch {
	case text == "" && strings.HasPrefix(strings.TrimLeft(p.line, " "), "- "):
		return p.list()
	case text == "":
		return p.node(nullKind, "", line, 1)
	case text[0] == '[':
		return p.brackets(text, line)
	}
	return p.scalar(text, line, 1)
}

// list reads the items that stand below each other, from the line to be read next on.
func (p *plainReader) list() (*value, error) {
	v, err := p.node(listKind, "", p.number, 1)
	dash := p.line[:strings.IndexByte(p.line, '-')+len("- ")]
	for err == nil {
		text, ok := strings.CutPrefix(p.line, dash)
		if !ok {
			break
		}
		err = p.item(v, strings.TrimLeft(text, " "), p.number)
		p.next()
	}
	return v, err
}

// brackets reads a list on one line. Marks of YAML it takes not even in quotes, so that nothing but
// a comma parts items.
func (p *plainReader) brackets(text string, line int) (*value, error) {
	inner, closed := strings.CutSuffix(text[1:], "]")
	if !closed || strings.ContainsAny(inner, "[]{}:?#&*!|>%@`") {
		return nil, errNotPlain
	}
	v, err := p.node(listKind, "", line, 1)
	if inner = strings.Trim(inner, " "); inner == "" {
		return v, err
	}
	for text := range strings.SplitSeq(inner, ",") {
		if err == nil {
			err = p.item(v, strings.Trim(text, " "), line)
		}
	}
	return v, err
}

func (p *plainReader) item(to *value, text string, line int) error {
	v, err := p.scalar(text, line, 2)
	if to.items == nil {
		to.items = make([]*value, 0, 4)
	}
	to.items = append(to.items, v)
	return err
}

// scalar reads a value that ends with its line.
func (p *plainReader) scalar(text string, line, depth int) (*value, error) {
	switch {
	case text == "" || strings.Contains(text, "\t"):
		return nil, errNotPlain
	case text[0] == '"' || text[0] == '\'':
		inner, closed := strings.CutSuffix(text[1:], text[:1])
		if !closed || strings.ContainsAny(inner, text[:1]+`\`) {
			return nil, errNotPlain
		}
		return p.node(textKind, inner, line, depth)
	case !isWordByte(text[0]) && text[0] != '/',
		strings.HasSuffix(text, ":"), strings.Contains(text, ": "), strings.Contains(text, " #"):
		return nil, errNotPlain
	}
	return p.node(plainKind(text), text, line, depth)
}

// plainKind asks the code that decides for all YAML what a value without quotes stands for. The
// longest that is neither text nor begins with a digit is "false".
func plainKind(text string) kind {
	if len(text) > len("false") && !isDigit(text[0]) {
		return textKind
	}
	return yamlKind(&yaml.Node{Kind: yaml.ScalarNode, Value: text})
}
