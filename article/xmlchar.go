package article

import (
	"strings"
	"unicode"
)

// cleanText makes s valid UTF-8 of XML 1.0 characters: others and the controls of C1 go, and a byte
// that belongs to no character becomes U+FFFD. It gives s itself when there is nothing to do.
func cleanText(s string) string {
	if isTidy(s) {
		return s
	}
	return strings.Map(xmlChar, s)
}

// isTidy reports whether s holds only the letters and marks of English and Chinese, and white space that
// [foldBlanks] folds: then there is nothing to clean.
func isTidy(s string) bool {
	for _, r := range s {
		if !isTidyRune(r) {
			return false
		}
	}
	return true
}

func isTidyRune(r rune) bool {
	return ' ' <= r && r <= '~' || r == '\n' || r == '\t' || 0x4000 <= r && r <= 0x9FFF || 0x2010 <= r && r <= 0x2027 ||
		0x3001 <= r && r <= 0x303F || 0xFF01 <= r && r <= 0xFF5E
}

// xmlChar gives r, a line break for the one of C1, or -1 for what has no place in an XML document.
func xmlChar(r rune) rune {
	// XML 1.0 §2.2: Char ::= #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]
	switch {
	case r == '\t', r == '\n', r == '\r':
		return r
	case r < 0x20, r == 0xFFFE, r == 0xFFFF:
		return -1
	case r == '\u0085': // what EBCDIC ends lines with, and so XML 1.1 (§2.11)
		return '\n'
	case 0x7F <= r && r <= 0x9F: // discouraged by the note to §2.2, and never seen
		return -1
	}
	return r
}

// cleanLine makes s fit for one line of a list: [cleanText] without control characters, white space
// folded, and with no bidirectional control that would reach beyond it. It gives "" if nothing of s
// can be seen.
func cleanLine(s string) string {
	if isTidy(s) {
		return foldBlanks(s)
	}
	s = containBidi(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, cleanText(s)))
	if !strings.ContainsFunc(s, isVisible) {
		return ""
	}
	return foldBlanks(s)
}

// foldBlanks makes one blank of all white space between words, and leaves none around them.
func foldBlanks(s string) string {
	last := ' '
	for _, r := range s {
		if r == ' ' && last == ' ' || r != ' ' && unicode.IsSpace(r) {
			last = ' '
			break
		}
		last = r
	}
	if last == ' ' {
		return strings.Join(strings.Fields(s), " ")
	}
	return s
}

func isVisible(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }

// bidiControls are the explicit directional formatting characters of UAX #9 §2: embeddings and
// overrides with their end, isolates with theirs.
const bidiControls = "\u202A\u202B\u202D\u202E\u202C\u2066\u2067\u2068\u2069"

// containBidi takes the directional formatting out of s unless all that begins in s ends there:
// otherwise a title could turn round the text that a reader's program shows behind it.
func containBidi(s string) string {
	if !strings.ContainsAny(s, bidiControls) {
		return s
	}
	var open []rune // the closers still to come
	for _, r := range s {
		switch r {
		case '\u202A', '\u202B', '\u202D', '\u202E':
			open = append(open, '\u202C')
		case '\u2066', '\u2067', '\u2068':
			open = append(open, '\u2069')
		case '\u202C', '\u2069':
			if len(open) == 0 || open[len(open)-1] != r {
				return withoutBidi(s)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return withoutBidi(s)
	}
	return s
}

func withoutBidi(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(bidiControls, r) {
			return -1
		}
		return r
	}, s)
}
