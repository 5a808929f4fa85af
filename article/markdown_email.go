package article

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// linkParser makes links of bare addresses. goldmark takes more for one of email than GFM does
// (section 6.9), such as the marks of emphasis.
type linkParser struct{ parser.InlineParser }

func (p linkParser) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if strings.IndexByte(" *_~(", line[0]) >= 0 { // what stands before the address
		line = line[1:]
	}
	if !bytes.HasPrefix(line, []byte("www.")) && isOddEmail(line[:min(len(line), maxMailbox)]) {
		return nil
	}
	return p.InlineParser.Parse(parent, block, pc)
}

// maxMailbox is how much may stand before the "@", in bytes (RFC 5321 §4.5.3.1.1).
const maxMailbox = 64

// isOddEmail reports whether s begins with what may stand in an address of email and in no bare one.
func isOddEmail(s []byte) bool {
	for _, c := range s {
		if letter := c | 0x20; 'a' <= letter && letter <= 'z' || '0' <= c && c <= '9' || strings.IndexByte(".-_+", c) >= 0 {
			continue
		}
		return strings.IndexByte("!#$%&'*/=?^`{|}~", c) >= 0
	}
	return false
}
