package article

import (
	"strings"
	"testing"
	"unicode"
)

func TestCleanText(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"plain\ttext\r\nof two lines", "plain\ttext\r\nof two lines"},
		{"水车 🦆 é", "水车 🦆 é"},
		{"\x00a\x08b\x0bc\x1fd", "abcd"},
		{"\ufffea\uffff", "a"},
		{"a\xffb", "a\ufffdb"},
		{"\xed\xa0\x80", "\ufffd\ufffd\ufffd"},
		{"\ufffd\U0010ffff", "\ufffd\U0010ffff"},
		{"\x7fa\u0080b\u0085c\u009f\u00a0", "ab\nc\u00a0"},
	}
	for _, test := range tests {
		if got := cleanText(test.in); got != test.want {
			t.Errorf("cleanText(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}

func TestCleanLine(t *testing.T) {
	tests := []struct{ in, want string }{
		{" two\n\tlines\u0085 and\u3000more ", "two lines and more"},
		{"a\x7f\u009fb", "ab"},
		{"\x08 a \x08", "a"},
		{"\u200b\u200e \x00", ""},
		{"می\u200cخواهم 👩\u200d🌾", "می\u200cخواهم 👩\u200d🌾"},

		// directions that end within the line stay, others go altogether
		{"a \u2067b\u2069 \u202ac\u202c", "a \u2067b\u2069 \u202ac\u202c"},
		{"a \u202e b", "a b"},
		{"a\u2069b\u2067", "ab"},
		{"a\u2067b\u202c\u2069", "ab"},
	}
	for _, test := range tests {
		if got := cleanLine(test.in); got != test.want {
			t.Errorf("cleanLine(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}

// TestTidy states of every character that is taken for tidy what makes it so.
func TestTidy(t *testing.T) {
	for r := range unicode.MaxRune {
		tidy := xmlChar(r) == r && (unicode.IsGraphic(r) && !unicode.IsSpace(r) || strings.ContainsRune(" \t\n", r)) && !strings.ContainsRune(bidiControls, r)
		if isTidyRune(r) && !tidy {
			t.Errorf("%U is not tidy", r)
		}
	}
}
