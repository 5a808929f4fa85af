package article

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// leftNothing marks that a template has left nothing under a heading. It is a comment, which no reader sees.
const leftNothing = "<!--left-nothing-->"

// The first begins a heading, or is the line under one; the second ends one.
var (
	headingStart = regexp.MustCompile(`^ {0,3}(?:#{1,6}[ \t]|(?:=+|-{2,})$)`)
	headingEnd   = regexp.MustCompile(`^</[hH][1-6]>$`)
)

// noteNothing writes the mark where a template has left nothing, on a line after that of a heading.
func (e *expander) noteNothing() {
	written := e.out.Bytes()
	written = written[max(0, len(written)-maxHeading):]
	heading := bytes.TrimRight(written, " \t\n")
	isNextLine := bytes.IndexByte(written[len(heading):], '\n') >= 0
	heading = heading[bytes.LastIndexByte(heading, '\n')+1:]
	if isNextLine && (headingStart.Match(heading) || headingEnd.Match(heading[max(0, len(heading)-len("</h1>")):])) {
		e.out.WriteString(leftNothing + "\n")
	}
}

// withoutBareHeadings leaves out headings under which a template has left nothing, and nothing else stands:
// what they were for is not there.
func withoutBareHeadings(nodes []*html.Node) []*html.Node {
	kept := len(nodes) // the nodes from there on stay
	drop := func() {   // what comes before those, with the line break behind it
		if kept < len(nodes) && isBlankText(nodes[kept]) {
			kept++
		}
	}
	next, bare, marked := 0, true, false // of what follows: the level of the heading, nothing before it, the mark
	for i := len(nodes) - 1; i >= 0; i-- {
		n := nodes[i]
		if level := headingLevel(n); level > 0 {
			if bare && marked && next <= level {
				drop()
				continue
			}
			next, bare, marked = level, true, false
		} else if isMarkOfNothing(n) {
			marked = true
			drop()
			continue
		} else if n.Type == html.ElementNode || n.Type == html.TextNode && !isBlankText(n) {
			bare = false
		}
		kept--
		nodes[kept] = n
	}
	return nodes[kept:]
}

func isBlankText(n *html.Node) bool {
	return n.Type == html.TextNode && strings.TrimSpace(n.Data) == ""
}

// headingLevel is the level of a heading, 0 for anything else.
func headingLevel(n *html.Node) int {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return int(n.Data[1] - '0')
	}
	return 0
}

// isMarkOfNothing reports whether n is [leftNothing], around which MDX has a paragraph.
func isMarkOfNothing(n *html.Node) bool {
	if n.DataAtom == atom.P && isBlank(n) && n.FirstChild != nil {
		n = n.FirstChild
	}
	return n.Type == html.CommentNode && "<!--"+n.Data+"-->" == leftNothing
}
