package article

import (
	"cmp"
	"regexp"
	"strings"
)

// What authors write for themselves goes, whatever they write it in. Only a comment that marks the end
// of the summary leaves such a mark.

// headingID is what belongs to a heading and is no comment.
var headingID = regexp.MustCompile(`^\{#(?:[^\s}-](?:[^\n}]*[^\n}#])?)?\}`)

// comment drops what rest begins with up to its closer; 0 if there is none.
func (e *expander) comment(rest, opener, closer string) int {
	inner, ok := e.before(closer, rest[len(opener):])
	if !ok {
		return 0
	}
	if isMoreMark(inner) {
		e.out.WriteString("<!--more-->")
	}
	return len(opener) + len(inner) + len(closer)
}

// before gives what stands before closer in the rest of src, in which what is not there is looked for once.
func (e *expander) before(closer, rest string) (inner string, ok bool) {
	if !e.unended[closer] {
		inner, _, ok = strings.Cut(rest, closer)
		e.unended[closer] = !ok
	}
	return inner, ok
}

// htmlComment drops <!-- … --> in MDX, which knows no HTML block that could hold blank lines. One that
// nothing ends goes on to the end, as in HTML.
func (e *expander) htmlComment(rest string) int {
	if !e.mdx {
		return 0
	}
	before := e.out.Len()
	size := e.comment(rest, "<!--", "-->")
	if e.out.Len() == before {
		e.out.WriteString("<!-- -->") // which is something to stand under a heading
	}
	return cmp.Or(size, len(rest))
}

var (
	kramdownStart = regexp.MustCompile(`^\{::comment(?:[ \t][^{}\n]*)?\}`)
	kramdownEnd   = regexp.MustCompile(`\{:/(?:comment)?\}`)
)

// kramdownComment drops {::comment} … {:/comment}, of which the end may also be {:/}.
func (e *expander) kramdownComment(rest string) int {
	opener := kramdownStart.FindString(rest)
	if opener == "" || strings.HasSuffix(opener, "/}") || e.unended["{:/}"] {
		return 0
	}
	end := kramdownEnd.FindStringIndex(rest)
	if end == nil {
		e.unended["{:/}"] = true
		return 0
	}
	return end[1]
}

// obsidianComment drops %% … %%, which stands between blanks or on lines of its own. In a vault of
// Obsidian it stands anywhere, and one that nothing ends goes on to the end.
func (e *expander) obsidianComment(i int) int {
	rest, comment := strings.CutPrefix(e.src[i:], "%%")
	inner, _, ok := strings.Cut(rest, "%%")
	switch {
	case !comment:
		return 0
	case e.r.o.Layout.Vault:
		return min(len("%%")+len(inner)+len("%%"), len(e.src)-i)
	case !ok || inner == "" || !isBlankByte(e.src[i-1]):
		return 0
	}
	after := byte('\n')
	if end := len(inner) + len("%%"); end < len(rest) {
		after = rest[end]
	}
	if !isBlankByte(after) || isBlankByte(inner[len(inner)-1]) && after != '\n' {
		return 0
	}
	return len(inner) + len("%%%%")
}
