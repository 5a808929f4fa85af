package article

import (
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// span is a part of a body, from start up to end.
type span struct{ start, end int }

// markdownCode finds the parts of a body that show code, in Markdown and in HTML.
func markdownCode(markdown goldmark.Markdown, body string) []span {
	return markdownCodeIn(markdown, body, newContext())
}

// markdownCodeIn is [markdownCode], and leaves the definitions of links in context.
func markdownCodeIn(markdown goldmark.Markdown, body string, context parser.Context) []span {
	code := append(htmlCode(body), formulas(body)...)
	doc := markdown.Parser().Parse(text.NewReader([]byte(body)), parser.WithContext(context))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch {
		case !entering:
		case n.Kind() == ast.KindCodeSpan && n.HasChildren():
			first, last := n.FirstChild().(*ast.Text), n.LastChild().(*ast.Text)
			code = append(code, span{first.Segment.Start, last.Segment.Stop})
		case n.Kind() == ast.KindCodeBlock && endsTags(n.Lines().Value([]byte(body))):
		case (n.Kind() == ast.KindCodeBlock || n.Kind() == ast.KindFencedCodeBlock) && n.Lines().Len() > 0:
			lines := n.Lines()
			code = append(code, span{lines.At(0).Start, lines.At(lines.Len() - 1).Stop})
		}
		return ast.WalkContinue, nil
	})
	slices.SortFunc(code, func(a, b span) int { return a.start - b.start })
	end := 0 // of those kept
	return slices.DeleteFunc(code, func(s span) bool {
		inside := s.start < end
		end = max(end, s.end)
		return inside
	})
}

var (
	loneTags  = regexp.MustCompile(`^(?:\s*\{%[^{}]*%\})+\s*$`)
	openedTag = regexp.MustCompile(`\{%-?\s*(\w+)`)
)

// endsTags reports whether lines, which are code by their indentation alone, are nothing but tags, one
// of which ends what began before them: the author has indented a template.
func endsTags(lines []byte) bool {
	if !loneTags.Match(lines) {
		return false
	}
	open := map[string]int{}
	for _, m := range openedTag.FindAllSubmatch(lines, -1) {
		name, ends := strings.CutPrefix(string(m[1]), "end")
		switch {
		case !ends:
			open[name]++
		case open[name] == 0:
			return true
		default:
			open[name]--
		}
	}
	return false
}

var htmlCodeStart = regexp.MustCompile(`<(pre|code|PRE|CODE)\b[^>]*>`)

// htmlCode finds the pre and code elements of a body written in HTML.
func htmlCode(body string) []span {
	var code []span
	missing := map[string]bool{} // closing tags that the rest of body does not hold
	for _, at := range htmlCodeStart.FindAllStringSubmatchIndex(body, -1) {
		start, closer := at[1], "</"+body[at[2]:at[3]]
		if missing[closer] || len(code) > 0 && start < code[len(code)-1].end {
			continue
		}
		size := strings.Index(body[start:], closer)
		if size < 0 {
			missing[closer] = true
			continue
		}
		code = append(code, span{start, start + size})
	}
	return code
}

// formulas finds what stands between "$$" and "$$" without a blank line: braces there are TeX's.
func formulas(body string) []span {
	var code []span
	for at := 0; ; {
		size := strings.Index(body[at:], "$$")
		if size < 0 {
			return code
		}
		start := at + size + len("$$")
		size = strings.Index(body[start:min(len(body), start+maxMath)], "$$")
		if size < 0 {
			at = start
			continue
		}
		at = start
		if inner := body[start : start+size]; !strings.Contains(inner, "\n\n") && strings.Contains(inner, `\`) {
			code = append(code, span{start, start + size})
			at += size + len("$$")
		}
	}
}

// isIn reports whether the byte at that place is in one of code's parts.
func isIn(code []span, at int) bool {
	_, ok := slices.BinarySearchFunc(code, at, func(s span, at int) int {
		switch {
		case s.end <= at:
			return -1
		case s.start > at:
			return 1
		}
		return 0
	})
	return ok
}

var (
	escapedShortcode = strings.NewReplacer("{{</*", "{{<", "*/>}}", ">}}", "{{%/*", "{{%", "*/%}}", "%}}")
	rawTag           = regexp.MustCompile(`\{%-?\s*(?:end)?(?:raw|verbatim)\s*-?%\}`)
	rawPair          = regexp.MustCompile(`(?s)\{%-?\s*(?:raw|verbatim)\s*-?%\}.*\{%-?\s*end(?:raw|verbatim)\s*-?%\}`)
)

// magicComment is a line that only tells Docusaurus how to show the next ones.
var magicComment = regexp.MustCompile(`(?m)^[ \t]*(?://|#|--|%|/\*|\{/\*|<!--)[ \t]*highlight-(?:next-line|start|end)[ \t]*(?:\*/\}?|-->)?[ \t]*\n`)

// shownCode takes out of code what a generator reads there and does not show.
func (e *expander) shownCode(s string) string {
	if e.mdx && strings.Contains(s, "highlight-") {
		s = magicComment.ReplaceAllString(s, "")
	}
	if strings.Contains(s, "/*") {
		s = escapedShortcode.Replace(s)
	}
	if rawPair.MatchString(s) {
		s = rawTag.ReplaceAllString(s, "")
	}
	return s
}
