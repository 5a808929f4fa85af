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
	emoji := emojiNamed(string(line[1:size]))
	if emoji == string(line[1:size]) {
		return nil
	}
	block.Advance(size + 1)
	return ast.NewString([]byte(emoji))
}

// emojiNamed gives the emoji of that name, or the name itself where there is none: GitHub also has some
// that are pictures of its own.
func emojiNamed(name string) string {
	if emoji, ok := definition.Github().Get(name); ok && emoji.IsUnicode() {
		return string(emoji.Unicode)
	}
	return name
}

func isEmojiByte(c byte) bool { return c < 0x80 && isWordByte(c) || c == '_' || c == '-' || c == '+' }
