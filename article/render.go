package article

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// renderer makes the HTML of articles. It is immutable and safe for concurrent use.
type renderer struct {
	o        Options
	markdown goldmark.Markdown
	mdx      goldmark.Markdown
	policy   *bluemonday.Policy
	page     string            // of one article: its address
	links    map[string]string // of one article: see [Parser.Render]
	front    func() *value     // of one article, a table: its front matter
}

func newRenderer(o Options) *renderer {
	return &renderer{o: o, markdown: newMarkdown(o, false), mdx: newMarkdown(o, true), policy: newPolicy()}
}

// Rendering is what [Parser.Render] depends on beside the article and the address of the site: equal
// ones, equal HTML. The usual is "".
func (p *Parser) Rendering() string {
	if is := p.o.rendering(); is != (Options{Limits: DefaultLimits}).rendering() {
		return is
	}
	return ""
}

func (o Options) rendering() string {
	l := o.Layout
	return fmt.Sprint(o.Limits.Render, l.MDX, l.Emoji, l.Titled, l.Vault, l.Beside, l.Bundled, l.Rooted, l.Static, l.Media, l.Site) // maps are printed in the order of their keys
}

// Render makes the HTML and summary of a, whose file's bytes are src: those that Parse was given.
// links holds the URLs of the articles that are meant by those of a's Refs that mean one.
// It takes time in proportion to the size of src; a body whose nesting would make it take more is
// shown as plain text, with a warning.
func (p *Parser) Render(a *Article, src []byte, links map[string]string) (Content, []Problem) {
	r := *p.render
	r.page, r.links = a.URL, links
	r.front = sync.OnceValue(func() *value { return r.frontMatter(a.Path, src) })
	return r.content(a, src)
}

// frontMatter reads the front matter of the file at path again: few bodies ask for it.
func (r *renderer) frontMatter(path string, src []byte) *value {
	told := &report{path: path, limits: r.o.Limits, last: r.o.Layout.Last} // by Parse
	if front, ok := splitFrontMatter(src, told); ok {
		if root := front.parse(told); root != nil {
			return root
		}
	}
	return &value{kind: tableKind}
}

func (r *renderer) content(a *Article, src []byte) (Content, []Problem) {
	body := bodyText(src[min(int(a.bodyOffset), len(src)):])
	told := &report{path: a.Path}
	if strings.Contains(body, "\ufffd") { // for a byte that belongs to no character, or as it is written
		if line := (cursor{src, int(a.bodyOffset), int(a.bodyLine)}).invalid(); line > 0 {
			told.warnf(line, "the text is not valid UTF-8; hint: save the file as UTF-8")
		}
	}
	base, err := url.Parse(a.URL)
	if err != nil {
		base = r.o.Site
	}
	nodes, err := r.nodes(a, body)
	if err != nil {
		line := int(a.bodyLine)
		if deep, ok := errors.AsType[*boundError](err); ok {
			line += deep.line
		}
		told.warnf(line, "shown as plain text: %v", err)
		nodes = plainNodes(body)
	}
	nodes = withoutBareHeadings(r.withoutTitle(nodes, a.Title))
	nameHeadings(nodes)
	c := cleaner{r: r, path: a.Path, base: base, media: r.o.mediaBase(a.Path, base)}
	content := Content{
		HTML:    markedReplacements(cleanText(plainQuotes(r.sanitized(c.clean(nodes, len(body)))))),
		Summary: a.Summary,
	}
	if content.Summary == "" {
		content.Summary = summarize(nodes)
	}
	return content, told.problems
}

// roomFor is how much HTML to expect of a body of size bytes: what grows on the way is copied again and
// again, and was four tenths of the memory that documents took up.
func roomFor(size int) int { return size + size/4 }

// sanitized gives the HTML in src without what the policy does not know; "" where it can't be read.
func (r *renderer) sanitized(src []byte) string {
	var b strings.Builder
	b.Grow(len(src))
	if err := r.policy.SanitizeReaderToWriter(bytes.NewReader(src), &b); err != nil {
		return ""
	}
	return b.String()
}

// markedReplacements writes U+FFFD as a reference: as a character, checkers of feeds take it for a sign
// that the text was read in a wrong encoding, and it may well be meant.
func markedReplacements(html string) string {
	return strings.ReplaceAll(html, "\ufffd", "&#xFFFD;")
}

// bodyText makes a body fit for parsers: XML characters only, lines that end in a line feed.
func bodyText(src []byte) string {
	s := strings.TrimPrefix(cleanText(string(src)), "\ufeff")
	if strings.Contains(s, "\r") {
		s = newlines.Replace(s)
	}
	return s
}

var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// nodes parses the body of a. What it gives is not safe yet.
func (r *renderer) nodes(a *Article, body string) (_ []*html.Node, err error) {
	defer func() {
		// A body over which a parser stumbles must not take the other articles with it.
		if p := recover(); p != nil {
			err = fmt.Errorf("the parser gave up: %v", p)
		}
	}()
	var src []byte
	if isHTML(a.Path) {
		expanded, _ := r.expand(a.Path, body, htmlCode, false)
		src = []byte(expanded)
	} else if src, err = r.markdownHTML(a.Path, body); err != nil {
		return nil, err
	}
	if bytes.Count(src, []byte("<")) > maxTags {
		return nil, &boundError{0, fmt.Sprintf("more than %d tags", maxTags)}
	}
	context := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragmentWithOptions(bytes.NewReader(src), context, html.ParseOptionEnableScripting(false)) // as in readers
	if bytes.Contains(src, []byte(unknownPart)) {
		withoutUnknown(nodes)
	}
	return nodes, err
}

// plainQuotes writes the quotation marks of text as they are: escaping them is of use in attributes
// only. In s, "<" and ">" stand around tags and nowhere else.
func plainQuotes(s string) string {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "&#3") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for s != "" {
		text, rest, _ := strings.Cut(s, "<")
		b.WriteString(quotes.Replace(text))
		tag := len(s) - len(text)
		if i := strings.IndexByte(rest, '>'); i >= 0 {
			tag = i + len("<>")
		}
		b.WriteString(s[len(text) : len(text)+tag])
		s = s[len(text)+tag:]
	}
	return b.String()
}

var quotes = strings.NewReplacer("&#34;", `"`, "&#39;", "'")

// withoutTitle leaves out a heading at the start that says what the title does, or stands for one to
// the generator: readers show the title above the content anyway.
func (r *renderer) withoutTitle(nodes []*html.Node, title string) []*html.Node {
	start := slices.IndexFunc(nodes, func(n *html.Node) bool {
		return n.Type == html.ElementNode || n.Type == html.TextNode && strings.TrimSpace(n.Data) != ""
	})
	if start >= 0 && nodes[start].DataAtom == atom.H1 && (r.o.Layout.Titled || foldTitle(textOf(nodes[start])) == foldTitle(title)) {
		return nodes[start+1:]
	}
	return nodes
}

// foldTitle gives what of a title matters when two are compared: if it is of letters, those alone.
func foldTitle(s string) string {
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
	return cmp.Or(letters, cleanLine(s))
}

// textOf is all text in n.
func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// plainNodes gives a paragraph for every run of lines in body, as it is written.
func plainNodes(body string) []*html.Node {
	var nodes []*html.Node
	for text := range strings.SplitSeq(body, "\n\n") {
		if strings.TrimSpace(text) == "" {
			continue
		}
		p := &html.Node{Type: html.ElementNode, Data: "p", DataAtom: atom.P}
		p.AppendChild(&html.Node{Type: html.TextNode, Data: text})
		nodes = append(nodes, p)
	}
	return nodes
}
