package article

import (
	"bytes"
	"cmp"
	"html"
	"regexp"
	"strings"
)

// Site generators put their own syntax into an article: shortcodes, Liquid, Nunjucks, JSX. None of
// it reaches a reader as it stands. What has a plain meaning is written as HTML, the rest leaves
// its inner text; in code it is what the author wants to show and stays.

// expander replaces the template syntax of one body in one pass.
type expander struct {
	r     *renderer
	path  string // of the article
	src   string
	code  []span            // of src, ascending: what is shown as it is written
	ends  map[string][]span // closing tags by the name of what they close
	open  []pair            // that were opened and wait for their closing tags
	mdx   bool              // braces hold JavaScript
	parts int               // where the last part ends whose title is in a comment
	out   bytes.Buffer

	defines  bool              // what is not there may define links
	imports  map[string]string // of MDX: what is imported under a name
	captured map[string]string // Markdown by the variable that holds it
	released int               // bytes of it that were written
	unended  map[string]bool   // what is not in the rest of src, of what is looked for there
	effort   int               // how many bytes may still be read in vain
}

// pair is a tag whose closing tag writes html.
type pair struct{ name, html string }

// expand gives body, of the article at path, without template syntax, and tells whether that may have
// defined links. code finds the parts that show code; it is not asked when there is no need to.
func (r *renderer) expand(path, body string, code func(body string) []span, mdx bool) (expanded string, defines bool) {
	if !mdx && !mayHoldTemplates(body) {
		return body, false
	}
	body = rawString.ReplaceAllStringFunc(body, func(s string) string { return unquote(rawString.FindStringSubmatch(s)[1]) })
	e := expander{r: r, path: path, src: "\n" + body, mdx: mdx, imports: map[string]string{}, captured: map[string]string{}, unended: map[string]bool{}, effort: 1 << 20}
	e.code = code(e.src)
	e.ends = closingTags(e.src)
	e.parts = lastPart(e.src)
	e.run()
	return e.out.String(), e.defines
}

// rawString is a function of the Go blog, whose templates come before Markdown: in code, too.
var rawString = regexp.MustCompile("\\{\\{-?\\s*raw\\s+(\"(?:[^\"\\\\\n]|\\\\.)*\"|`[^`]*`)\\s*-?\\}\\}")

// mayHoldTemplates spares most bodies the search.
func mayHoldTemplates(body string) bool {
	if strings.Contains(body, " markdown=") || strings.Contains(body, " markdown>") {
		return true
	}
	for rest := body; ; {
		i := strings.IndexAny(rest, "{<%")
		if i < 0 || i+1 == len(rest) {
			return false
		}
		c := rest[i+1]
		brace := rest[i] == '{' && (strings.IndexByte("{%#:/. ", c) >= 0 || i > 0 && rest[i-1] == ')')
		component := rest[i] == '<' && 'A' <= c && c <= 'Z'
		if brace || component || rest[i:i+2] == "%%" {
			return true
		}
		rest = rest[i+1:]
	}
}

