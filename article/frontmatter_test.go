package article

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// TestParseBytes holds what no text file can show: byte order marks, line endings, control characters.
func TestParseBytes(t *testing.T) {
	const facts = "title: The mill\nurl: https://example.org/a/\n"
	tests := []struct{ name, src, want string }{
		{"BOM", "\ufeff---\ntitle: The mill\n---\nText", facts + "body: line 4 Text\n"},
		{"BOM without front matter", "\ufeff# The mill\n", facts + "body: line 1 # The mill\n"},
		{"CR LF", "---\r\ntitle: The mill\r\n---\r\nText\r\n", facts + "body: line 4 Text\n"},
		{"CR alone", "---\rtitle: The mill\r---\rText", facts + "body: line 4 Text\n"},
		{"mixed line ends", "---\r\ntitle: The mill\nlayout: x\r---\n\r\nText", facts + "body: line 5\n"},
		{"CR LF in TOML", "+++\r\ntitle = \"The mill\"\r\n+++\r\nText\r\n", facts + "body: line 4 Text\n"},
		{"CR in JSON", "{\r\"title\": \"The mill\"\r}\rText", facts + "body: line 4 Text\n"},
		{"blanks behind fences", "--- \t\ntitle: The mill\n---  \nText", facts + "body: line 4 Text\n"},
		{"blank lines before", "\n \n---\ntitle: The mill\n---\nText", facts + "body: line 6 Text\n"},
		{"no line end", "---\ntitle: The mill\n---", facts + "body: line 3\n"},

		{"UTF-16 LE", utf16Text("---\ntitle: The mill\n---\n", true, 0xFEFF), "error: 1: the file is in UTF-16; hint: save it as UTF-8\nno article\n"},
		{"UTF-16 BE", utf16Text("---\ntitle: The mill\n---\n", false, 0xFEFF), "error: 1: the file is in UTF-16; hint: save it as UTF-8\nno article\n"},
		{"UTF-16 without mark", utf16Text("# The mill", true), "error: 1: the file is in UTF-16; hint: save it as UTF-8\nno article\n"},
		{"Latin-1", "---\nlayout: x\ntitle: M\xfchle\n---\n", "error: 3: front matter is not valid UTF-8; hint: save the file as UTF-8\nno article\n"},
		{"surrogate", "---\ntitle: \xed\xa0\x80\n---\n", "error: 2: front matter is not valid UTF-8; hint: save the file as UTF-8\nno article\n"},
		{"invalid body", "---\ntitle: The mill\n---\n\xff", facts + "body: line 4 \xff\n"},
		{"invalid heading", "# The \xff mill", "title: The \ufffd mill\nurl: https://example.org/a/\nbody: line 1 # The \xff mill\n"},
		{"a parser's old crash", "---\n0: [:!00 \xef\n---\n", "error: 2: front matter is not valid UTF-8; hint: save the file as UTF-8\nno article\n"},

		{"control character", "---\ntitle: The \x08mill\n---\n", "warning: 2: control character U+0008 left out\n" + facts + "body: line 4\n"},
		{"NUL", "---\nlayout: x\ntitle: The \x00mill\n---\n", "warning: 3: control character U+0000 left out\n" + facts + "body: line 5\n"},
		{"DEL, C1 and noncharacter", "---\ntitle: The\x7f \u0085mill\uffff\n---\n", "warning: 2: control character U+007F left out\n" + facts + "body: line 4\n"},
		{"control character in JSON", "{\"title\": \"The \x1bmill\"}", "warning: 1: control character U+001B left out\n" + facts + "body: line 1\n"},
		{"escaped control characters", `{"title": "The\u0000 mill\ufffe"}`, facts + "body: line 1\n"},
		{"line separator", "---\ntitle: The\u2028mill\n---\n", facts + "body: line 4\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, problems := New(testOptions()).Parse("a.md", []byte(test.src))
			if diff := cmp.Diff(test.want, listing(a, problems, []byte(test.src))); diff != "" {
				t.Errorf("Parse(%q) (-want +got):\n%s", test.src, diff)
			}
		})
	}
}

