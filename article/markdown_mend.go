package article

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/util"
)

// oddLink is a link by a name, which is defined elsewhere, or by its text; or one whose address has one
// parenthesis of two escaped: CommonMark, to which both or none should be, takes that for no link.
var oddLink = regexp.MustCompile(`(^|[^\w\]\\])!?\[([^\[\]]{1,200})\]\[([^\[\]]{0,200})\]|\]\([^\s()<>\\]+\([^\s()<>\\]*(\\)\)[^\s()<>\\]*\)`)

// mended gives Markdown in which such links are what their author wants them to be. Where a template may
// have defined names, which nobody here knows, a link by an unknown one is its text.
func mended(markdown goldmark.Markdown, body string, defines bool) string {
	if !defines && !strings.Contains(body, `\)`) {
		return body
	}
	links := oddLink.FindAllStringSubmatchIndex(body, -1)
	if links == nil {
		return body
	}
	context := newContext()
	code := markdownCodeIn(markdown, body, context)
	var b strings.Builder
	end := 0 // of what is written
	for _, m := range links {
		group := func(i int) string { return body[max(m[2*i], 0):max(m[2*i+1], 0)] }
		if isIn(code, m[1]-1) {
			continue
		}
		if escape := m[8]; escape >= 0 {
			b.WriteString(body[end:escape])
			end = escape + 1
		} else if _, defined := context.Reference(util.ToLinkReference([]byte(cmp.Or(group(3), group(2))))); defines && !defined {
			b.WriteString(body[end:m[3]] + group(2))
			end = m[1]
		}
	}
	return b.String() + body[end:]
}
