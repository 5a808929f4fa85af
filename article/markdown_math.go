package article

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// maxMath is how far the end of a formula in a line is looked for, in bytes.
const maxMath = 1000

// mathParser leaves $…$ and $$…$$ within a line as they are written: a reader may know TeX, and
// its "_" and "*" are no emphasis. As in pandoc, "$5 and $6" is no formula.
type mathParser struct{}

func (mathParser) Trigger() []byte { return []byte("$") }

func (mathParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	size := mathLength(line)
	if size == 0 {
		return nil
	}
	formula := ast.NewString(line[:size])
	formula.SetRaw(true)
	block.Advance(size)
	return formula
}

// mathLength gives the length of the formula at the start of line; 0 if there is none.
func mathLength(line []byte) int {
	line = bytes.TrimRight(line[:min(len(line), maxMath)], "\n")
	open := 1
	if bytes.HasPrefix(line, []byte("$$")) {
		open = 2
	}
	for i := open; i+open <= len(line); i++ {
		switch {
		case line[i] == '\\':
			i++
		case bytes.HasPrefix(line[i:], line[:open]):
			end := i + open
			empty := i == open
			spaced := util.IsSpace(line[open]) || util.IsSpace(line[i-1])
			amount := end < len(line) && util.IsNumeric(line[end])
			if empty || open == 1 && (spaced || amount) {
				return 0
			}
			return end
		}
	}
	return 0
}

// mathBlockParser does the same for the lines between two lines of "$$".
type mathBlockParser struct{}

func (mathBlockParser) Trigger() []byte { return []byte("$") }

func (mathBlockParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	line = line[max(0, pc.BlockOffset()):] // -1 in a line of little but tabs
	if !bytes.HasPrefix(line, []byte("$$")) || bytes.Contains(line[2:], []byte("$$")) {
		return nil, parser.NoChildren
	}
	node := ast.NewTextBlock()
	node.Lines().Append(segment)
	return node, parser.NoChildren
}

func (mathBlockParser) Continue(node ast.Node, reader text.Reader, _ parser.Context) parser.State {
	line, segment := reader.PeekLine()
	if util.IsBlank(line) {
		return parser.Close
	}
	node.Lines().Append(segment)
	reader.AdvanceToEOL()
	if bytes.HasSuffix(bytes.TrimRight(line, " \t\n"), []byte("$$")) {
		return parser.Close
	}
	return parser.Continue | parser.NoChildren
}

// Close makes a paragraph of the lines, and a string of their text, so that nobody parses it.
func (mathBlockParser) Close(node ast.Node, reader text.Reader, _ parser.Context) {
	formula := ast.NewString(bytes.TrimSpace(node.Lines().Value(reader.Source())))
	formula.SetRaw(true)
	paragraph := ast.NewParagraph()
	paragraph.AppendChild(paragraph, formula)
	node.Parent().ReplaceChild(node.Parent(), node, paragraph)
}

func (mathBlockParser) CanInterruptParagraph() bool { return true }

func (mathBlockParser) CanAcceptIndentedLine() bool { return false }
