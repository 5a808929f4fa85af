package article

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// Site generators put their own syntax into an article: shortcodes, Liquid, Nunjucks, JSX. None of
// it reaches a reader as it stands. What has a plain meaning is written as HTML, the rest leaves
// its inner text; in code it is what the author wants to show and stays.

// span is a part of a body, from start up to end.
type span struct{ start, end int }

// expander replaces the template syntax of one body in one pass.
type expander struct {
	r    *renderer
	path string // of the article
	src  string
	code []span            // of src, ascending: what is shown as it is written
	ends map[string][]span // closing tags by the name of what they close
	open []pair            // that were opened and wait for their closing tags
	mdx  bool              // braces hold JavaScript
	out  bytes.Buffer

	imports map[string]string // of MDX: what is imported under a name
	missing map[string]bool   // what the rest of src is known not to hold
	effort  int               // how many bytes may still be read in vain
}

// pair is a tag whose closing tag writes html.
type pair struct{ name, html string }

// esm is a line that makes a file MDX.
var esm = regexp.MustCompile(`(?m)^import\s[^'"\n]*\sfrom\s+['"][^'"\n]+['"];?[ \t]*$`)

// expand gives body, of the article at path, without template syntax. code finds the parts that
// show code; it is not asked when there is no need to.
func (r *renderer) expand(path, body string, code func(body string) []span) string {
	imports := strings.Contains(body, "import ") && esm.MatchString(body)
	mdx := strings.HasSuffix(strings.ToLower(path), ".mdx")
	if !mdx && !imports && !mayHoldTemplates(body) {
		return body
	}
	e := expander{r: r, path: path, src: "\n" + body, imports: map[string]string{}, missing: map[string]bool{}, effort: 1 << 20}
	e.code = code(e.src)
	e.mdx = mdx || imports && slices.ContainsFunc(esm.FindAllStringIndex(e.src, -1), func(at []int) bool { return !e.inCode(at[0]) })
	e.ends = closingTags(e.src)
	e.run()
	return e.out.String()
}

// mayHoldTemplates spares most bodies the search.
func mayHoldTemplates(body string) bool {
	for rest := body; ; {
		i := strings.IndexAny(rest, "{<")
		if i < 0 || i+1 == len(rest) {
			return false
		}
		c := rest[i+1]
		if rest[i] == '{' && strings.IndexByte("{%#:/", c) >= 0 || rest[i] == '<' && ('A' <= c && c <= 'Z') {
			return true
		}
		rest = rest[i+1:]
	}
}

