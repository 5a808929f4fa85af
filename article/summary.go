package article

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A summary holds about 140 characters of Chinese or Japanese, or 55 words, or a mixture of both.
const (
	summaryCost   = 140 * characterCost
	characterCost = 11
	wordCost      = 28
	longWord      = 30 // characters of a word; what follows costs as much as Chinese
)

// summarize gives the plain text of what stands before the author's "more" mark or, without one, of
// the first paragraph that says something, cut to size. It is "" for a body without text.
func summarize(body []*html.Node) string {
	var s summarizer
	for _, n := range body {
		s.node(n)
	}
	s.endParagraph()
	all := append(s.paragraphs, s.items...)
	if s.more && len(s.paragraphs) > 0 {
		return cleanLine(strings.Join(s.paragraphs, " "))
	}
	for _, some := range [][]string{s.own, all} {
		if i := slices.IndexFunc(some, isTelling); i >= 0 {
			return cleanLine(cut(some[i]))
		}
	}
	return cleanLine(cut(strings.Join(all, " ")))
}

// summarizer collects the text of a body up to the "more" mark.
type summarizer struct {
	text       strings.Builder // of the paragraph that is open
	lists      int             // that are open
	quotations int             // that are open
	paragraphs []string        // those outside of lists
	own        []string        // of them, those outside of quotations, which may be notes
	items      []string        // and those within lists, often mere tables of contents
	more       bool
}

func (s *summarizer) node(n *html.Node) {
	switch {
	case s.more:
	case n.Type == html.TextNode:
		s.text.WriteString(n.Data)
	case n.Type == html.CommentNode:
		s.more = isMoreMark(n.Data)
	case n.Type == html.ElementNode && !isSilent(n):
		s.element(n)
	}
}

func (s *summarizer) element(n *html.Node) {
	isList := n.DataAtom == atom.Ul || n.DataAtom == atom.Ol || n.DataAtom == atom.Dl
	inline := isInline(n.DataAtom)
	if !inline {
		s.endParagraph()
	}
	if isList {
		s.lists++
	}
	if n.DataAtom == atom.Blockquote {
		s.quotations++
	}
	if n.DataAtom == atom.Br {
		s.text.WriteByte(' ')
	}
	for child := range n.ChildNodes() {
		s.node(child)
	}
	if !inline {
		s.endParagraph()
	}
	if isList {
		s.lists--
	}
	if n.DataAtom == atom.Blockquote {
		s.quotations--
	}
}

func (s *summarizer) endParagraph() {
	text := strings.Join(strings.Fields(s.text.String()), " ")
	s.text.Reset()
	if text == "" || isByline(text) {
		return
	}
	if s.lists > 0 {
		s.items = append(s.items, text)
		return
	}
	s.paragraphs = append(s.paragraphs, text)
	if s.quotations == 0 {
		s.own = append(s.own, text)
	}
}

// isMoreMark reports whether a comment ends the part of an article that is its summary.
func isMoreMark(comment string) bool {
	switch strings.ToLower(strings.TrimSpace(comment)) {
	case "more", "truncate", "excerpt":
		return true
	}
	return false
}

// isSilent reports whether the text of n is no part of what the author says.
func isSilent(n *html.Node) bool {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Pre, atom.Table, atom.Figure, atom.Nav,
		atom.Iframe, atom.Object, atom.Video, atom.Audio, atom.Rt, atom.Rp:
		return true
	case atom.Sup:
		return strings.Contains(attribute(n.Attr, "id"), "fnref")
	}
	return isDropped(n) || attribute(n.Attr, "role") == "doc-endnotes"
}

// isInline reports whether an element stands within a line. What HTML does not know does.
func isInline(a atom.Atom) bool {
	switch a {
	case 0, atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Bdo, atom.Big, atom.Br, atom.Cite, atom.Code, atom.Del, atom.Dfn,
		atom.Em, atom.Font, atom.I, atom.Img, atom.Input, atom.Ins, atom.Kbd, atom.Label, atom.Mark, atom.Q, atom.Ruby,
		atom.S, atom.Samp, atom.Small, atom.Span, atom.Strike, atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.Tt,
		atom.U, atom.Var, atom.Wbr:
		return true
	}
	return false
}

var (
	// labelledByline begins with what it tells of an article, plainByline with the words for it.
	labelledByline = regexp.MustCompile(`^(?i:authors?|written by|posted by|published(?: on)?|date|editors?|translators?|last updated|作者|译者|日期|著者)\s*[:：]\s*\S`)
	plainByline    = regexp.MustCompile(`^(?i:by|(?:written|posted|published|translated)(?: by| on)) [\p{Lu}\d@]`)
)

const (
	maxLabelledByline = 300 // in bytes; a longer paragraph says more than who wrote the article
	maxPlainByline    = 100
)

// isByline reports whether a paragraph only tells who wrote an article, or when. Without a label it
// is no sentence.
func isByline(text string) bool {
	switch {
	case labelledByline.MatchString(text):
		return len(text) <= maxLabelledByline
	case plainByline.MatchString(text):
		return len(text) <= maxPlainByline && !strings.ContainsAny(text[len(text)-1:], ".!?:,")
	}
	return false
}

// isTelling reports whether a paragraph is long enough to stand for an article, as a dateline or
// the word "Note" is not, and more than an address to its readers.
func isTelling(text string) bool {
	if strings.HasSuffix(text, ",") {
		return false
	}
	weight := 0
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			weight++
			if isCJK(r) {
				weight++
			}
		}
	}
	return weight >= 20
}

// cut shortens text to the size of a summary: at the end of a Chinese or Japanese sentence where
// one is near, else between words or characters and with an ellipsis.
func cut(text string) string {
	spent, run, end := 0, 0, 0 // run: characters of the word so far; end: where text may be cut
	for rest, state := text, -1; rest != ""; {
		grapheme, next, _, newState := uniseg.FirstGraphemeClusterInString(rest, state)
		r, _ := utf8.DecodeRuneInString(grapheme)
		at := len(text) - len(rest)
		switch {
		case unicode.IsSpace(r):
			run, end = 0, at
		case !hasBlanks(r):
			run, end = 0, at
			spent += characterCost
		case run == 0:
			run, end = 1, at
			spent += wordCost
		case run < longWord:
			run++
		default:
			end = at
			spent += characterCost
		}
		if spent > summaryCost {
			return ending(text[:end])
		}
		rest, state = next, newState
	}
	return text
}

// ending gives the part of a text that was cut which a reader should see.
func ending(text string) string {
	if i := strings.LastIndexAny(text, "。！？"); i > len(text)*3/5 {
		_, size := utf8.DecodeRuneInString(text[i:])
		end := i + size
		return text[:end] + text[end:len(text)-len(strings.TrimLeft(text[end:], "”’」』）》"))]
	}
	return strings.TrimRightFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("，、；：,;:", r) }) + "…"
}

// hasBlanks reports whether the script of r puts blanks between words.
func hasBlanks(r rune) bool {
	return !isCJK(r) && (r < 0x0E00 || !unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan))
}
