package article

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// An admonition becomes a quotation whose first paragraph is its title in bold.
var (
	// colonFence opens those of Docusaurus and VuePress, which end at a line of colons.
	colonFence = regexp.MustCompile(`^(:{3,})[ \t]*([\pL\d_-]*)([ \t[{].*)?$`)
	// bangFence opens those of MkDocs and tabFence its tabs, which end with their indentation.
	bangFence = regexp.MustCompile(`^(?:!!!|\?\?\?\+?)[ \t]+([a-z][a-z-]*)?(?:[ \t]+(?:inline|end))*[ \t]*(?:"([^"]*)")?[ \t]*$`)
	tabFence  = regexp.MustCompile(`^===[!+]?[ \t]+"([^"]+)"[ \t]*$`)
	// alertLine begins those of GitHub and Obsidian within a quotation.
	alertLine = regexp.MustCompile(`^\[!([\pL\d_-]+)(?:\|[^\]]*)?\][+-]?[ \t]*(.*)$`)
)

// admonitionParser reads ":::note Title" and `!!! note "Title"`.
type admonitionParser struct{}

func (admonitionParser) Trigger() []byte { return []byte(":!?=") }

// maxAdmonitions is how deep an admonition may stand. One that a line of colons ends costs its
// author no indentation, so that checkBounds does not see it.
const maxAdmonitions = 30

// colonsKey is the attribute that holds the length of an admonition's colon fence.
const colonsKey = "colons"

func (admonitionParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	if depth(parent) > maxAdmonitions {
		return nil, parser.NoChildren
	}
	line, _ := reader.PeekLine()
	line = bytes.TrimRight(line[max(0, pc.BlockOffset()):], "\n") // -1 in a line of little but tabs
	node := ast.NewBlockquote()
	if m := colonFence.FindSubmatch(line); m != nil && len(bytes.Trim(line, ": \t")) > 0 {
		title, _, _ := strings.Cut(string(m[3]), "{") // attributes
		node.SetAttributeString(colonsKey, len(m[1]))
		addTitle(node, string(m[2]), strings.Trim(title, "[]: \t"))
	} else if m := bangFence.FindSubmatch(line); m != nil && (m[1] != nil || m[2] != nil) {
		kind := string(m[1])
		if m[2] != nil {
			kind = "" // `!!! note ""` wants no title
		}
		addTitle(node, kind, string(m[2]))
	} else if m := tabFence.FindSubmatch(line); m != nil {
		addTitle(node, "", string(m[1]))
	} else {
		return nil, parser.NoChildren
	}
	reader.AdvanceToEOL()
	return node, parser.HasChildren
}

func (admonitionParser) Continue(node ast.Node, reader text.Reader, _ parser.Context) parser.State {
	line, _ := reader.PeekLine()
	if colons, ok := node.AttributeString(colonsKey); ok {
		fence := bytes.TrimSpace(line)
		if len(fence) >= colons.(int) && len(bytes.Trim(fence, ":")) == 0 {
			reader.AdvanceToEOL()
			return parser.Close
		}
		return parser.Continue | parser.HasChildren
	}
	if util.IsBlank(line) {
		return parser.Continue | parser.HasChildren
	}
	pos, padding := util.IndentPosition(line, reader.LineOffset(), 4)
	if pos < 0 {
		return parser.Close
	}
	reader.AdvanceAndSetPadding(pos, padding)
	return parser.Continue | parser.HasChildren
}

func (admonitionParser) Close(node ast.Node, _ text.Reader, _ parser.Context) {
	node.RemoveAttributes()
}

func (admonitionParser) CanInterruptParagraph() bool { return true }

func (admonitionParser) CanAcceptIndentedLine() bool { return false }

// alertTransformer reads "> [!NOTE] Title", and takes away a paragraph that only asks for a table
// of contents.
type alertTransformer struct{}

func (alertTransformer) Transform(node *ast.Paragraph, reader text.Reader, _ parser.Context) {
	parent, lines := node.Parent(), node.Lines()
	first := lines.At(0)
	line := bytes.TrimSpace(first.Value(reader.Source()))
	if lines.Len() == 1 && bytes.EqualFold(line, []byte("[toc]")) {
		parent.RemoveChild(parent, node)
		return
	}
	if parent.Kind() != ast.KindBlockquote || parent.FirstChild() != node {
		return
	}
	m := alertLine.FindSubmatch(line)
	if m == nil {
		return
	}
	lines.SetSliced(1, lines.Len())
	if lines.Len() == 0 {
		parent.RemoveChild(parent, node)
	}
	addTitle(parent, string(m[1]), string(m[2]))
}

// depth counts the ancestors of n.
func depth(n ast.Node) int {
	d := 0
	for p := n.Parent(); p != nil; p = p.Parent() {
		d++
	}
	return d
}

// addTitle puts a title before what a quotation holds: the author's or, without one, its kind.
func addTitle(quote ast.Node, kind, title string) {
	if title = plainText(title); title == "" {
		title = capitalised(kind)
	}
	if title == "" {
		return
	}
	// goldmark still looks for inline text in every node there is, but not in raw strings.
	text := ast.NewString([]byte("<strong>" + html.EscapeString(title) + "</strong>"))
	text.SetRaw(true)
	text.SetCode(true) // written as it is
	paragraph := ast.NewParagraph()
	paragraph.AppendChild(paragraph, text)
	quote.InsertBefore(quote, quote.FirstChild(), paragraph)
}

// capitalised gives "Note" for "NOTE" and "note".
func capitalised(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return ""
	}
	return string(unicode.ToTitle(first)) + strings.ToLower(s[size:])
}
