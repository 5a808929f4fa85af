package article

import (
	"regexp"
	"strings"
)

var (
	// preStart is a line of HTML with preformatted text that goes on, codeFence one that begins or ends
	// code.
	preStart  = regexp.MustCompile(`^[ \t]{0,3}<[^` + "`" + `]*?<pre[ >]|^[ \t]{0,3}<pre[ >]`)
	codeFence = regexp.MustCompile("^[ \t>]*(```|~~~)")
)

// wholePre keeps preformatted text in HTML in one piece: to CommonMark a blank line ends the HTML
// around it, where other Markdown, such as kramdown, goes on to the closing tag.
func wholePre(body string) string {
	if !strings.Contains(body, "<pre") {
		return body
	}
	var b strings.Builder
	for fence := ""; body != ""; {
		line, _, _ := strings.Cut(body, "\n")
		size := min(len(line)+1, len(body))
		switch m := codeFence.FindStringSubmatch(line); {
		case m != nil && fence == "":
			fence = m[1]
		case m != nil && fence == m[1]:
			fence = ""
		case fence == "" && preStart.MatchString(line):
			start := strings.LastIndex(line, "<pre")
			end := strings.Index(body[start:], "</pre>")
			if end < 0 {
				b.WriteString(body)
				return b.String()
			}
			size = start + end
			b.WriteString(blankLine.ReplaceAllStringFunc(body[:size], func(blank string) string {
				return "\n" + strings.Repeat("&#10;", strings.Count(blank, "\n")-1)
			}))
			body = body[size:]
			continue
		}
		b.WriteString(body[:size])
		body = body[size:]
	}
	return b.String()
}

var blankLine = regexp.MustCompile(`\n(?:[ \t]*\n)+`)
