package article

import (
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// cleaner writes an article's HTML anew: elements that feed readers show, each closed where it
// ends, every URL absolute. It comes before the policy of sanitize.go because that one throws away
// what can still be mended here: a path with blanks, a picture that a script would load, a player.
type cleaner struct {
	r        *renderer
	path     string   // of the article
	base     *url.URL // of the article
	media    *url.URL // see [Options.mediaBase]
	out      bytes.Buffer
	pictured bool // what was written last is an image
}

// clean gives the HTML of nodes, safe but for the attributes that the policy has to judge. It is that of
// a body of size bytes.
func (c *cleaner) clean(nodes []*html.Node, size int) []byte {
	c.out.Grow(roomFor(size))
	for _, n := range nodes {
		c.node(n)
	}
	return c.out.Bytes()
}

func (c *cleaner) node(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		c.out.WriteString(html.EscapeString(n.Data))
		c.pictured = c.pictured && strings.TrimSpace(n.Data) == ""
	case html.ElementNode:
		c.element(n)
		c.pictured = c.pictured || n.DataAtom == atom.Img
	}
}

func (c *cleaner) children(n *html.Node) {
	for child := range n.ChildNodes() {
		c.node(child)
	}
}

// element writes what becomes of an element: itself, what is within it, something in its place, or nothing.
func (c *cleaner) element(n *html.Node) {
	if n.DataAtom == atom.Noscript {
		c.fallback(n)
		return
	}
	if isDropped(n) {
		return
	}
	attrs := c.attributes(n)
	isTarget := attribute(attrs, "id")+attribute(attrs, "name") != ""
	kept := n.DataAtom == atom.Center || slices.Contains(keptElements, n.Data)
	switch n.DataAtom {
	case atom.Iframe, atom.Embed, atom.Object:
		c.player(n)
		return
	case atom.Input:
		c.checkbox(n)
		return
	case atom.Img:
		if attribute(attrs, "src")+attribute(attrs, "srcset") == "" {
			c.out.WriteString(html.EscapeString(attribute(attrs, "alt")))
			return
		}
	case atom.Source, atom.Track:
		if attribute(attrs, "src")+attribute(attrs, "srcset") == "" {
			return
		}
	case atom.P:
		if isBlank(n) {
			return
		}
	case atom.A:
		if isBlank(n) && !isTarget {
			return
		}
		kept = isTarget || attribute(attrs, "href") != ""
	case atom.Span:
		kept = len(attrs) > 0
	}
	if !kept {
		c.children(n)
		return
	}
	c.write(n, attrs, isTarget || attribute(attrs, "src") != "")
}

// write writes n with these attributes, unless nothing of it would be seen. refers tells whether a link
// leads to it or it shows a file.
func (c *cleaner) write(n *html.Node, attrs []html.Attribute, refers bool) {
	name := n.Data
	if n.DataAtom == atom.Center {
		name = "div"
	}
	start := c.out.Len()
	token := html.Token{Type: html.StartTagToken, Data: name, Attr: attrs}
	c.out.WriteString(token.String())
	if isVoid(n) {
		return
	}
	inside := c.out.Len()
	if first := n.FirstChild; n.DataAtom == atom.Pre && first != nil && strings.HasPrefix(first.Data, "\n") {
		c.out.WriteByte('\n') // HTML §13.1.2.5: a parser skips the first line break of pre
	}
	c.children(n)
	if isNothing(n.DataAtom, refers) && len(bytes.Trim(c.out.Bytes()[inside:], " \t\n\r\f")) == 0 {
		blanks := slices.Clone(c.out.Bytes()[inside:])
		c.out.Truncate(start)
		if isInline(n.DataAtom) {
			c.out.Write(blanks) // between words, or in code
		}
		return
	}
	c.out.WriteString("</" + name + ">")
}

// isNothing reports whether an element of that kind shows nothing when it is empty. Headings have ids
// of which the author knows nothing.
func isNothing(a atom.Atom, refers bool) bool {
	switch a {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.P, atom.Ul, atom.Ol, atom.Figure, atom.Figcaption, atom.Blockquote:
		return true
	case atom.A, atom.Div, atom.Span, atom.B, atom.I, atom.Em, atom.Strong, atom.Picture, atom.Video, atom.Audio:
		return !refers
	}
	return false
}

// isDropped reports whether nothing of n reaches a reader.
func isDropped(n *html.Node) bool {
	return hasAttribute(n.Attr, "hidden") || slices.Contains(droppedElements, n.Data) || n.Namespace == "svg"
}

// isBlank reports whether n holds nothing, or white space that has no width.
func isBlank(n *html.Node) bool {
	for child := range n.ChildNodes() {
		if child.Type != html.CommentNode && (child.Type != html.TextNode || strings.Trim(child.Data, " \t\n\r\f") != "") {
			return false
		}
	}
	return true
}

func isVoid(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Br, atom.Col, atom.Hr, atom.Img, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}

