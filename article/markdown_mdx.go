package article

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// indentedParagraphs takes the lines that would be code: goldmark gives up at a line that nobody takes.
type indentedParagraphs struct{ parser.BlockParser }

func (indentedParagraphs) CanAcceptIndentedLine() bool { return true }

// indentedFences reads fenced code at any indentation, for in MDX it may stand deep in components.
type indentedFences struct{ parser.BlockParser }

func (indentedFences) CanAcceptIndentedLine() bool { return true }

// fenceKey holds the fence of the code that is read.
var fenceKey = parser.NewContextKey()

func (p indentedFences) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	node, state := p.BlockParser.Open(parent, reader, pc)
	if node != nil {
		fence := line[pc.BlockOffset():]
		pc.Set(fenceKey, fence[:len(fence)-len(bytes.TrimLeft(fence, string(fence[:1])))])
	}
	return node, state
}

func (p indentedFences) Continue(node ast.Node, reader text.Reader, pc parser.Context) parser.State {
	line, _ := reader.PeekLine()
	fence, _ := pc.Get(fenceKey).([]byte)
	last := bytes.TrimSpace(line)
	if len(last) < len(fence) || len(bytes.TrimLeft(last, string(fence[:1]))) > 0 {
		return p.BlockParser.Continue(node, reader, pc)
	}
	reader.AdvanceToEOL()
	return parser.Close
}
