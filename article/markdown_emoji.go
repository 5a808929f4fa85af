package article

import (
	"github.com/yuin/goldmark-emoji/definition"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// emojiParser reads :tada: and the other names that GitHub has for emoji. What is no such name, or
// stands within a word, as in "10:100:1" and "std::on::", is text.
type emojiParser struct{}

const maxEmojiName = 60

func (emojiParser) Trigger() []byte { return []byte(":") }

func (emojiParser) Parse(parent ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	_, follows := parent.LastChild().(*ast.String) // another one
	if before := block.PrecendingCharacter(); before == ':' && !follows || before < 0x80 && isWordByte(byte(before)) {
		return nil
	}
	size := 1
	for size < min(len(line), maxEmojiName) && isEmojiByte(line[size]) {
		size++
	}
	if size == len(line) || line[size] != ':' {
		return nil
	}
	emoji, ok := definition.Github().Get(string(line[1:size]))
	if !ok || !emoji.IsUnicode() {
		return nil // GitHub has some that are pictures of its own
	}
	block.Advance(size + 1)
	return ast.NewString([]byte(string(emoji.Unicode)))
}

func isEmojiByte(c byte) bool { return c < 0x80 && isWordByte(c) || c == '_' || c == '-' || c == '+' }