// checkbox writes the box of a task list; other fields of forms have no use in a feed.
func (c *cleaner) checkbox(n *html.Node) {
	if !strings.EqualFold(attribute(n.Attr, "type"), "checkbox") {
		return
	}
	box := "☐"
	if hasAttribute(n.Attr, "checked") {
		box = "☑"
	}
	c.out.WriteString(box)
}

// maxAttributes of an element are looked at.
const maxAttributes = 100

// attributes gives those of n, each once, with absolute URLs and without the ones that cannot be.
func (c *cleaner) attributes(n *html.Node) []html.Attribute {
	var attrs []html.Attribute
	for _, a := range promoteLazy(n.Attr[:min(len(n.Attr), maxAttributes)]) {
		if a.Namespace != "" || hasAttribute(attrs, a.Key) {
			continue
		}
		ok := true
		switch a.Key {
		case "href", "cite":
			a.Val, ok = c.r.linkURL(c.linkBase(a.Val), c.path, c.r.published(c.r.o.rootedHTML(a.Val)))
		case "src", "poster", "data":
			if a.Key != "src" || n.DataAtom != atom.Img || !isDataImage(a.Val) {
				ref := c.r.attached(c.path, c.r.published(c.r.o.rootedHTML(strings.TrimSpace(a.Val))))
				a.Val, ok = c.r.linkURL(c.media, c.path, ref)
				ok = ok && !c.r.o.isBundled(ref)
			}
		case "srcset":
			a.Val, ok = c.srcset(a.Val)
		case "class":
			a.Val, ok = languageClass(a.Val)
		}
		if ok {
			attrs = append(attrs, a)
		}
	}
	if (n.DataAtom == atom.Video || n.DataAtom == atom.Audio) && !hasAttribute(attrs, "controls") {
		attrs = append(attrs, html.Attribute{Key: "controls"}) // without them nothing can be played
	}
	return attrs
}

// linkBase is what a link resolves against: the page, but for the mere name of what lies beside the
// file, as [Layout.Beside] has it.
func (c *cleaner) linkBase(ref string) *url.URL {
	if name, _, _ := strings.Cut(ref, "#"); name == "" || strings.HasPrefix(name, "?") || strings.HasPrefix(name, ".") || strings.HasSuffix(name, "/") {
		return c.base
	}
	return c.media
}

func hasAttribute(attrs []html.Attribute, key string) bool {
	return slices.ContainsFunc(attrs, func(a html.Attribute) bool { return a.Key == key })
}

// attribute gives the value of the attribute key; "" if there is none.
func attribute(attrs []html.Attribute, key string) string {
	for _, a := range attrs {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// isDataImage reports whether ref holds a small picture itself, of a kind without scripts.
func isDataImage(ref string) bool {
	image, isImage := strings.CutPrefix(ref, "data:image/")
	kind, data, isBase64 := strings.Cut(image, ";base64,")
	return isImage && isBase64 && len(ref) <= maxDataImage &&
		slices.Contains([]string{"png", "gif", "jpeg", "webp"}, kind) && strings.Trim(data, base64Alphabet) == ""
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="

// languageClass gives the class that names a code's language, as highlighters have it.
func languageClass(classes string) (string, bool) {
	for class := range strings.FieldsSeq(classes) {
		if name, ok := strings.CutPrefix(class, "language-"); ok {
			name = strings.TrimLeft(name, "{.") // pandoc: {.go}
			if i := strings.IndexAny(name, "{},:=/["); i >= 0 {
				name = name[:i]
			}
			return "language-" + name, name != ""
		}
	}
	return "", false
}

var srcsetDescriptor = regexp.MustCompile(`^(?:[0-9]+w|[0-9.]+x)?$`)

// srcset gives the candidates of s that have an absolute URL; ok tells whether any has.
func (c *cleaner) srcset(s string) (set string, ok bool) {
	var out []string
	for s = strings.TrimLeft(s, " \t\n\r\f,"); s != ""; s = strings.TrimLeft(s, " \t\n\r\f,") {
		// HTML §4.8.4.2.1: a URL ends at white space, and commas may be part of it but for the last.
		ref := s
		if i := strings.IndexAny(s, " \t\n\r\f"); i >= 0 {
			ref = s[:i]
		}
		s = s[len(ref):]
		descriptor := ""
		if bare := strings.TrimRight(ref, ","); bare != ref {
			ref = bare
		} else if i := strings.IndexByte(s, ','); i >= 0 {
			descriptor, s = s[:i], s[i+1:]
		} else {
			descriptor, s = s, ""
		}
		ref = c.r.published(c.r.o.rootedHTML(ref))
		u, ok := absoluteURL(c.media, ref)
		descriptor = strings.TrimSpace(descriptor)
		if !ok || c.r.o.isBundled(ref) || !strings.HasPrefix(u, "http") || !srcsetDescriptor.MatchString(descriptor) {
			continue
		}
		// A comma in a URL could be taken for the end of the candidate.
		out = append(out, strings.TrimSpace(strings.ReplaceAll(u, ",", "%2C")+" "+descriptor))
	}
	return strings.Join(out, ", "), len(out) > 0
}