func utf16Text(s string, little bool, mark ...uint16) string {
	var b []byte
	for _, c := range append(mark, utf16.Encode([]rune(s))...) {
		if little {
			b = append(b, byte(c), byte(c>>8))
		} else {
			b = append(b, byte(c>>8), byte(c))
		}
	}
	return string(b)
}

// TestParseSlips shows that front matter which begins with something odd is not published as text: nobody
// could tell a draft from it.
func TestParseSlips(t *testing.T) {
	const (
		merge = "a merge is not finished; hint: keep what is meant of the lines between <<<<<<< and >>>>>>>"
		noKey = "no key; hint: a key is followed by a colon and a blank"
		text  = "" // all of the file is
	)
	tests := []struct{ src, want string }{
		{"---\n<<<<<<< HEAD\ntitle: A\n=======\ntitle: B\n>>>>>>> b\ndraft: true\n---\nText", "2: " + merge},
		{"---\ntitle: A\n<<<<<<< HEAD\ndraft: true\n=======\ndraft: no\n>>>>>>> b\n---\nText", "3: " + merge},
		{"---\r\n<<<<<<<\r\ntitle: A\r\n=======\r\n>>>>>>>\r\n---\r\nText", "2: " + merge},
		{"\n<<<<<<< HEAD\n---\ntitle: A\ndraft: true\n---\nText\n=======\n---\n>>>>>>> b\n", "2: " + merge},
		{"+++\n<<<<<<< HEAD\ntitle = 'A'\n=======\ntitle = 'B'\n>>>>>>> b\n+++\nText", "2: " + merge},
		{"{\n<<<<<<< HEAD\n\"draft\": true\n=======\n\"draft\": false\n>>>>>>> b\n}\nText", "2: " + merge},
		{"{\n\"title\": \"A\",\n<<<<<<< HEAD\n\"draft\": true\n=======\n>>>>>>> b\n}\nText", "3: " + merge},
		{"title: A\n<<<<<<< HEAD\ndraft: true\n||||||| a\n=======\n>>>>>>> b\n---\nText", "2: " + merge},

		{"---\ntitle:\u00a0A\ndraft: true\n---\n", "2: " + noKey},
		{"---\nlayout: x\ndraft:\u3000true\n---\n", "3: " + noKey},
		{"---\ntitle:A\ndraft:true\n---\n", "2: " + noKey},
		{"---\ntitle = 'A'\ndraft = true\n---\n", "2: this is TOML; hint: put it between +++"},
		{"---\n[params]\ntitle = 'A'\n---\n", "3: this is TOML; hint: put it between +++"},
		{"+++\ntitle: A\ndraft: true\n+++\n", "2: this is YAML; hint: put it between ---"},
		{"+++\nNo text stands here.\n+++\n", "2: TOML: expected '=' after key"},
		{"---json\ntitle: A\n---\n", "2: JSON: invalid character 'i' in literal true (expecting 'r')"},
		{"---\ntitle: [WIP] A\ndraft: true\n---\n", "2: a value that begins with [ or { needs quotes if it is a text"},
		{"---\ndraft: true\ntitle: [A](/a): b\n---\n", "3: a value that begins with [ or { needs quotes if it is a text"},
		{"---\ntitle: {A} b\n---\n", "2: a value that begins with [ or { needs quotes if it is a text"},
		{"---\ntags: [a] # b\nby: \"c\" d\n---\n", "3: this fits no key; hint: look at the indentation and at quotes within quotes"},
		{"---\n<% tp.file.title %>\ntitle: A\n---\n", `3: a colon where no key can stand; hint: put quotes around a value that holds ": ", and look at the indentation`},
		{"---\n*title: A\ndraft: true\n---\n", "2: a value that begins with * needs quotes"},
		{"---\n@id: A\ndraft: true\n---\n", "2: a value that begins with @, %, ` or a tab needs quotes"},
		{"---\n- title: A\n  draft: true\n---\n", "2: front matter has no keys; hint: a key is followed by a colon and a blank"},

		{"---\n\nThe title of it all.\nA date: none.\n\n---\nText", text},
		{"---\n- draft, title\n- tags\n---\nText", text},
		{"---\n**Water**\n---\nText", text},
		{"---\n> turns\n\nText\n\ntitle: A\n", text}, // no second rule
		{"<<<<<<<\nText\n", text},
	}
	for _, test := range tests {
		want := "error: " + test.want + "\nno article\n"
		if test.want == text {
			line, _, _ := strings.Cut(test.src, "\n")
			want = "title: A\nurl: https://example.org/a/\nbody: line 1 " + line + "\n"
		}
		a, problems := New(testOptions()).Parse("a.md", []byte(test.src))
		if diff := cmp.Diff(want, listing(a, problems, []byte(test.src))); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", test.src, diff)
		}
	}
}

