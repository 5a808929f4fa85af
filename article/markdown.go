package article

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
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
			// GFM, whose alignment of table cells would be a style attribute by default.
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
			extension.Strikethrough,
			extension.Linkify,
			extension.TaskList,
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

// markdownHTML gives the HTML of body, the Markdown of the article at path.
func (r *renderer) markdownHTML(path, body string) ([]byte, error) {
	if err := checkBounds(body); err != nil {
		return nil, err
	}
	expanded := r.expand(path, body, r.markdownCode)
	if len(expanded) != len(body) {
		if err := checkBounds(expanded); err != nil {
			return nil, err
		}
	}
	src := []byte(expanded)
	doc := r.parseMarkdown(src)
	hash := fnv.New32a()
	hash.Write([]byte(path))
	doc.OwnerDocument().AddMeta(footnoteKey, fmt.Appendf(nil, "fn%08x-", hash.Sum32()))
	var b bytes.Buffer
	err := r.markdown.Renderer().Render(&b, src, doc)
	return b.Bytes(), err
}

func (r *renderer) parseMarkdown(src []byte) ast.Node {
	context := parser.NewContext(parser.WithIDs(headingIDs{}))
	return r.markdown.Parser().Parse(text.NewReader(src), parser.WithContext(context))
}

var codeInHTML = regexp.MustCompile("`[^`\n]+`")

// markdownCode finds the parts of a body that show code, in Markdown and in HTML.
func (r *renderer) markdownCode(body string) []span {
	code := htmlCode(body)
	ast.Walk(r.parseMarkdown([]byte(body)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch {
		case !entering:
		case n.Kind() == ast.KindCodeSpan && n.HasChildren():
			first, last := n.FirstChild().(*ast.Text), n.LastChild().(*ast.Text)
			code = append(code, span{first.Segment.Start, last.Segment.Stop})
		case (n.Kind() == ast.KindCodeBlock || n.Kind() == ast.KindFencedCodeBlock) && n.Lines().Len() > 0:
			lines := n.Lines()
			code = append(code, span{lines.At(0).Start, lines.At(lines.Len() - 1).Stop})
		case n.Kind() == ast.KindHTMLBlock && n.Lines().Len() > 0:
			// A component such as <Details> is taken for HTML here, but not when it has gone.
			start := n.Lines().At(0).Start
			for _, at := range codeInHTML.FindAllStringIndex(body[start:n.Lines().At(n.Lines().Len()-1).Stop], -1) {
				code = append(code, span{start + at[0], start + at[1]})
			}
		}
		return ast.WalkContinue, nil
	})
	slices.SortFunc(code, func(a, b span) int { return a.start - b.start })
	end := 0 // of those kept
	return slices.DeleteFunc(code, func(s span) bool {
		inside := s.start < end
		end = max(end, s.end)
		return inside
	})
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
		case r == ' ':
			return '-'
		}
		return -1
	}, plainText(string(value)))
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
	last := ' '           // rune before the break
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
