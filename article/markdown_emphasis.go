package article

import (
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// flanking tells whether a run of the delimiter c may open or close emphasis between two runes.
//
// CommonMark §6.2 lets punctuation beside a run count as the edge of a word, so that bold text
// which ends in "，" or begins with "“" cannot touch a Chinese word, although Chinese has no blanks.
// Here CJK punctuation is no punctuation to the run, and a CJK neighbour is edge enough for the
// punctuation on the other side.
func flanking(c byte, before, after rune) (canOpen, canClose bool) {
	spaceBefore, spaceAfter := unicode.IsSpace(before), unicode.IsSpace(after)
	punctBefore, punctAfter := isMark(before) && !isCJK(before), isMark(after) && !isCJK(after)
	left := !spaceAfter && (!punctAfter || spaceBefore || punctBefore || isCJK(before))
	right := !spaceBefore && (!punctBefore || spaceAfter || punctAfter || isCJK(after))
	if c == '_' {
		return left && (!right || isMark(before)), right && (!left || isMark(after))
	}
	return left, right
}

// isMark reports whether r is Unicode punctuation as CommonMark §2.1 has it.
func isMark(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) }

// isCJK reports whether r belongs to text that is written without blanks between words.
func isCJK(r rune) bool {
	return r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo) ||
		0x3001 <= r && r <= 0x303F || // CJK symbols and punctuation, but for the ideographic space
		0xFE30 <= r && r <= 0xFE4F || // compatibility forms of punctuation
		0xFF01 <= r && r <= 0xFFEF // full-width and half-width forms
}

// emphasisParser reads "*" and "_" before goldmark's own parser does, which knows CommonMark only.
type emphasisParser struct{}

func (emphasisParser) Trigger() []byte { return []byte("*_") }

func (emphasisParser) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	return pushDelimiter(block, pc, emphasis{})
}

// strikeParser does the same for "~" and "~~".
type strikeParser struct{}

func (strikeParser) Trigger() []byte { return []byte("~") }

func (strikeParser) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if runLength(string(line[:min(3, len(line))])) > 2 || block.PrecendingCharacter() == '~' {
		return nil
	}
	return pushDelimiter(block, pc, strike{})
}

// pushDelimiter reads a run of delimiters; goldmark pairs it with another one when the block ends.
func pushDelimiter(block text.Reader, pc parser.Context, p parser.DelimiterProcessor) ast.Node {
	before := block.PrecendingCharacter()
	line, segment := block.PeekLine()
	d := parser.ScanDelimiter(line, before, 1, p)
	after := ' '
	if rest := line[d.Length:]; len(rest) > 0 {
		after, _ = utf8.DecodeRune(rest)
	}
	switch char := d.Char; {
	case char == '~' && d.Length == 1:
		d.CanOpen, d.CanClose = flanking('_', before, after) // "3~5 days" strikes nothing out
	case char == '=' && isASCIIWord(before) && isASCIIWord(after): // "a==b" marks nothing
		d.CanOpen, d.CanClose = false, false
	default:
		d.CanOpen, d.CanClose = flanking(char, before, after)
	}
	d.Segment = segment.WithStop(segment.Start + d.Length)
	block.Advance(d.Length)
	pc.PushDelimiter(d)
	return d
}

type emphasis struct{} // the delimiters of emphasisParser

func (emphasis) IsDelimiter(b byte) bool { return b == '*' || b == '_' }

func (emphasis) CanOpenCloser(opener, closer *parser.Delimiter) bool {
	return opener.Char == closer.Char
}

func (emphasis) OnMatch(consumes int) ast.Node { return ast.NewEmphasis(consumes) }

type strike struct{}

func (strike) IsDelimiter(b byte) bool { return b == '~' }

func (strike) CanOpenCloser(opener, closer *parser.Delimiter) bool {
	return opener.Char == closer.Char && opener.Length == closer.Length
}

func (strike) OnMatch(int) ast.Node { return east.NewStrikethrough() }
