package article

import (
	"regexp"

	"github.com/yuin/goldmark/ast"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// caretParser reads what Obsidian has after "^": a note within the text, ^[note], which is shown in its
// brackets, and the name of a paragraph at its end, ^name, which is not shown.
type caretParser struct{}

var (
	inlineNote = regexp.MustCompile(`^\^\[[^\[\]\n]+\](?:[^(\[:]|$)`)
	blockName  = regexp.MustCompile(`^\^[a-zA-Z][\w-]{2,50}\s*$`)
)

func (caretParser) Trigger() []byte { return []byte("^") }

func (caretParser) Parse(parent ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	switch before := block.PrecendingCharacter(); {
	case inlineNote.Match(line):
		block.Advance(1)
		return ast.NewString([]byte(" "))
	case (before == ' ' || before == '\n') && parent.Kind() != tables.KindTableCell && blockName.Match(line):
		number, at := block.Position()
		block.AdvanceLine()
		if next, _ := block.PeekLine(); next != nil {
			block.SetPosition(number, at)
			return nil
		}
	default:
		return nil
	}
	return ast.NewString(nil)
}
