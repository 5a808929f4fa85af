package article

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// newMarkdown builds the one Markdown processor of a site. Raw HTML passes through it: what it
// makes is not safe yet. The other markdown_*.go files hold the syntax that goldmark does not know.
func newMarkdown(o Options) goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(
			extension.GFM,
			extension.DefinitionList,
			extension.NewFootnote(extension.WithFootnoteIDPrefixFunction(footnotePrefix)),
		),
		goldmark.WithParserOptions(
			parser.WithAutoHeadingID(),
			parser.WithAttribute(),
			parser.WithBlockParsers(
				util.Prioritized(mathBlockParser{}, 90),
				util.Prioritized(admonitionParser{}, 95),
			),
			// The lower number is asked first; goldmark reads links at 200 and emphasis at 500.
			parser.WithInlineParsers(
				util.Prioritized(mathParser{}, 90),
				util.Prioritized(wikilinkParser{o.Resolve}, 95),
				util.Prioritized(strikeParser{}, 499),
				util.Prioritized(emphasisParser{}, 499),
			),
			parser.WithParagraphTransformers(util.Prioritized(alertTransformer{}, 90)),
			parser.WithASTTransformers(util.Prioritized(cjkLineBreaks{}, 1000)),
		),
		goldmark.WithRendererOptions(html.WithUnsafe()),
	)
}

// parseMarkdown gives the syntax tree of src.
func (r *renderer) parseMarkdown(src []byte) ast.Node {
	ids := headingIDs{}
	return r.markdown.Parser().Parse(text.NewReader(src), parser.WithContext(parser.NewContext(parser.WithIDs(ids))))
}

// markdownHTML gives the HTML of src, the Markdown of the article at path.
func (r *renderer) markdownHTML(path string, src []byte) ([]byte, error) {
	doc := r.parseMarkdown(src)
	hash := fnv.New32a()
	hash.Write([]byte(path))
	doc.OwnerDocument().AddMeta(footnoteKey, fmt.Appendf(nil, "fn%08x-", hash.Sum32()))
	var b bytes.Buffer
	err := r.markdown.Renderer().Render(&b, src, doc)
	return b.Bytes(), err
}

const footnoteKey = "footnote-prefix"

// footnotePrefix keeps the footnotes of articles apart that are shown on one page. It begins with
// "fn" because feed readers know footnotes by that.
func footnotePrefix(n ast.Node) []byte {
	return n.OwnerDocument().Meta()[footnoteKey].([]byte)
}

// headingIDs counts the ids of one article. goldmark's own keep ASCII only, and try "heading-1",
// "heading-2" and on from the start for every heading.
type headingIDs map[string]int

func (ids headingIDs) Generate(value []byte, _ ast.NodeKind) []byte {
	id := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), r == '-', r == '_':
			return unicode.ToLower(r)
		case unicode.IsSpace(r):
			return '-'
		}
		return -1
	}, strings.TrimSpace(string(value)))
	if id == "" {
		id = "heading"
	}
	unique := id
	for ids[unique] > 0 {
		unique = id + "-" + strconv.Itoa(ids[id])
		ids[id]++
	}
	ids[unique]++
	return []byte(unique)
}

func (ids headingIDs) Put(value []byte) { ids[string(value)]++ }

// cjkLineBreaks joins the lines of a paragraph without a blank where both neighbours of the break
// are Chinese or Japanese. Korean has blanks between words and keeps them.
type cjkLineBreaks struct{}

func (cjkLineBreaks) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	src := reader.Source()
	last := ' '            // rune before the break
	var pending *ast.Text // ends in a break after last
	ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		t, ok := n.(*ast.Text)
		switch {
		case n.Type() == ast.TypeBlock:
			pending, last = nil, ' '
		case ok && entering:
			value := t.Value(src)
			if len(value) > 0 {
				first, _ := utf8.DecodeRune(value)
				if pending != nil && joinsLines(first) {
					pending.SetSoftLineBreak(false)
				}
				pending = nil
				last, _ = utf8.DecodeLastRune(value)
			}
			if t.SoftLineBreak() && joinsLines(last) {
				pending = t
			}
		}
		return ast.WalkContinue, nil
	})
}

func joinsLines(r rune) bool { return isCJK(r) && !unicode.Is(unicode.Hangul, r) }
