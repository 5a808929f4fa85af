package article

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// checkHTML states what holds for the HTML of every article, however broken: it parses, holds no
// script in any form and no relative URL, and every character is fit for XML.
func checkHTML(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) || cleanText(s) != s {
		t.Errorf("HTML %q holds characters that are not XML's", s)
	}
	nodes, err := html.ParseFragment(strings.NewReader(s), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		t.Errorf("HTML %q: %v", s, err)
	}
	for _, top := range nodes {
		checkNode(t, top)
		for n := range top.Descendants() {
			checkNode(t, n)
		}
	}
}

func checkNode(t *testing.T, n *html.Node) {
	t.Helper()
	if n.Type == html.CommentNode {
		t.Errorf("comment %q", n.Data)
	}
	if n.Type != html.ElementNode {
		return
	}
	if !slices.Contains(keptElements, n.Data) || n.Namespace != "" {
		t.Errorf("element %q", n.Data)
	}
	for _, a := range n.Attr {
		switch {
		case a.Key == "style", a.Key == "target", strings.HasPrefix(a.Key, "on"), strings.HasPrefix(a.Key, "data-"):
			t.Errorf("attribute %s=%q", a.Key, a.Val)
		case a.Key == "srcset":
			for candidate := range strings.SplitSeq(a.Val, ",") {
				ref, _, _ := strings.Cut(strings.TrimSpace(candidate), " ")
				checkLink(t, n, ref)
			}
		case slices.Contains([]string{"href", "src", "poster", "cite"}, a.Key):
			checkLink(t, n, a.Val)
		}
	}
}

func checkLink(t *testing.T, n *html.Node, ref string) {
	t.Helper()
	if n.DataAtom == atom.Img && isDataImage(ref) {
		return
	}
	u, err := url.Parse(ref)
	if err != nil || !slices.Contains(schemes, u.Scheme) || u.Scheme == "http" && u.Host == "" {
		t.Errorf("<%s> leads to %q: %v, want an absolute URL of a known scheme", n.Data, ref, err)
	}
	if strings.IndexFunc(ref, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("<>\"\\^`{|}", r) }) >= 0 {
		t.Errorf("<%s> leads to %q, which RFC 3986 does not allow", n.Data, ref)
	}
}