func TestParseLimits(t *testing.T) {
	long := strings.Repeat("x", DefaultLimits.FrontMatter)
	keys := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "k%d: 1\n", i)
		}
		return b.String()
	}
	tests := []struct{ name, src, want string }{
		{"YAML too long", "---\ntitle: " + long + "\n---\n", "1: front matter is not closed within 64 KiB"},
		{"many megabytes", "---\n" + keys(300_000) + "---\n", "1: front matter is not closed within 64 KiB"},
		{"JSON too long", `{"title": "` + long + `"}`, "1: front matter is not closed within 64 KiB"},
		{"YAML keys", "---\n" + keys(DefaultLimits.Keys+1) + "---\n", "1002: front matter has more than 1000 keys"},
		{"TOML keys", "+++\n" + strings.ReplaceAll(keys(DefaultLimits.Keys+1), ":", " =") + "+++\n", "1002: front matter has more than 1000 keys"},
		{"YAML flow depth", "---\na: " + strings.Repeat("[", 20_000) + "\n---\n", "2: front matter is nested deeper than 32 levels"},
		{"YAML map depth", "---\n" + strings.Repeat("{a: ", 9_000) + "\n---\n", "2: front matter is nested deeper than 32 levels"},
		{"YAML block depth", "---\na:\n" + strings.Repeat("- ", 5_000) + "x\n---\n", "3: front matter is nested deeper than 32 levels"},
		{"JSON depth", `{"a": ` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + "}", "1: front matter is nested deeper than 32 levels"},
		{"TOML depth", "+++\na = " + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + "\n+++\n", "2: front matter is nested deeper than 32 levels"},
		{"TOML dotted depth", "+++\n" + strings.Repeat("a.", 9_000) + "b = 1\n+++\n", "2: front matter is nested deeper than 32 levels"},
		{"file name", "", "1: the file's name is not valid UTF-8; hint: rename it"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			name := "a.md"
			if test.src == "" {
				name = "\xff.md"
			}
			want := listing(nil, nil, nil)
			want = "error: " + test.want + "\n" + want
			a, problems := New(testOptions()).Parse(name, []byte(test.src))
			if diff := cmp.Diff(want, listing(a, problems, nil)); diff != "" {
				t.Errorf("Parse of %.40q… (-want +got):\n%s", test.src, diff)
			}
		})
	}
}

// At the limits everything is still read.
func TestParseWithinLimits(t *testing.T) {
	var b strings.Builder
	b.WriteString("---\ntitle: The mill\nnested: " + strings.Repeat("[", DefaultLimits.Depth-1) + "x" + strings.Repeat("]", DefaultLimits.Depth-1) + "\n")
	for i := range DefaultLimits.Keys - 2 {
		fmt.Fprintf(&b, "k%d: 1\n", i)
	}
	b.WriteString("---\n")
	a, problems := New(testOptions()).Parse("a.md", []byte(b.String()))
	if a == nil || len(problems) > 0 || a.Title != "The mill" {
		t.Errorf("Parse = %v, %v, want an article without problems", a, problems)
	}
}
