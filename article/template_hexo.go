package article

import (
	"cmp"
	"html"
	"regexp"
	"strings"
)

var (
	// partStart begins a part of what a tag of Hexo's themes holds, partEnd ends one.
	partStart = regexp.MustCompile(`^<!--\s*(tab|timeline)\s+([^\n]*?)\s*-->`)
	partEnd   = regexp.MustCompile(`^<!--\s*end(tab|timeline)\s*-->`)
)

// lastPart gives where the last of such parts ends, -1 if there is none.
func lastPart(src string) int {
	return max(strings.LastIndex(src, "endtab -->"), strings.LastIndex(src, "endtimeline -->"))
}

// partComment writes the title of such a part, which stands in a comment: <!-- tab Title@icon -->.
func (e *expander) partComment(i int) int {
	rest := e.src[i:min(len(e.src), i+maxMargin)]
	if m := partEnd.FindStringSubmatch(rest); m != nil {
		e.close(m[1])
		return len(m[0])
	}
	m := partStart.FindStringSubmatch(rest)
	if m == nil || i > e.parts {
		return 0
	}
	title, _, _ := strings.Cut(m[2], "@")
	if title == "" {
		return 0
	}
	e.quotation(tag{name: m[1], holds: true}, title, span{i, i + len(m[0])})
	return len(m[0])
}

// words writes what a tag shows within a line: {% label primary@words %}.
func (e *expander) words(t tag, at span) {
	if e.isPaired(t, at) {
		return
	}
	_, words, ok := strings.Cut(strings.TrimSpace(t.rest), "@")
	if !ok || quotedArgument.MatchString(t.rest) {
		words = cmp.Or(t.text(), firstPart(t.heading()), t.arg(0))
	}
	e.out.WriteString(notMarkdown.Replace(html.EscapeString(words)))
}

// attribution writes whom a quotation is from.
func (e *expander) attribution(t tag) string {
	by := t.key("author", "by", "cite")
	if by == "" && t.name == "blockquote" {
		by = t.heading()
	}
	if i := strings.Index(by, "http"); i > 0 {
		by = strings.TrimSpace(by[:i]) // the address comes last
	}
	if by == "" {
		return ""
	}
	return "<p>— " + notMarkdown.Replace(html.EscapeString(by)) + "</p>\n"
}

// firstPart is what stands before a comma, which parts arguments in some themes of Hexo.
func firstPart(s string) string {
	s, _, _ = strings.Cut(s, ",")
	return strings.TrimSpace(s)
}
