package article

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// plainYAML is [fullYAML] for what most front matter is: a key at the start of every line, and behind
// it a word, a text in quotes, a list of these in brackets, or on the lines below a list, more keys
// that stand further in, or a text as it stands there. That takes it a tenth of the time, on which the
// start with many articles depends. It reports false for all that it does not know, and for all that
// somebody would have to be told of; FuzzPlainYAML states that both agree on the rest.
func plainYAML(src []byte, line int, limits Limits, room *room) (*value, bool) {
	p := plainReader{tree: tree{r: &report{limits: limits, room: room}}, rest: string(src), number: line - 1, open: !bytes.HasSuffix(src, []byte("\n"))}
	p.next()
	v, err := p.table(0)
	return v, err == nil && p.line == "" && len(v.fields) > 0 && len(p.r.problems) == 0
}

// errNotPlain is for fullYAML to look at.
var errNotPlain = errors.New("not plain YAML")

type plainReader struct {
	tree
	line   string // the one to be read next, without blanks around it; "" after the last
	margin int    // of blanks before it
	number int    // of it, in the file
	rest   string // what follows it
	open   bool   // the last line has no end

	ragged bool // blanks end the line
	apart  bool // lines that say nothing stand between it and the one before
	remark bool // and of these one that is not empty, which may belong to a text above it
}

// next goes on to the next line that says something.
func (p *plainReader) next() {
	p.apart, p.remark = false, false
	for p.line = ""; p.line == "" && p.rest != ""; p.number++ {
		var whole string
		whole, p.rest, _ = strings.Cut(p.rest, "\n")
		text := strings.TrimLeft(whole, " ")
		p.margin = len(whole) - len(text)
		p.line = strings.TrimRight(text, " ")
		p.ragged = len(p.line) < len(text)
		if p.line == "" || p.line[0] == '#' {
			p.line, p.apart, p.remark = "", true, p.remark || whole != ""
		}
	}
}

// table reads the keys from the line to be read next on that have its margin.
func (p *plainReader) table(depth int) (*value, error) {
	v, err := p.node(tableKind, "", p.number, depth)
	if err == nil && depth == 0 {
		v.fields = make([]field, 0, min(1+strings.Count(p.rest, "\n"), p.r.limits.Keys))
	}
	margin := p.margin
	for err == nil && p.line != "" && p.margin >= margin {
		key, text, ok := plainKey(p.line)
		if !ok || p.margin > margin { // which goes on with what stands before it
			return nil, errNotPlain
		}
		line := p.number
		p.next()
		var member *value
		if member, err = p.member(text, line, margin, depth+1); err == nil {
			err = p.add(v, key, line, member)
		}
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
			return line[:i], text, line[i-1] != ' ' && (text == "" || line[i+1] == ' ')
		case !isWordByte(c) && c != '_' && (c != '-' && c != ' ' || i == 0):
			return "", "", false
		}
	}
	return "", "", false
}

// member reads what belongs to a key with that margin on a line: the text behind it, or what stands
// below.
func (p *plainReader) member(text string, line, margin, depth int) (*value, error) {
	switch {
	case text != "":
		return p.text(text, line, margin, depth)
	case p.line == "" || p.margin < margin:
	case strings.HasPrefix(p.line, "- "):
		return p.list(depth)
	case p.margin > margin:
		if _, _, ok := plainKey(p.line); ok {
			return p.table(depth)
		}
		text, line = p.line, p.number
		p.next()
		return p.text(text, line, margin, depth)
	}
	return p.node(nullKind, "", line, depth)
}

// text reads a value that begins on a line with that text, behind a key or a dash with that margin. What stands
// further in than these goes on with it.
func (p *plainReader) text(text string, line, margin, depth int) (*value, error) {
	if text[0] == '|' || text[0] == '>' {
		return p.block(text, line, margin, depth)
	}
	if p.line != "" && p.margin > margin {
		if text[0] == '[' { // each item tells its line
			return nil, errNotPlain
		}
		lines := []string{text}
		for ; p.line != "" && p.margin > margin; p.next() {
			if p.apart {
				return nil, errNotPlain
			}
			lines = append(lines, p.line)
		}
		text = strings.Join(lines, " ")
	}
	if text[0] == '[' {
		return p.brackets(text, line, depth)
	}
	return p.scalar(text, line, depth)
}

