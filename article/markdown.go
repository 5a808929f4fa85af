package article

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	nodes "github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// newMarkdown builds a Markdown processor. Raw HTML passes through it: what it makes is not safe yet.
// The other markdown_*.go files hold the syntax that goldmark does not know. MDX is Markdown whose
// HTML holds Markdown again, and that has no code by indentation.
func newMarkdown(o Options, mdx bool) goldmark.Markdown {
	blocks := parser.DefaultBlockParsers()
	if mdx {
		blocks = slices.DeleteFunc(blocks, func(p util.PrioritizedValue) bool {
			return p.Value == parser.NewHTMLBlockParser() || p.Value == parser.NewCodeBlockParser() || p.Value == parser.NewFencedCodeBlockParser()
		})
		blocks = append(blocks, util.Prioritized(indentedFences{parser.NewFencedCodeBlockParser()}, 700),
			util.Prioritized(indentedParagraphs{parser.NewParagraphParser()}, 1001))
	}
	inlines := parser.DefaultInlineParsers()
	if o.Layout.Emoji {
		inlines = append(inlines, util.Prioritized(emojiParser{}, 999))
	}
	transformers := []util.PrioritizedValue{util.Prioritized(cjkLineBreaks{}, 1000), util.Prioritized(cutHTML{}, 1000)}
	if r := o.Layout.Rooted; r.Links || r.Images || r.Relative {
		transformers = append(transformers, util.Prioritized(rootedMarkdown{o}, 1000))
	}
	return goldmark.New(
		goldmark.WithParser(parser.NewParser(
			parser.WithBlockParsers(blocks...),
			parser.WithInlineParsers(inlines...),
			parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
		)),
		goldmark.WithExtensions(
			// GFM, whose alignment of table cells would be a style attribute by default.
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
			extension.Strikethrough,
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
				util.Prioritized(spacerParser{}, 899), // before HTML
				util.Prioritized(centredParser{parser.NewParagraphParser()}, 899),
			),
			// The lower number is asked first; goldmark reads links at 200 and emphasis at 500.
			parser.WithInlineParsers(
				util.Prioritized(mathParser{}, 90),
				util.Prioritized(wikilinkParser{}, 95),
				util.Prioritized(caretParser{}, 95),
				util.Prioritized(markParser{}, 499),
				util.Prioritized(strikeParser{}, 499),
				util.Prioritized(emphasisParser{}, 499),
				util.Prioritized(linkParser{extension.NewLinkifyParser()}, 999),
			),
			parser.WithParagraphTransformers(util.Prioritized(alertTransformer{}, 90)),
			parser.WithASTTransformers(transformers...),
		),
		goldmark.WithRendererOptions(html.WithUnsafe(), nodes.WithNodeRenderers(util.Prioritized(markRenderer{}, 500))),
	)
}

// markdownHTML gives the HTML of body, the Markdown of the article at path.
func (r *renderer) markdownHTML(path, body string) ([]byte, error) {
	if err := checkBounds(body, int(r.o.Limits.Render)); err != nil {
		return nil, err
	}
	markdown := r.markdown
	if r.isMDX(path, body) {
		markdown = r.mdx
	}
	if markdown == r.markdown {
		body = wholePre(body)
	}
	expanded, defines := r.expand(path, body, func(body string) []span { return markdownCode(markdown, body) }, markdown == r.mdx)
	if expanded != body {
		if err := checkBounds(expanded, int(r.o.Limits.Render)); err != nil {
			return nil, &boundError{what: err.Error()} // its lines are not the author's
		}
	}
	src := []byte(mended(markdown, expanded, defines))
	context := newContext()
	context.Set(resolverKey, func(name string) (string, bool) { return r.articleURL(path, name, "") })
	context.Set(embedKey, func(name string) string { return r.embedURL(path, name) })
	doc := markdown.Parser().Parse(text.NewReader(src), parser.WithContext(context))
	doc.OwnerDocument().AddMeta(footnoteKey, fmt.Appendf(nil, "fn%08x-", crc32.ChecksumIEEE([]byte(path))))
	var b bytes.Buffer
	b.Grow(roomFor(len(src)))
	err := markdown.Renderer().Render(&b, src, doc)
	return b.Bytes(), err
}

func newContext() parser.Context { return parser.NewContext(parser.WithIDs(headingIDs{})) }

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
	last := ' '           // rune before the break
	var pending *ast.Text // ends in a break after last
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n.Type() == ast.TypeBlock {
			pending, last = nil, ' '
		}
		value := leafText(n, reader.Source())
		if entering && len(value) > 0 {
			first, _ := utf8.DecodeRune(value)
			if pending != nil && joinsLines(first) {
				pending.SetSoftLineBreak(false)
			}
			pending = nil
			last, _ = utf8.DecodeLastRune(value)
		}
		if t, ok := n.(*ast.Text); ok && entering && t.SoftLineBreak() && joinsLines(last) {
			pending = t
		}
		return ast.WalkContinue, nil
	})
}

// leafText gives the text that n itself holds.
func leafText(n ast.Node, src []byte) []byte {
	switch n := n.(type) {
	case *ast.Text:
		return n.Value(src)
	case *ast.String:
		return n.Value
	case *ast.AutoLink:
		return n.Label(src)
	}
	return nil
}

func joinsLines(r rune) bool { return isCJK(r) && !unicode.Is(unicode.Hangul, r) }
