package article

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxMends bounds how many lines of one front matter are mended, each for a parse more.
const maxMends = 10

// mendYAML tries again after err, with what has only one meaning put right: tabs as indentation,
// and a colon in a value without quotes.
func mendYAML(src []byte, line int, err error, r *report) (*yaml.Node, error) {
	mended := report{path: r.path}
	if spaced, first := untab(src); first > 0 {
		mended.warnf(line+first-1, "YAML is indented by blanks, not by a tab; read as blanks")
		src = spaced
	}
	document, err := decodeYAML(src, line)
	for range maxMends {
		e, bad := errors.AsType[*lineError](err)
		if !bad {
			break
		}
		quoted, key, ok := quoteValue(src, e.line-line+1)
		if !ok {
			break
		}
		mended.warnf(e.line, "%s: a value with a colon in it needs quotes; read as if it had them", key)
		src = quoted
		document, err = decodeYAML(src, line)
	}
	if err == nil {
		r.problems = append(r.problems, mended.problems...)
	}
	return document, err
}

var indentation = regexp.MustCompile(`(?m)^[ \t]*(?:-[ \t]+)*`)

// untab turns the tabs that src is indented by into blanks, and gives the first line that has one;
// 0 if there is none.
func untab(src []byte) (spaced []byte, first int) {
	spaced = indentation.ReplaceAllFunc(src, func(indent []byte) []byte {
		return bytes.ReplaceAll(indent, []byte("\t"), []byte("  "))
	})
	for i := range src {
		if src[i] != spaced[i] {
			return spaced, 1 + bytes.Count(src[:i], []byte("\n"))
		}
	}
	return src, 0
}

// plainColon matches a key with a value without quotes that holds a colon, up to a comment.
var plainColon = regexp.MustCompile(`^([ ]*([\w-]+):[ ]+)([^\s"'\[\]{}>|*&!%#@` + "`" + `,?-].*?(?::[ ].*?|:))([ ]+(?:#.*)?)?$`)

// quoteValue puts quotes around the value on that line of src, counted from 1, if a colon in it is
// what is wrong.
func quoteValue(src []byte, n int) (quoted []byte, key string, ok bool) {
	line, start := lineOf(src, n)
	m := plainColon.FindSubmatch(line)
	if m == nil {
		return nil, "", false
	}
	value := "'" + strings.ReplaceAll(string(m[3]), "'", "''") + "'"
	quoted = append(quoted, src[:start]...)
	quoted = append(quoted, m[1]...)
	quoted = append(quoted, value...)
	return append(quoted, src[start+len(line):]...), string(m[2]), true
}

// yamlErrors says in plain words what the parser means. The first that fits counts.
var yamlErrors = []struct {
	prefix, message string
	parser          bool // from the parser, not its scanner
}{
	{"mapping values are not allowed", `a colon where no key can stand; hint: put quotes around a value that holds ": ", and look at the indentation`, false},
	{"did not find expected key", "this fits no key; hint: look at the indentation and at quotes within quotes", true},
	{"did not find expected ',' or ']'", "a list that begins with [ is not closed, or a comma is missing", true},
	{"did not find expected ',' or '}'", "a map that begins with { is not closed, or a comma is missing", true},
	{"did not find expected '-' indicator", "a list ends without its next item; hint: look at the indentation", true},
	{"did not find expected node content", "a value is missing; hint: put quotes around one that begins with , ] or }", true},
	{"did not find expected alphabetic or numeric", "a value that begins with * or & needs quotes", false},
	{"did not find expected hexdecimal", `a broken \u or \x; hint: use single quotes if no escape is meant`, false},
	{"found unknown escape character", `an unknown escape after \; hint: use single quotes if no escape is meant`, false},
	{"found character that cannot start", "a value that begins with @, %, ` or a tab needs quotes", false},
	{"found a tab character", "YAML is indented by blanks, not by a tab", false},
	{"found unexpected end of stream", "a quote is not closed", false},
	{"could not find expected ':'", "a line with neither a key nor a colon", false},
	{"block sequence entries are not allowed", `a list cannot begin with "- " on the line of its key`, false},
	{"found undefined tag handle", "a value that begins with ! needs quotes", true},
	{"exceeded max depth", "front matter is nested too deeply", false},
}

var (
	yamlLine   = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)
	yamlAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced`)
)

// explainYAML gives an error of the parser the line of the file and plain words.
func explainYAML(src []byte, line int, err error) error {
	n, problem := yamlPlace(err)
	if m := yamlAnchor.FindStringSubmatch(problem); m != nil {
		before, _, _ := bytes.Cut(src, []byte("*"+m[1]))
		return errorAt(line+bytes.Count(before, []byte("\n")), "a value that begins with * needs quotes")
	}
	message, fromParser := "YAML: "+problem, false
	for _, e := range yamlErrors {
		if strings.HasPrefix(problem, e.prefix) {
			message, fromParser = e.message, e.parser
			break
		}
	}
	// The parser counts lines from 0 and its scanner from 1, and both leave out the first. The
	// scanner would then name the end of what it read, so the first is made the second for it.
	if !fromParser {
		err := yaml.Unmarshal(append([]byte("\n"), src...), new(yaml.Node))
		n, _ = yamlPlace(err)
		n -= 2
	}
	last := bytes.Count(bytes.TrimRight(src, "\n"), []byte("\n"))
	return errorAt(line+min(max(n, 0), last), "%s", message)
}

// yamlPlace takes an error of the parser apart. The line is 0 where it has none.
func yamlPlace(err error) (line int, problem string) {
	if err == nil {
		return 0, ""
	}
	m := yamlLine.FindStringSubmatch(err.Error())
	if m == nil {
		return 0, err.Error()
	}
	line, _ = strconv.Atoi(m[1])
	return line, m[2]
}
