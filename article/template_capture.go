package article

import (
	"regexp"
	"strings"
)

var (
	includeNext = regexp.MustCompile(`^\s*\{%-?\s*(?:include|render)\b`)
	rawMark     = regexp.MustCompile(`\{%-?\s*(?:end)?(?:raw|verbatim)\s*-?%\}\n?`)
)

// capture keeps the text that a variable is to hold. Code that is handed to an include right behind it
// is shown there: what that makes of it is not known, but it is the author's text.
func (e *expander) capture(name, content string, at span) {
	next := e.src[at.end:min(len(e.src), at.end+maxMargin)]
	if strings.Contains(strings.ToLower(name), "code") && includeNext.MatchString(next) {
		e.codeBlock(tag{name: "codeblock"}, rawMark.ReplaceAllString(content, ""), at)
		return
	}
	if !template.MatchString(content) {
		e.captured[name] = strings.TrimSpace(content)
	}
}
