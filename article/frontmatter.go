package article

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"unicode"
	"unicode/utf8"
)

// frontMatter is the facts of a file, not yet parsed, and where they and the body stand.
type frontMatter struct {
	syntax syntax
	text   []byte // without fences
	line   int    // of the file, on which text begins

	bodyOffset, bodyLine int
}

type syntax string

const (
	noSyntax syntax = ""
	inYAML   syntax = "YAML"
	inTOML   syntax = "TOML"
	inJSON   syntax = "JSON"
)

// splitFrontMatter parts the front matter from the body. It reports false after an error.
func splitFrontMatter(src []byte, r *report) (frontMatter, bool) {
	if isUTF16(src) {
		r.errorf(1, "the file is in UTF-16; hint: save it as UTF-8")
		return frontMatter{}, false
	}
	c := cursor{src: src, offset: len(src) - len(bytes.TrimPrefix(src, []byte("\uFEFF"))), line: 1}
	body := frontMatter{bodyOffset: c.offset, bodyLine: 1}
	c.skipBlank()
	first := c
	line, _ := c.next()
	if fence, s := opener(line); s != noSyntax {
		return fenced(c, fence, s, body, r)
	}
	switch start := src[first.offset:]; {
	case bytes.HasPrefix(start, []byte("<<<<<<< ")): // the front matter may be in both versions
		r.errorf(first.line, unmerged)
		return frontMatter{}, false
	case jsonObject.Match(start):
		return bareJSON(first, r)
	case jsonComment.Match(start):
		return commentedJSON(first, r)
	}
	if m, ok := unfenced(first, r.limits); ok {
		return m, true
	}
	return body, true
}

// isUTF16 looks for a byte order mark, or for zero bytes in the first two characters.
func isUTF16(src []byte) bool {
	zero := func(i int) bool { return src[i] == 0 }
	return bytes.HasPrefix(src, []byte{0xFF, 0xFE}) || bytes.HasPrefix(src, []byte{0xFE, 0xFF}) ||
		len(src) > 3 && zero(0) != zero(1) && zero(0) == zero(2) && zero(1) == zero(3)
}

var fenceLine = regexp.MustCompile(`^(-{3,}|\+{3})[ \t]*(yaml|yml|toml|json)?[ \t]*$`)

// opener reads a line that opens front matter: +++, --- or, as Eleventy has it, ---json.
func opener(line []byte) (fence []byte, s syntax) {
	if string(line) == "---" {
		return line, inYAML
	}
	m := fenceLine.FindSubmatch(line)
	switch {
	case m == nil:
		return nil, noSyntax
	case string(m[2]) == "json":
		return m[1], inJSON
	case string(m[2]) == "toml", m[1][0] == '+':
		return m[1], inTOML
	}
	return m[1], inYAML
}

var (
	// firstKey is what YAML begins with, on the first line that says something; "：" is a slip.
	firstKey = regexp.MustCompile(`^\s*(?:\{|[\w-]+：|[^\s#>|*&!%@` + "`" + `:\-\[].*?:(?:\s|$))`)

	// tellingKey is in a line of front matter, and be the line before it none: a slip, or what a merge
	// has left there.
	tellingKey = regexp.MustCompile(`(?i)^\s*[-*@?]?\s*["']?(?:title|date|draft|publish|published|unlisted|hidden|tags|categories|layout|slug)["']?\s*[:：=]`)
)

// mergeMark is what git leaves around two versions of some lines.
var mergeMark = regexp.MustCompile(`(?m)^(?:<{7}|>{7})(?:\s|$)`)

const unmerged = "a merge is not finished; hint: keep what is meant of the lines between <<<<<<< and >>>>>>>"

