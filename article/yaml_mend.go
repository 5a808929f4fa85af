package article

import (
	"bytes"
	"regexp"
	"strings"
)

// maxMends bounds how often one front matter is mended, each time for a parse more.
const maxMends = 10

// mendYAML puts right what has only one meaning, and says so in r: tabs as indentation, and a colon
// in a value without quotes on the line that the parser refused. Lines of src are counted from 1,
// and the first is that line of the file. It reports false if there is nothing that it can mend.
func mendYAML(src []byte, refused, line int, r *report) ([]byte, bool) {
	if len(r.problems) == maxMends {
		return nil, false
	}
	if spaced, first := untab(src); first > 0 {
		r.warnf(line+first-1, "YAML is indented by blanks, not by a tab; read as blanks")
		return spaced, true
	}
	quoted, key, ok := quoteValue(src, refused)
	if ok {
		r.warnf(line+refused-1, "%s: a value with a colon in it needs quotes; read as if it had them", key)
	}
	return quoted, ok
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
