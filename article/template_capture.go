package article

import (
	"regexp"
	"strings"
)

var (
	includeNext = regexp.MustCompile(`^\s*\{%-?\s*(?:include|render)\b`)
	rawMark     = regexp.MustCompile(`\{%-?\s*(?:end)?(?:raw|verbatim)\s*-?%\}\n?`)
)

// highlightFilter shows what stands before it as code.
var highlightFilter = regexp.MustCompile(`\bhighlight\b(?:\(?\s*:?\s*["'](\w+))?`)

// holdsCode reports whether a variable is for code, going by its name.
func holdsCode(name string) bool { return strings.Contains(strings.ToLower(name), "code") }

// capture keeps the text that a variable is to hold. Code that is handed to an include right behind it
// is shown there: what that makes of it is not known, but it is the author's text.
func (e *expander) capture(name, content string, at span) {
	next := e.src[at.end:min(len(e.src), at.end+maxMargin)]
	switch code := holdsCode(name); {
	case code && includeNext.MatchString(next):
		e.codeBlock(tag{name: "codeblock"}, rawMark.ReplaceAllString(content, ""), at)
	case code:
		e.captured[name] = rawMark.ReplaceAllString(content, "")
	case !template.MatchString(content):
		e.captured[name] = strings.TrimSpace(content)
	}
}

// maxReleased bounds what variables may write into one article, in bytes: what is small must not
// become large.
const maxReleased = 256 << 10

// release writes what the variable holds.
func (e *expander) release(name, filters string, at span) {
	text := e.captured[name]
	if e.released += len(text); e.released > maxReleased {
		return
	}
	switch m := highlightFilter.FindStringSubmatch(filters); {
	case m != nil, holdsCode(name):
		t := tag{name: "codeblock"}
		if m != nil {
			t.named = map[string]string{"lang": m[1]}
		}
		e.codeBlock(t, text, at)
	case strings.Contains(filters, "markdownify"):
		e.out.WriteString("\n\n" + text + "\n\n")
	default:
		e.out.WriteString(text)
	}
}