func (e *expander) run() {
	starts := "{<%"
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
		next += i
		for len(code) > 0 && (code[0].end <= next || code[0].start < i) { // or began in what is gone
			code = code[1:]
		}
		if len(code) > 0 && code[0].start <= next {
			e.out.WriteString(e.src[i:code[0].start])
			e.out.WriteString(e.shownCode(e.src[code[0].start:code[0].end]))
			i = code[0].end
			continue
		}
		e.out.WriteString(e.src[i:next])
		i = next
		before := e.out.Len()
		size := e.construct(i)
		switch {
		case size == 0:
			e.out.WriteByte(e.src[i])
			size = 1
		case e.out.Len() < before, e.out.Len() == before && !isAttributeList(e.src[i:]):
			e.noteNothing()
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
	case e.mdx && strings.HasPrefix(rest, "<>"), e.mdx && strings.HasPrefix(rest, "</>"):
		return strings.IndexByte(rest, '>') + 1 // a fragment
	case strings.HasPrefix(rest, "<!--"):
		return cmp.Or(e.partComment(i), e.htmlComment(rest))
	case rest[0] == '<':
		if size := e.component(i); size > 0 {
			return size
		}
		return e.element(rest)
	case rest[0] == '%':
		return e.obsidianComment(i)
	case strings.HasPrefix(rest, "{/*"):
		return e.comment(rest, "{/*", "*/}")
	case e.mdx:
		return e.expression(i)
	case strings.HasPrefix(rest, "{{</*"):
		return e.delimited(i, len("{{</*"), "*/>}}", e.shown("{{<", ">}}"))
	case strings.HasPrefix(rest, "{{%/*"):
		return e.delimited(i, len("{{%/*"), "*/%}}", e.shown("{{%", "%}}"))
	case strings.HasPrefix(rest, "{{/*"): // Zola
		return e.delimited(i, len("{{/*"), "*/}}", e.shown("{{", "}}"))
	case strings.HasPrefix(rest, "{%/*"):
		return e.delimited(i, len("{%/*"), "*/%}", e.shown("{%", "%}"))
	case strings.HasPrefix(rest, "{{<"):
		return e.delimited(i, 3, ">}}", e.tag)
	case strings.HasPrefix(rest, "{{%"):
		return e.delimited(i, 3, "%}}", e.tag)
	case strings.HasPrefix(rest, "{%"):
		return e.delimited(i, 2, "%}", e.tag)
	case strings.HasPrefix(rest, "{{"):
		return e.delimited(i, 2, "}}", e.value)
	case strings.HasPrefix(rest, "{#"):
		if headingID.MatchString(rest[:min(len(rest), maxMargin)]) {
			return 0
		}
		return e.comment(rest, "{#", "#}")
	case strings.HasPrefix(rest, "{::comment"):
		return cmp.Or(e.kramdownComment(rest), e.attributes(rest))
	case strings.HasPrefix(rest, "{:"), strings.IndexByte(")\n", e.src[i-1]) >= 0:
		return e.attributes(rest)
	}
	return 0
}

// delimited finds the end of what begins at i with an opener of that size, hands the inside to write
// and gives its length, with what write has read beyond it; 0 if another one begins before it ends.
func (e *expander) delimited(i, opener int, closer string, write func(inner string, at span) int) int {
	rest := e.src[i+opener:]
	if next := strings.Index(rest, e.src[i:i+opener]); next >= 0 {
		rest = rest[:next]
	}
	inner, _, ok := strings.Cut(rest, closer)
	if !ok || closer == "}}" && !isExpression(inner) {
		return 0
	}
	end := i + opener + len(inner) + len(closer)
	return end - i + write(inner, span{i, end})
}

// isExpression tells "{{ site.title }}" from two braces of TeX.
func isExpression(inner string) bool {
	return strings.ContainsAny(inner, "\"'`") || !strings.Contains(inner, `\`) && !strings.Contains(inner, "\n\n")
}

// markdownElement is an HTML tag whose author says that the element holds Markdown.
var markdownElement = regexp.MustCompile(`^<[a-z][\w-]*[^<>\n]* markdown(?:="?(?:1|block|span)"?)?(?: [^<>\n]*)?>`)

// maxElement is the length of the longest such tag, in bytes.
const maxElement = 300

// element sets the Markdown in an HTML element off by a blank line, as CommonMark asks for.
func (e *expander) element(rest string) int {
	tag := markdownElement.FindString(rest[:min(len(rest), maxElement)])
	if tag != "" {
		e.out.WriteString(tag + "\n\n")
	}
	return len(tag)
}

func isBlankByte(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }

// shown writes an escaped shortcode as the author wants to show it.
func (e *expander) shown(opener, closer string) func(string, span) int {
	return func(inner string, _ span) int {
		e.out.WriteString(html.EscapeString(opener + inner + closer))
		return 0
	}
}

// listedAttribute is one of a list in braces: a class, an id, or a name and its value.
const listedAttribute = `(?:[.#][\w-]+|[\w-]+=(?:"[^"\n]*"|'[^'\n]*'|[\w%.-]+))`

var (
	// attributeList stands behind an element: kramdown's has a colon, those of others have none.
	attributeList = regexp.MustCompile(`^\{(?:::?/?[ \t]*(?:[\w-]+[ \t]*)?(?:` + listedAttribute + `[ \t]*)*/?` +
		`|[ \t]*` + listedAttribute + `(?:[ \t]+` + listedAttribute + `)*[ \t]*)\}`)
	// listLine is the last line that was written, if it is an item of a list.
	listLine = regexp.MustCompile(`(?:^|\n)[ \t]*(?:[-+*]|\d+[.)])[ \t][^\n]*\n[ \t]*$`)
)

func isAttributeList(s string) bool { return strings.HasPrefix(s, "{:") || strings.HasPrefix(s, "{.") }

// attributes drops such a list, and the items that {:toc} makes a table of contents of.
func (e *expander) attributes(rest string) int {
	list := attributeList.FindString(rest)
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
