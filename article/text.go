package article

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxInline is how far the end of a tag or a link is looked for, in bytes: further away it would
// be no title, and the work would grow with the square of its length.
const maxInline = 2000

// plainText takes inline Markdown and HTML out of s, decodes entities once, and folds white space:
// the title "**Go** &amp; [Rust](/r)" becomes "Go & Rust". Code spans keep what they hold, and so
// does whatever only looks like markup: "a < b", "snake_case", "Vec<T>", "The <dialog> element".
func plainText(s string) string {
	if strings.ContainsAny(s, "*_~`[]<&\\") {
		p := inlineText{src: s, openers: map[string]delimiter{}, tags: map[string][]int{}, missing: map[string]bool{}}
		s = p.text()
	}
	return foldBlanks(cleanText(s))
}

// inlineText cuts a line of Markdown into pieces. An opener stays among them until its closer turns
// up and both are blanked, so that one pass is enough.
type inlineText struct {
	src      string
	pieces   []string
	brackets []int                // pieces that are "[" or "![", innermost last
	openers  map[string]delimiter // the last run of each kind that may open emphasis
	tags     map[string][]int     // pieces that are the tags of elements which are open, by name
	missing  map[string]bool      // what the rest of src is known not to hold
}

// delimiter is a run of "*", "_" or "~": its piece, and where it ends in the text.
type delimiter struct{ piece, end int }

func (p *inlineText) text() string {
	plain := 0 // where the text begins that is not yet a piece
	for i := 0; i < len(p.src); {
		piece, size := p.markup(i)
		if size == 0 {
			i++
			continue
		}
		p.pieces = append(p.pieces, decodeEntities(p.src[plain:i]), piece)
		i += size
		plain = i
	}
	return strings.Join(append(p.pieces, decodeEntities(p.src[plain:])), "")
}

// entity has its semicolon, without which HTML takes "&notice" for one.
var entity = regexp.MustCompile(`&#?[0-9A-Za-z]+;`)

func decodeEntities(s string) string {
	if !strings.Contains(s, "&") {
		return s
	}
	return entity.ReplaceAllStringFunc(s, html.UnescapeString)
}

// markup reads the markup that begins at i: what it leaves of itself, and its size in src. A size
// of 0 means that there is none. The piece it gives becomes the second after those there are.
func (p *inlineText) markup(i int) (piece string, size int) {
	rest := p.src[i:]
	switch rest[0] {
	case '\\':
		if len(rest) > 1 && isPunct(rest[1]) {
			return rest[1:2], 2
		}
	case '`':
		run := rest[:runLength(rest)]
		if code, ok := p.until(rest[len(run):], run); ok {
			return code, len(code) + 2*len(run)
		}
		return run, len(run)
	case '<':
		return p.tag(rest)
	case '!':
		if strings.HasPrefix(rest, "![") {
			p.brackets = append(p.brackets, len(p.pieces)+1)
			return "![", 2
		}
	case '[':
		p.brackets = append(p.brackets, len(p.pieces)+1)
		return "[", 1
	case ']':
		return p.closeBracket(rest)
	case '*', '_', '~':
		return p.emphasis(i)
	}
	return "", 0
}

// until gives what stands in s before end. What it once did not find it does not look for again.
func (p *inlineText) until(s, end string) (string, bool) {
	if p.missing[end] {
		return "", false
	}
	before, _, ok := strings.Cut(s, end)
	p.missing[end] = !ok
	return before, ok
}

// tag reads the comment or HTML tag at the start of s, with the content of an element where that is no
// text. A tag without attributes whose element is never closed stays: it is spoken of.
func (p *inlineText) tag(s string) (piece string, size int) {
	if strings.HasPrefix(s, "<!--") {
		if comment, ok := p.until(s, "-->"); ok {
			return "", len(comment) + len("-->")
		}
		return "", 0
	}
	inner, _, ok := strings.Cut(s[1:min(len(s), maxInline)], ">")
	if !ok {
		return "", 0
	}
	size = len(inner) + len("<>")
	name, closes := strings.CutPrefix(inner, "/")
	if i := strings.IndexAny(name, " \t\r\n/"); i >= 0 {
		name = name[:i]
	}
	name = strings.ToLower(name)
	dropped := slices.Contains(droppedElements, name)
	switch open := p.tags[name]; {
	case !dropped && !slices.Contains(keptElements, name):
		return "", 0
	case closes && len(open) == 0:
		return "", 0
	case closes:
		p.pieces[open[len(open)-1]] = ""
		p.tags[name] = open[:len(open)-1]
		return "", size
	case name == "br":
		return " ", size
	case name == "wbr", strings.HasSuffix(inner, "/"):
		return "", size
	case dropped:
		if content, ok := p.until(s[size:], "</"+name); ok {
			size += len(content)
		}
	}
	p.tags[name] = append(p.tags[name], len(p.pieces)+1)
	if strings.Contains(inner, "=") {
		return "", size
	}
	return decodeEntities(s[:size]), size
}

// closeBracket reads "]" and, where it ends a link or an image, the destination after it.
func (p *inlineText) closeBracket(s string) (string, int) {
	if len(p.brackets) == 0 {
		return "", 0
	}
	last := len(p.brackets) - 1
	open := p.brackets[last]
	p.brackets = p.brackets[:last]
	if !strings.HasPrefix(s, "](") {
		return "", 0
	}
	depth := 0
	for i := 1; i < min(len(s), maxInline); i++ {
		switch s[i] {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			p.pieces[open] = ""
			return "", i + 1
		}
	}
	return "", 0
}

// emphasis reads a run of delimiters, by the rules of CommonMark but that a run is one whole, and
// that titles are no prose: "2*3*4" and "__init__" mean themselves.
func (p *inlineText) emphasis(i int) (string, int) {
	run := p.src[i : i+runLength(p.src[i:])]
	size := len(run)
	if size > 3 || run == "~" {
		return run, size
	}
	before, after := ' ', ' '
	if i > 0 {
		before, _ = utf8.DecodeLastRuneInString(p.src[:i])
	}
	if i+size < len(p.src) {
		after, _ = utf8.DecodeRuneInString(p.src[i+size:])
	}
	if isASCIIWord(before) && isASCIIWord(after) {
		return run, size
	}
	canOpen, canClose := flanking(run[0], before, after)
	open, opened := p.openers[run]
	switch {
	case canClose && opened && (run != "__" || strings.Contains(p.src[open.end:i], " ")):
		p.pieces[open.piece] = ""
		clear(p.openers)
		return "", size
	case canOpen:
		p.openers[run] = delimiter{len(p.pieces) + 1, i + size}
	}
	return run, size
}

// runLength counts how often the first byte of s is repeated.
func runLength(s string) int {
	return len(s) - len(strings.TrimLeft(s, s[:1]))
}

func isASCIIWord(r rune) bool { return r < utf8.RuneSelf && isWordByte(byte(r)) }

// isPunct reports whether c is ASCII punctuation, which a backslash takes its meaning from.
func isPunct(c byte) bool {
	return c < utf8.RuneSelf && (unicode.IsPunct(rune(c)) || unicode.IsSymbol(rune(c)))
}
