package article

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// maxWikilink is the length of the longest wikilink, in bytes.
const maxWikilink = 500

var imageEndings = []string{".apng", ".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"}

// wikilinkParser reads [[name]], [[name#heading]], [[#heading]], [[name|label]], and ![[picture.png]]. A name
// that means no article leaves its label as text.
type wikilinkParser struct{}

// resolverKey is where the context of a parser holds what gives the URL of an article by its name,
// a func(string) (string, bool).
var resolverKey = parser.NewContextKey()

// embedKey is where it holds what gives the URL of a picture by the name that embeds it, a
// func(string) string.
var embedKey = parser.NewContextKey()

func (wikilinkParser) Trigger() []byte { return []byte("![") }

func (wikilinkParser) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	rest, embed := bytes.CutPrefix(line, []byte("!"))
	rest, ok := bytes.CutPrefix(rest, []byte("[["))
	if !ok || util.IsAlphaNumeric(byte(min(block.PrecendingCharacter(), 0x7f))) {
		return nil
	}
	inner, after, ok := bytes.Cut(rest[:min(len(rest), maxWikilink)], []byte("]]"))
	if !ok || bytes.ContainsAny(inner, "[]\n") || len(bytes.TrimSpace(inner)) == 0 {
		return nil
	}
	_, defined := pc.Reference(util.ToLinkReference(inner))
	if defined || len(after) > 0 && (after[0] == '(' || after[0] == '[') {
		return nil // "[[1]](/notes)" is a link whose text stands in brackets
	}
	block.Advance(len(line) - len(rest) + len(inner) + len("]]"))

	name, label, labelled := strings.Cut(string(inner), "|")
	name = strings.TrimSpace(strings.TrimSuffix(name, `\`)) // in a table the bar is escaped
	page, heading, _ := strings.Cut(name, "#")
	if !labelled {
		label = name
		if heading != "" && MediaType(page) == "" {
			label = strings.TrimPrefix(page+" > "+strings.ReplaceAll(heading, "#", " > "), " > ")
		}
	}
	label = strings.TrimSpace(label)
	if embed && slices.Contains(imageEndings, strings.ToLower(path.Ext(name))) {
		src := name
		if find, ok := pc.Get(embedKey).(func(string) string); ok {
			src = find(name)
		}
		return wikiImage(src, name, label)
	}
	if strings.EqualFold(strings.Trim(name, "_"), "toc") {
		return ast.NewString(nil)
	}
	caption := ast.NewString([]byte(label))
	resolve, ok := pc.Get(resolverKey).(func(string) (string, bool))
	if !ok {
		return caption
	}
	url, ok := resolve(page)
	if !ok && (page != "" || heading == "") {
		return caption
	}
	if heading != "" {
		url += "#" + string(headingIDs{}.Generate([]byte(heading), ast.KindHeading))
	}
	link := ast.NewLink()
	link.Destination = []byte(url)
	link.AppendChild(link, caption)
	return link
}

// wikiImage shows the picture at src; its label is a text, the width that Obsidian gives it, or its name.
func wikiImage(src, name, label string) ast.Node {
	link := ast.NewLink()
	link.Destination = []byte(src)
	if strings.Trim(label, "0123456789x") != "" && label != name {
		link.AppendChild(link, ast.NewString([]byte(label)))
	}
	return ast.NewImage(link)
}