// fenced takes what stands between a fence, behind which c is, and the next. Where that is text, the
// fence is a thematic break and all of the file is body; no text stands between +++.
func fenced(c cursor, fence []byte, s syntax, body frontMatter, r *report) (frontMatter, bool) {
	start := c
	said, isText, tells := false, false, false
	for at := c; at.offset-start.offset <= r.limits.FrontMatter; at = c {
		line, ok := c.next()
		if !ok {
			break
		}
		line = bytes.TrimRight(line, " \t")
		if bytes.Equal(line, fence) || s == inYAML && string(line) == "..." {
			if isText && !tells {
				return body, true
			}
			return frontMatter{s, c.src[start.offset:at.offset], start.line, c.offset, c.line}, true
		}
		if !said && len(line) > 0 && line[0] != '#' {
			said, isText = true, s == inYAML && !firstKey.Match(line)
		}
		tells = tells || isText && (tellingKey.Match(line) || mergeMark.Match(line))
	}
	if !said || isText {
		return body, true
	}
	if c.offset-start.offset > r.limits.FrontMatter {
		r.errorf(start.line-1, "front matter is not closed within %d KiB", r.limits.FrontMatter>>10)
	} else {
		r.errorf(start.line-1, "front matter is not closed; hint: end it with a line %s", fence)
	}
	return frontMatter{}, false
}

var (
	jsonObject  = regexp.MustCompile(`^\{\s*(?:["}]|<{7} )`)
	jsonComment = regexp.MustCompile(`^<!--\s*(\{)\s*["}]`)
)

// bareJSON takes the object that begins where c stands.
func bareJSON(c cursor, r *report) (frontMatter, bool) {
	m := frontMatter{syntax: inJSON, line: c.line}
	m.text = c.src[c.offset:min(len(c.src), c.offset+r.limits.FrontMatter)]
	object := json.NewDecoder(bytes.NewReader(m.text))
	err := object.Decode(new(json.RawMessage))
	switch {
	case err == nil:
		m.text = m.text[:object.InputOffset()]
	case errors.Is(err, io.ErrUnexpectedEOF) && len(m.text) == r.limits.FrontMatter:
		r.errorf(c.line, "front matter is not closed within %d KiB", r.limits.FrontMatter>>10)
		return frontMatter{}, false
	}
	c.skip(len(m.text))
	m.bodyOffset, m.bodyLine = c.offset, c.line
	return m, true
}

// commentedJSON takes an object in an HTML comment, as the Go blog once had it.
func commentedJSON(c cursor, r *report) (frontMatter, bool) {
	c.skip(jsonComment.FindSubmatchIndex(c.src[c.offset:])[2])
	m, ok := bareJSON(c, r)
	if !ok {
		return m, false
	}
	c = cursor{c.src, m.bodyOffset, m.bodyLine}
	gap, _, closed := bytes.Cut(c.src[c.offset:], []byte("-->"))
	if !closed || len(bytes.TrimSpace(gap)) > 0 {
		r.errorf(m.line, "front matter in a comment is not closed; hint: put --> after the last }")
		return m, false
	}
	c.skip(len(gap) + len("-->"))
	m.bodyOffset, m.bodyLine = c.offset, c.line
	return m, true
}

var (
	dashes   = regexp.MustCompile(`^-{3,}\s*$`)
	looseKey = regexp.MustCompile(`^[\w-]+:(?:\s|$)`)
	loose    = regexp.MustCompile(`^(?:[\w-]+:(?:\s|$)|-\s|\s|#|$|<{7} |={7}$|>{7} |\|{7} )`)
	telling  = regexp.MustCompile(`^(?:title|date):`)
)

// unfenced takes Hexo's front matter, keys with only a fence behind them. To Markdown that is a
// heading, so it has to name a title or a date, look like YAML in every line, and be YAML.
func unfenced(c cursor, limits Limits) (frontMatter, bool) {
	start, ahead := c, c
	if line, _ := ahead.next(); !looseKey.Match(line) {
		return frontMatter{}, false
	}
	tells := false
	for at := c; at.offset-start.offset <= limits.FrontMatter; at = c {
		line, ok := c.next()
		if tells && dashes.Match(line) {
			m := frontMatter{inYAML, c.src[start.offset:at.offset], start.line, c.offset, c.line}
			return m, mergeMark.Match(m.text) || m.parse(&report{limits: limits}) != nil
		}
		if !ok || !loose.Match(line) {
			break
		}
		tells = tells || telling.Match(line)
	}
	return frontMatter{}, false
}

