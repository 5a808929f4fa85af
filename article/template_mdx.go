package article

import (
	"html"
	"regexp"
	"slices"
	"strings"
)

// maxConstruct is how far the end of a component or an expression is looked for, in bytes.
const maxConstruct = 10_000

var (
	importStatement = regexp.MustCompile(`^\nimport\s+(?:([\w$]+)?[\w$*{},\s]*\sfrom\s+)?['"]([^'"\n]+)['"];?[ \t]*(?:\n|$)`)
	exportStatement = regexp.MustCompile(`^\nexport\s+(?:const|let|var|function|default|async|class|type|interface|\{|\*)`)
	componentName   = regexp.MustCompile(`^</?([A-Z][\w.]*)[\s/>]`)
)

// esm is a line that makes a Markdown file MDX, unless it is shown as code.
var esm = regexp.MustCompile(`(?m)^import\s[^'"\n]*\sfrom\s+['"][^'"\n]+['"];?[ \t]*$`)

// isMDX reports whether body, of the article at path, is MDX: by its name or, as Docusaurus has it, by
// a module that it imports.
func (r *renderer) isMDX(path, body string) bool {
	if r.o.Layout.MDX && !isHTML(path) || strings.HasSuffix(strings.ToLower(path), ".mdx") {
		return true
	}
	if !strings.Contains(body, "import ") || strings.Contains(body, "{%") || strings.Contains(body, "{{<") {
		return false
	}
	imports := esm.FindAllStringIndex(body, -1)
	if imports == nil {
		return false
	}
	code := markdownCode(r.markdown, body)
	return slices.ContainsFunc(imports, func(at []int) bool { return !isIn(code, at[0]) })
}

// module drops the import or export statement after the line break at i.
func (e *expander) module(i int) int {
	rest := e.src[i:min(len(e.src), i+maxConstruct)]
	if !strings.HasPrefix(rest, "\nimport") && !strings.HasPrefix(rest, "\nexport") || e.effort < 0 || isIn(e.code, i+1) {
		return 0
	}
	if m := importStatement.FindStringSubmatch(rest); m != nil {
		e.imports[m[1]] = m[2]
		e.out.WriteByte('\n')
		return len(strings.TrimSuffix(m[0], "\n"))
	}
	if !exportStatement.MatchString(rest) {
		return e.inVain(len(rest))
	}
	// The statement goes on to the first line end at which no bracket is open.
	depth := 0
	for j := 1; j < len(rest); j++ {
		switch rest[j] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case '\n':
			if depth <= 0 {
				return j
			}
		}
	}
	if depth <= 0 {
		return len(rest)
	}
	return e.inVain(len(rest))
}

// inVain notes that n bytes were read to no end. When there have been too many, nothing more is
// looked for: the rest of the body is text.
func (e *expander) inVain(n int) int {
	e.effort -= n
	return 0
}

// component writes what the JSX tag at i means. Capitals may be HTML, too, outside of MDX, and where a
// link leads they are those of a file's name: "](<My note.md>)".
func (e *expander) component(i int) int {
	rest := e.src[i:min(len(e.src), i+maxConstruct)]
	m := componentName.FindStringSubmatch(rest)
	if m == nil || e.effort < 0 || !e.mdx && isHTMLName(m[1]) || strings.HasSuffix(e.src[:i], "](") {
		return 0
	}
	start := strings.Index(rest, m[1]) + len(m[1])
	size := jsxLength(rest[start:], '>')
	if size == 0 {
		return e.inVain(len(rest))
	}
	inner := rest[start : start+size-1]
	size += start
	t := tag{name: strings.ToLower(m[1]), holds: !strings.HasSuffix(inner, "/"), named: map[string]string{}}
	if rest[1] == '/' {
		e.close(t.name)
		return size
	}
	for _, a := range jsxAttribute.FindAllStringSubmatch(inner, -1) {
		v := unquote(a[2])
		if strings.HasPrefix(v, "{") {
			v, _ = e.literal(v)
		}
		t.named[strings.ToLower(a[1])] = v
	}
	if protects(t.name) && t.holds {
		inner, ok := e.before("</"+m[1], e.src[i+size:])
		if !ok {
			return e.inVain(len(e.src) - i)
		}
		return size + len(inner)
	}
	if page := t.key("href", "to"); page != "" && t.holds {
		e.openLink(t.name, e.r.o.rootedLink(page))
	} else {
		e.write(t, span{i, i + size})
	}
	return size
}

var jsxAttribute = regexp.MustCompile(`([\w-]+)=("[^"]*"|'[^']*'|\{[^{}]*\})`)

func isHTMLName(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains(keptElements, name) || slices.Contains(droppedElements, name) || slices.Contains(otherElements, name)
}

// otherElements are those of HTML of which only the content is left.
var otherElements = []string{"big", "center", "embed", "fieldset", "font", "form", "iframe", "input", "label", "object", "tt"}

// expression writes the string in the braces at i, or nothing where they hold a program.
func (e *expander) expression(i int) int {
	rest := e.src[i:min(len(e.src), i+maxConstruct)]
	if strings.HasPrefix(rest, "{#") || e.effort < 0 {
		return 0
	}
	size := jsxLength(rest[1:], '}')
	if size == 0 {
		return e.inVain(len(rest))
	}
	size++
	value, ok := e.literal(rest[:size])
	if i > 0 && e.src[i-1] == '=' {
		e.out.WriteString(`"` + attributeText(value) + `"`)
	} else if ok {
		e.out.WriteString(html.EscapeString(value))
	}
	return size
}

var (
	jsString      = regexp.MustCompile("^\\{\\s*(?:\"([^\"\\n]*)\"|'([^'\\n]*)'|`([^`$]*)`)\\s*\\}$")
	jsArgument    = regexp.MustCompile(`^\{\s*[\w$.]+\(\s*["']([^"'\n]*)["']\s*\)(?:\.\w+)?\s*\}$`)
	jsFrontMatter = regexp.MustCompile(`^\{\s*(front[mM]atter\.\w+(?:\.\w+)*)\s*\}$`)
	jsName        = regexp.MustCompile(`^\{\s*([\w$]+)(?:\.src)?\s*\}$`)
)

// literal gives the string that an expression is, or the file that it stands for: what is imported
// under its name, or the one argument of its call. ok tells whether it is a string itself.
func (e *expander) literal(expression string) (value string, ok bool) {
	if m := jsString.FindStringSubmatch(expression); m != nil {
		return m[1] + m[2] + m[3], true
	}
	if m := jsArgument.FindStringSubmatch(expression); m != nil {
		return e.r.o.rooted(strings.Contains(expression, "useBaseUrl("), m[1]), false // of Docusaurus
	}
	if m := jsFrontMatter.FindStringSubmatch(expression); m != nil {
		return e.frontMatter(m[1]), true
	}
	if m := jsName.FindStringSubmatch(expression); m != nil {
		return e.imports[m[1]], false
	}
	return "", false
}

// jsxLength gives the length of what goes on to the given end outside of strings and braces, the
// end included; 0 if there is none.
func jsxLength(s string, end byte) int {
	depth, quote := 0, byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == end && depth == 0:
			return i + 1
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '{':
			depth++
		case c == '}':
			depth--
		}
	}
	return 0
}