// block reads a text as it stands on the lines below its mark: all of them, and as far in as the first.
func (p *plainReader) block(mark string, line, margin, depth int) (*value, error) {
	separator, end := "\n", "\n"
	if mark[0] == '>' {
		separator = " "
	}
	if mark[1:] == "-" {
		end = ""
	} else if mark[1:] != "" {
		return nil, errNotPlain
	}
	var lines []string
	for within := p.margin; p.line != "" && p.margin > margin; p.next() {
		if p.margin != within || p.apart || p.ragged || strings.Contains(p.line, "\t") {
			return nil, errNotPlain
		}
		lines = append(lines, p.line)
	}
	if len(lines) == 0 || p.remark || p.open && p.line == "" {
		return nil, errNotPlain
	}
	return p.node(textKind, strings.Join(lines, separator)+end, line, depth)
}

// list reads the items from the line to be read next on that have its margin.
func (p *plainReader) list(depth int) (*value, error) {
	v, err := p.node(listKind, "", p.number, depth)
	if err != nil {
		return nil, err
	}
	v.items = make([]*value, 0, 4)
	for margin := p.margin; p.margin == margin; {
		text, ok := strings.CutPrefix(p.line, "- ")
		if !ok {
			break
		}
		text = strings.TrimLeft(text, " ")
		var item *value
		if _, _, ok := plainKey(text); ok { // a table that begins behind the dash
			p.margin, p.line = margin+len(p.line)-len(text), text
			item, err = p.table(depth + 1)
		} else {
			line := p.number
			p.next()
			item, err = p.text(text, line, margin, depth+1)
		}
		if err != nil {
			return nil, err
		}
		v.items = append(v.items, item)
	}
	return v, nil
}

// brackets reads a list on one line. Marks of YAML it takes not even in quotes, so that nothing but
// a comma parts items.
func (p *plainReader) brackets(text string, line, depth int) (*value, error) {
	inner, closed := strings.CutSuffix(text[1:], "]")
	if !closed || strings.ContainsAny(inner, "[]{}:?#&*!|>%@`") {
		return nil, errNotPlain
	}
	v, err := p.node(listKind, "", line, depth)
	if inner = strings.Trim(inner, " "); inner == "" || err != nil {
		return v, err
	}
	v.items = make([]*value, 0, 4)
	for text := range strings.SplitSeq(inner, ",") {
		item, err := p.scalar(strings.Trim(text, " "), line, depth+1)
		if err != nil {
			return nil, err
		}
		v.items = append(v.items, item)
	}
	return v, nil
}

// scalar reads a value that is neither a list nor a table.
func (p *plainReader) scalar(text string, line, depth int) (*value, error) {
	switch {
	case text == "" || strings.Contains(text, "\t"):
		return nil, errNotPlain
	case text[0] == '"' || text[0] == '\'':
		inner, ok := unquoted(text)
		if !ok {
			return nil, errNotPlain
		}
		return p.node(textKind, inner, line, depth)
	case !isWordByte(text[0]) && text[0] != '/',
		strings.HasSuffix(text, ":"), strings.Contains(text, ": "), strings.Contains(text, " #"):
		return nil, errNotPlain
	}
	return p.node(plainKind(text), text, line, depth)
}

// unquoted is what stands in quotes, if nothing stands behind them.
func unquoted(text string) (inner string, ok bool) {
	quote := text[:1]
	inner, ok = strings.CutSuffix(text[1:], quote)
	switch {
	case !ok || !strings.ContainsAny(inner, quote+"\\"):
		return inner, ok
	case quote == "'":
		twice := quote + quote
		return strings.ReplaceAll(inner, twice, quote), !strings.Contains(strings.ReplaceAll(inner, twice, ""), quote)
	}
	for rest := inner; ; { // of the marks behind a backslash those that mean the same to Go
		_, after, found := strings.Cut(rest, "\\")
		if !found {
			inner, err := strconv.Unquote(text)
			return inner, err == nil
		}
		if after == "" || !strings.Contains("\"\\nru", after[:1]) {
			return "", false
		}
		rest = after[1:]
	}
}

// plainKind asks the code that decides for all YAML what a value without quotes stands for. The
// longest that is neither text nor begins with a digit is "false".
func plainKind(text string) kind {
	if len(text) > len("false") && !isDigit(text[0]) {
		return textKind
	}
	return yamlKind(&yaml.Node{Kind: yaml.ScalarNode, Value: text})
}
