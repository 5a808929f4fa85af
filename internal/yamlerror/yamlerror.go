// Package yamlerror says in plain words what the parser of YAML means, and on which line.
package yamlerror

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"
	"strings"

	// Upstream has archived this module. The drop-in that is kept up is go.yaml.in/yaml/v3.
	"gopkg.in/yaml.v3"
)

// messages are the beginnings of the parser's, with plain words for them. The first that fits counts.
var messages = []struct {
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
	{"found character that cannot start", unquoted, false},
	{"found a tab character", tabs, false},
	{"found unexpected end of stream", "a quote is not closed", false},
	{"could not find expected ':'", "a line with neither a key nor a colon", false},
	{"block sequence entries are not allowed", `a list cannot begin with "- " on the line of its key`, false},
	{"found undefined tag handle", "a value that begins with ! needs quotes", true},
	{"exceeded max depth", "this is nested too deeply", false},
}

const (
	tabs     = "YAML is indented by blanks, not by a tab"
	unquoted = "a value that begins with @, %, ` or a tab needs quotes"
)

var (
	yamlLine   = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?(.*)$`)
	yamlAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced`)
	yamlTab    = regexp.MustCompile(`^ *\t`)
	yamlType   = regexp.MustCompile(`^cannot unmarshal \S+(?: .*)? into .*`)
)

// Explain gives an error of the parser for src plain words, and the line, counted from 1.
func Explain(src []byte, err error) (line int, message string) {
	if mistyped, ok := errors.AsType[*yaml.TypeError](err); ok { // of the values, not of the text
		line, problem := place(errors.New(mistyped.Errors[0]))
		return max(line, 1), yamlType.ReplaceAllString(problem, "want keys with values")
	}
	line, problem := place(err)
	if m := yamlAnchor.FindStringSubmatch(problem); m != nil {
		before, _, _ := bytes.Cut(src, []byte("*"+m[1]))
		return 1 + bytes.Count(before, []byte("\n")), "a value that begins with * needs quotes"
	}
	message, fromParser := "YAML: "+problem, false
	for _, e := range messages {
		if strings.HasPrefix(problem, e.prefix) {
			message, fromParser = e.message, e.parser
			break
		}
	}
	if fromParser {
		line++ // it counts from 0
	} else {
		// The scanner cannot tell the first line from none, and then names the line that it had
		// come to. So the first is made the second.
		line, _ = place(yaml.Unmarshal(append([]byte("\n"), src...), new(yaml.Node)))
		line--
	}
	lines := bytes.Split(bytes.TrimRight(src, "\n"), []byte("\n"))
	line = min(max(line, 1), len(lines))
	if message == unquoted && yamlTab.Match(lines[line-1]) {
		message = tabs
	}
	return line, message
}

// place takes an error of the parser apart. The line is 0 where it has none.
func place(err error) (line int, problem string) {
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
