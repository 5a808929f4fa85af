package article

import (
	"fmt"
	"strings"
)

// goldmark and the HTML parser have no time limit, and some input takes them time in proportion to
// the square of its size. checkBounds estimates that time before it is spent. The weights were
// found by timing bodies of up to 4 MiB: one step is about a nanosecond, so that a body within
// [DefaultLimits] takes a second or two at the very worst, and real ones stay below a hundredth.
const (
	maxNesting = 100     // block quotes, lists and the like within each other
	maxNotes   = 5000    // "[^": a reference to a footnote is compared with every definition
	maxTags    = 250_000 // "<" in the HTML that Markdown has become
)

// boundError says that a body would take too long to render as what it is.
type boundError struct {
	line int // of the body, from 0
	what string
}

func (e *boundError) Error() string { return e.what }

// checkBounds gives a [boundError] for Markdown that goldmark must not see: it would take more steps
// than are allowed.
func checkBounds(body string, steps int) error {
	var total, notes, deepest int
	var block load
	line := 0
	for text := range strings.Lines(body) {
		depth, blanks := nesting(text)
		if depth > maxNesting {
			return &boundError{line, fmt.Sprintf("nested more than %d deep", maxNesting)}
		}
		if notes += strings.Count(text, "[^"); notes > maxNotes {
			return &boundError{line, fmt.Sprintf("more than %d footnote marks", maxNotes)}
		}
		deepest = max(deepest, depth+blanks/2)
		if beginsBlock(text) {
			total += block.steps() + 50*deepest // every open container takes note of a blank line
			block = load{}
		}
		block.add(text)
		total += 500 * (depth + blanks/2)
		if total+block.steps() > steps {
			return &boundError{line, "too much markup"}
		}
		line++
	}
	return nil
}

// beginsBlock reports whether a line is sure to end the block before it: it is blank, or an item of
// a list that is not within another one.
func beginsBlock(line string) bool {
	trimmed := strings.TrimLeft(line, " ")
	item := len(line)-len(trimmed) < 4 && len(trimmed) > 1 && strings.IndexByte("-+*", trimmed[0]) >= 0 && trimmed[1] == ' '
	return item && strings.TrimSpace(trimmed[1:]) != "" || strings.Trim(trimmed, " \t\v\f\r\n>") == ""
}

// nesting tells how many containers the start of a line opens or continues, and how many columns of
// blanks it holds. Blanks count as lists where a marker follows them.
func nesting(line string) (depth, blanks int) {
	for i := 0; i < len(line); {
		size := 0
		switch line[i] {
		case ' ':
			blanks++
			i++
			continue
		case '\t':
			blanks += 4
			i++
			continue
		case '>':
			size = 1
		case '-', '+', '*', ':':
			size = blankAfter(line[i:], 1)
		case '!', '?':
			size = blankAfter(line[i:], 3)
		case '[':
			if end := strings.Index(line[i:], "]:"); strings.HasPrefix(line[i:], "[^") && end > 0 {
				size = end + len("]:")
			}
		case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			number := len(line[i:]) - len(strings.TrimLeft(line[i:], "0123456789"))
			size = blankAfter(line[i:], number+1)
		}
		if size == 0 {
			break
		}
		depth++
		i += size
	}
	if depth > 0 {
		depth += (blanks - depth) / 2
	}
	return depth, blanks
}

// blankAfter gives n if a blank follows the first n bytes of s, else 0.
func blankAfter(s string, n int) int {
	if n < len(s) && strings.IndexByte(" \t\n", s[n]) >= 0 {
		return n
	}
	return 0
}

// load counts what makes a block of lines expensive.
type load struct {
	size    int
	line    int // steps that concern one line only
	links   int // "](": the destination and title may be looked for up to the end
	closing int // "]": each is compared with what stands before it
	runs    int // of "*" or "_"
	closers int // runs that may end emphasis: each is compared with the runs before it
	defs    int // lines that begin with "[": link reference definitions
	columns int // of a table: every row is filled up to them
	rows    int
}

func (l *load) add(line string) {
	l.size += len(line)
	links, markup := 0, 0
	before := byte('\n')
	for i := range len(line) {
		c := line[i]
		switch c {
		case '*', '_':
			if before == c {
				break
			}
			l.runs++
			if before > ' ' && (c == '*' || i+1 == len(line) || !isWordByte(line[i+1])) {
				l.closers++
			}
		case ']':
			l.closing++
		case '(':
			if before == ']' {
				links++
			}
		}
		if isMarkup[c] {
			markup++
		}
		before = c
	}
	l.links += links
	l.line += links*len(line) + 500*markup
	trimmed := strings.TrimLeft(line, " \t>")
	if strings.HasPrefix(trimmed, "[") {
		l.defs++
	}
	if strings.Trim(trimmed, "|:- \t\n") == "" {
		columns := strings.FieldsFunc(trimmed, func(r rune) bool { return r != '-' })
		l.columns = max(l.columns, len(columns))
	}
	l.rows++
}

// steps estimates the work for the block.
func (l *load) steps() int {
	return l.line + l.size*l.links/32 + l.closing*l.closing/8 + l.runs*l.closers/2 + l.defs*l.defs/2 + 1000*l.columns*l.rows
}

// isMarkup holds the bytes that goldmark looks at more closely than at text.
var isMarkup = func() (table [256]bool) {
	for _, c := range []byte("\n\\`*_[]<>|#&$~!:@-+") {
		table[c] = true
	}
	return table
}()

func isWordByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}