// parse reads the front matter as a table. It gives nil after an error, and an empty table where
// there is none.
func (m frontMatter) parse(r *report) *value {
	src, ok := m.clean(r)
	if !ok {
		return nil
	}
	var v *value
	var err error
	switch m.syntax {
	case inYAML:
		v, err = parseYAML(src, m.line, r)
	case inTOML:
		v, err = parseTOML(src, m.line, r)
	case inJSON:
		v, err = parseJSON(src, m.line, r)
	default:
		return &value{kind: tableKind, line: 1}
	}
	switch {
	case err != nil:
	case v.kind == nullKind:
		return &value{kind: tableKind, line: m.line}
	case v.kind != tableKind:
		err = errorAt(m.line, "front matter has no keys; hint: a key is followed by a colon and a blank")
	}
	if err != nil {
		line, message := m.blame(src, err)
		r.errorf(line, "%s", message)
		return nil
	}
	return v
}

// slips leave a parser at a loss, mostly in a line that is not to blame.
var slips = []struct {
	in      syntax // or any
	sign    *regexp.Regexp
	message string
}{
	{noSyntax, mergeMark, unmerged},
	{inTOML, regexp.MustCompile(`(?m)^[\w-]+:(?:\s|$)`), "this is YAML; hint: put it between ---"},
	{inYAML, regexp.MustCompile(`(?m)^[\w-]+[ \t]*=`), "this is TOML; hint: put it between +++"},
	{inYAML, regexp.MustCompile(`(?m)^[\w-]+(?::[^\s/:]|：)[^:\n]*$`), "no key; hint: a key is followed by a colon and a blank"},
	{inYAML, regexp.MustCompile(`(?m)^[\w-]+:[ \t]+(?:\[[^\[\]\n]*\]|\{[^{}\n]*\})[ \t]*[^\s#]`), "a value that begins with [ or { needs quotes if it is a text"},
}

// blame gives the line for which src can't be read, and says why.
func (m frontMatter) blame(src []byte, err error) (line int, message string) {
	for _, slip := range slips {
		if at := slip.sign.FindIndex(src); at != nil && (slip.in == noSyntax || slip.in == m.syntax) {
			return m.line + bytes.Count(src[:at[0]], []byte("\n")), slip.message
		}
	}
	if e, ok := errors.AsType[*lineError](err); ok {
		return e.line, e.message
	}
	return m.line, err.Error()
}

// clean gives the text with LF at the end of every line and without control characters, which no
// syntax takes and no author means.
func (m frontMatter) clean(r *report) ([]byte, bool) {
	if isClean(m.text) {
		return m.text, true
	}
	src := bytes.ReplaceAll(m.text, []byte("\r\n"), []byte("\n"))
	src = bytes.ReplaceAll(src, []byte("\r"), []byte("\n"))
	line, told := m.line, false
	for rest := src; len(rest) > 0; {
		c, size := utf8.DecodeRune(rest)
		rest = rest[size:]
		switch {
		case c == utf8.RuneError && size == 1:
			r.errorf(line, "front matter is not valid UTF-8; hint: save the file as UTF-8")
			return nil, false
		case c == '\n':
			line++
		case !told && frontMatterChar(c) < 0:
			told = true
			r.warnf(line, "control character %U left out", c)
		}
	}
	return bytes.Map(frontMatterChar, src), true
}

// isClean reports whether [frontMatter.clean] has nothing to do.
func isClean(src []byte) bool {
	for i := 0; i < len(src); {
		c, size := rune(src[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRune(src[i:])
		}
		if !isTidyRune(c) && (c == utf8.RuneError && size == 1 || frontMatterChar(c) != c) {
			return false
		}
		i += size
	}
	return true
}

// frontMatterChar gives what c becomes in front matter, -1 for nothing.
func frontMatterChar(c rune) rune {
	switch {
	case isTidyRune(c):
		return c
	case c == '\u2028', c == '\u2029':
		return ' ' // to YAML they end a line
	case unicode.IsControl(c), xmlChar(c) < 0, c == '\uFEFF':
		return -1
	}
	return c
}
