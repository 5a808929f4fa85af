package article

import (
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	nodes "github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markParser reads ==marked text==, as Obsidian has it. "a==b" marks nothing.
type markParser struct{}

func (markParser) Trigger() []byte { return []byte("=") }

func (markParser) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if runLength(string(line[:min(4, len(line))])) != 2 || block.PrecendingCharacter() == '=' {
		return nil
	}
	return pushDelimiter(block, pc, marks{})
}

// marks are the delimiters of markParser.
type marks struct{}

func (marks) IsDelimiter(b byte) bool { return b == '=' }

func (marks) CanOpenCloser(opener, closer *parser.Delimiter) bool { return opener.Char == closer.Char }

func (marks) OnMatch(int) ast.Node { return &mark{} }

// mark is text that is marked.
type mark struct{ ast.BaseInline }

var kindMark = ast.NewNodeKind("Mark")

func (*mark) Kind() ast.NodeKind { return kindMark }

func (m *mark) Dump(src []byte, level int) { ast.DumpHelper(m, src, level, nil, nil) }

type markRenderer struct{}

func (markRenderer) RegisterFuncs(r nodes.NodeRendererFuncRegisterer) {
	r.Register(kindMark, func(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
		tag := "</mark>"
		if entering {
			tag = "<mark>"
		}
		_, err := w.WriteString(tag)
		return ast.WalkContinue, err
	})
}
