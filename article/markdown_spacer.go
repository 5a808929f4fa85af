package article

import (
	"regexp"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// spacerParser reads a line that holds nothing but a break or an empty element. To CommonMark it
// begins HTML that goes on to the next blank line, but the author's next line is Markdown.
type spacerParser struct{}

// maxSpacer is how long such a line may be, in bytes.
const maxSpacer = 200

var (
	spacer     = regexp.MustCompile(`^ {0,3}(?:<br[ /]*>\s*)+$`)
	emptyBlock = regexp.MustCompile(`^ {0,3}<(?:p|div)(?: [^<>]*)?>\s*</(?:p|div)>\s*$`)
)

func (spacerParser) Trigger() []byte { return []byte("<") }

func (spacerParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	last := pc.LastOpenedBlock().Node
	inParagraph := last != nil && ast.IsParagraph(last) // which only a block ends
	if len(line) > maxSpacer || !emptyBlock.Match(line) && (inParagraph || !spacer.Match(line)) {
		return nil, parser.NoChildren
	}
	node := ast.NewHTMLBlock(ast.HTMLBlockType6)
	node.Lines().Append(segment)
	reader.AdvanceToEOL()
	return node, parser.NoChildren
}

func (spacerParser) Continue(ast.Node, text.Reader, parser.Context) parser.State { return parser.Close }

func (spacerParser) Close(ast.Node, text.Reader, parser.Context) {}

func (spacerParser) CanInterruptParagraph() bool { return true }

func (spacerParser) CanAcceptIndentedLine() bool { return false }

// centredParser takes a line for one of a paragraph where text follows <center>. To CommonMark it is
// HTML; where such posts come from, to redcarpet and kramdown, the element stands within a line.
type centredParser struct{ parser.BlockParser }

var centred = regexp.MustCompile(`^ {0,3}<(?i:center)>\s*[^<\s]`)

func (centredParser) Trigger() []byte { return []byte("<") }

func (p centredParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	if line, _ := reader.PeekLine(); !centred.Match(line) {
		return nil, parser.NoChildren
	}
	return p.BlockParser.Open(parent, reader, pc)
}

func (centredParser) CanInterruptParagraph() bool { return true }

// onlyClosingTags are the ends of elements and breaks, which nobody shows as code by indentation: they
// belong to HTML that a blank line has cut in two.
var onlyClosingTags = regexp.MustCompile(`^(?:\s*(?:</[a-zA-Z][\w-]*\s*>|<br[ /]*>))+\s*$`)

// cutHTML makes HTML of such code again.
type cutHTML struct{}

func (cutHTML) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	for n := doc.FirstChild(); n != nil; {
		next := n.NextSibling()
		if n.Kind() == ast.KindCodeBlock && onlyClosingTags.Match(n.Lines().Value(reader.Source())) {
			html := ast.NewHTMLBlock(ast.HTMLBlockType6)
			html.SetLines(n.Lines())
			doc.ReplaceChild(doc, n, html)
		}
		n = next
	}
}