// inCode reports whether the byte at that place is shown as it is written.
func (e *expander) inCode(at int) bool {
	_, ok := slices.BinarySearchFunc(e.code, at, func(s span, at int) int {
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

func (e *expander) run() {
	starts := "{<"
	if e.mdx {
		starts = "{<\n"
	}
	code := e.code
	for i := 0; i < len(e.src); {
		next := strings.IndexAny(e.src[i:], starts)
		if next < 0 {
			e.out.WriteString(e.src[i:])
			return
		}
		e.out.WriteString(e.src[i : i+next])
		i += next
		for len(code) > 0 && code[0].end <= i {
			code = code[1:]
		}
		if len(code) > 0 && code[0].start <= i {
			e.out.WriteString(unescapeCode(e.src[i:code[0].end]))
			i = code[0].end
			continue
		}
		size := e.construct(i)
		if size == 0 {
			e.out.WriteByte(e.src[i])
			size = 1
		}
		i += size
	}
}

// construct replaces the template syntax that begins at i and gives its length; 0 if there is none.
func (e *expander) construct(i int) int {
	rest := e.src[i:]
	switch {
	case rest[0] == '\n':
		return e.module(i)
	case rest[0] == '<':
		return e.component(i)
	case strings.HasPrefix(rest, "{/*"):
		return e.delimited(i, 3, "*/}", e.comment)
	case e.mdx:
		return e.expression(i)
	case strings.HasPrefix(rest, "{{<"), strings.HasPrefix(rest, "{{%"):
		closer := rest[2:3] + "}}"
		if closer[0] == '<' {
			closer = ">}}"
		}
		return e.delimited(i, 3, closer, e.tag)
	case strings.HasPrefix(rest, "{%"):
		return e.delimited(i, 2, "%}", e.tag)
	case strings.HasPrefix(rest, "{{"):
		return e.delimited(i, 2, "}}", e.value)
	case strings.HasPrefix(rest, "{#"):
		if len(rest) > 2 && strings.IndexByte(" \n-", rest[2]) >= 0 { // "{#id}" belongs to a heading
			return e.delimited(i, 2, "#}", func(string, span) int { return 0 })
		}
	case strings.HasPrefix(rest, "{:"):
		return e.attributes(rest)
	}
	return 0
}

// delimited finds the end of what begins at i with an opener of that size, hands the inside to write
// and gives its length, with what write has read beyond it; 0 if there is no end.
func (e *expander) delimited(i, opener int, closer string, write func(inner string, at span) int) int {
	inner, ok := e.until(e.src[i+opener:], closer)
	if !ok || closer == "}}" && !isExpression(inner) {
		return 0
	}
	end := i + opener + len(inner) + len(closer)
	return end - i + write(inner, span{i, end})
}

// until gives what stands in s before end. What it once did not find it does not look for again.
func (e *expander) until(s, end string) (string, bool) {
	if e.missing[end] {
		return "", false
	}
	before, _, ok := strings.Cut(s, end)
	e.missing[end] = !ok
	return before, ok
}

// isExpression tells "{{ site.title }}" from two braces of TeX.
func isExpression(inner string) bool {
	return strings.ContainsAny(inner, "\"'`") || !strings.Contains(inner, `\`) && !strings.Contains(inner, "\n\n")
}

// comment drops {/* … */}; Docusaurus also marks the end of the summary with it.
func (e *expander) comment(inner string, _ span) int {
	if isMoreMark(inner) {
		e.out.WriteString("<!--more-->")
	}
	return 0
}

// kramdown is a list of attributes behind an element.
var (
	kramdown = regexp.MustCompile(`^\{::?[ \t]*(?:[.#]?[\w-]+(?:=(?:"[^"\n]*"|'[^'\n]*'))?[ \t]*)*/?\}`)
	listLine = regexp.MustCompile(`(?:^|\n)[ \t]*(?:[-+*]|\d+[.)])[ \t][^\n]*\n[ \t]*$`)
)

// attributes drops kramdown's, and the list that {:toc} makes a table of contents of.
func (e *expander) attributes(rest string) int {
	list := kramdown.FindString(rest)
	if strings.Contains(list, ":toc") {
		written := e.out.Bytes()
		tail := written[max(0, len(written)-200):]
		if at := listLine.FindIndex(tail); at != nil {
			e.out.Truncate(len(written) - len(tail) + at[0])
			e.out.WriteByte('\n')
		}
	}
	return len(list)
}

var (
	escapedShortcode = strings.NewReplacer("{{</*", "{{<", "*/>}}", ">}}", "{{%/*", "{{%", "*/%}}", "%}}")
	rawTag           = regexp.MustCompile(`\{%-?\s*(?:end)?(?:raw|verbatim)\s*-?%\}`)
	rawPair          = regexp.MustCompile(`(?s)\{%-?\s*(?:raw|verbatim)\s*-?%\}.*\{%-?\s*end(?:raw|verbatim)\s*-?%\}`)
)

// unescapeCode takes out of code what only keeps a generator from reading templates in it.
func unescapeCode(s string) string {
	if strings.Contains(s, "/*") {
		s = escapedShortcode.Replace(s)
	}
	if rawPair.MatchString(s) {
		s = rawTag.ReplaceAllString(s, "")
	}
	return s
}

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
		if missing[closer] = size < 0; size >= 0 {
			code = append(code, span{start, start + size})
		}
	}
	return code
}

var htmlCodeStart = regexp.MustCompile(`<(pre|code|PRE|CODE)\b[^>]*>`)
