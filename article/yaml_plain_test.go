package article

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"feedmill/internal/corpus"
)

// frontOf is the YAML between the fences.
func frontOf(src string) string {
	front, _, _ := strings.Cut(strings.TrimPrefix(src, "---\n"), "\n---\n")
	return front
}

// plainShapes are what [plainYAML] reads, and what looks like it.
var plainShapes = []string{
	frontOf(string(corpus.New(1).Article(0).Append(nil))),
	frontOf(english),
	"a: b\n", "a: b", "a:\n", "a:", "a:b", "a : b", "a:  b  ", "-a: b", "- a", "a", ": a", "#", "# a\na: b", "a: # b", " a: b", "a: b\n c", "a:\n b",
	"a: b\n\n \nc: d", "a: b\n# c\n\nd: e", "a: b\n # c\nd: e", "a: b # c", "a: b#c", "a: b: c", "a: b:", "a: b:c", "a: ? b", "a: - b", "a: /b", "a: .b",
	"a: b\na: b", "a: b\na: c", "a:\na:", "a: b\n---\nc: d", "a: b\n...\n", "%a: b", "{a: b}", "y: n", "null: b", "1: 2", "<<: a", "a: <<", "a-b_c: d", "日: 本", "a: 日本",
	"a: ''", `a: ""`, `a: "b"`, "a: 'b'", `a: "b`, `a: b"`, `a: "b" c`, `a: "b"c"`, `a: "b\"c"`, `a: "b\\c"`, `a: "\u0041"`, "a: 'b''c'", `a: 'b\c'`, `a: "b": c`, `a: "b" # c`,
	`a: "b: c # d"`, "a: \"b\nc\"", "a: \"b  \"", "a: \"\tb\"", "a: b\tc", "a:\tb", "a: \tb", "\ta: b", `a: " b"`, "a: 'b\"c'", `a: "b'c"`,
	"a: [b, c]", "a: []", "a: [ ]", "a: [b,c]", "a: [b,]", "a: [,b]", "a: [b", "a: b]", "a: [b]]", "a: [b] c", "a: [[b]]", `a: ["b", 'c', d, 1, null]`, `a: ["b, c"]`, "a: [b c, d'e]",
	"a: [b?]", "a: [-b]", "a: [b: c]", "a: [b:c]", "a: [b,\n c]", "a: [\"b\"c]", "a: [b #c]", "a: [~]", "a: [true, 1e3]", "a: [*b]", `a: ["b": c]`, "a: [日本, 本]",
	"a:\n- b\n- c\nd: e", "a:\n  - b\n  - c\nd: e", "a:\n- b\n  - c", "a:\n  - b\n- c", "a:\n - b\n\n - c\n", "a:\n- b\n# c\n- d", "a:\n  - b\n# c\n  - d", "a:\n-\n- b", "a:\n- b: c",
	"a:\n- - b", "a:\n-  b", "a:\n-b", "a:\n- [b]", "a:\n- b\n c", "a:\n- \"b\"\n- 'c'\n- 1\n- null", "a: b\n- c", "a: \"b\"\n- c", "a: \n- b", "a:\n\n- b", "a: # c\n- b", "a:\n- ", "a:\n  - b\n c: d",
	"a:\n- '# b'\n- b # c", "a: |\n b", "a: >-\n b", "a: &b c\nd: *b", "a: !!str b", "a: @b", "a: `b`", "a: %b", "a: {b: c}", "a: b\n  - c", "a:\n- b\n\n\n", "\n\na: b", "a:\n    - b\n    - c",
	"a: ~", "a: null", "a: Null", "a: NULL", "a: nULL", "a: true", "a: True", "a: TRUE", "a: tRUE", "a: yes", "a: Yes", "a: no", "a: on", "a: off", "a: y", "a: False",
	"a: 0", "a: 1", "a: -1", "a: +1", "a: 01", "a: 0777", "a: 0o17", "a: 0x1F", "a: 0b101", "a: 1_000", "a: 1_", "a: _1", "a: 1e3", "a: 1.5", "a: .5", "a: 5.", "a: 1.", "a: .inf", "a: -.inf", "a: .nan", "a: inf", "a: NaN",
	"a: 123456789012345678901234567890", "a: 18446744073709551615", "a: 190:20:30", "a: 1,000", "a: 1.2.3", "a: 1e", "a: e3", "a: 0x", "a: 08", "a: 1 2",
	"a: 2020-01-01", "a: 2020-1-1", "a: 2020-13-01", "a: 2020-01-01 10:00:00", "a: 2020-01-01T10:00:00Z", "a: 2020-01-01t10:00:00+08:00", "a: 2020-01-01 10:00", "a: 2020-01-01 10:00:00 +0800", "a: 2020-01-01 10:00:00.5 -1",
	"a: 20200101", "a: 2020/01/01", "a: 10:00", "a: \"2020-01-01 10:00:00\"", "a: =", "a: a=b", "a: http://example.org/", "a: http://example.org/#b", "a: C:", "a: b,c", "a: b]", "a: b}", "a: b'c", "a: b\"c",
	"a:\n  b: c\n  d: e\nf: g", "a:\n  b: c\n d: e", "a:\n b: c\n  d: e", "a:\n  b:\n    c: d\n  e: f", "a:\n  b:\n    c: d\n e: f", "a: b\n  c: d", "a:\n  b: c\n  - d", "a:\n  - b\n  c: d", " a: b\n c: d", " a: b\nc: d", "  a:\n b: c",
	"a:\n  b:\n  - c\n  - d\n  e: f", "a:\n  b:\n    - c\n  e: f\ng: h", "a:\n  # b\n  c: d\n    # e\n  f: g", "a:\n  b: c\n\n  d: e", "a:\n\tb: c", "a:\n  \tb: c", "a:\n  b: c\n  b: c", "a:\n  b: c\n  b: d", "a:\n  b:\n  c: d", "a:\n  b:\nc: d",
	"a:\n- b: c\n  d: e\n- b: f\n  d: g", "a:\n  - b: c\n    d: e\n  - f", "a:\n- b: c\n d: e", "a:\n- b: c\n   d: e", "a:\n- b:\n    c: d\n  e: f", "a:\n- b:\n  - c\n  - d\n  e: f", "a:\n- b:\n- c", "a:\n-   b: c\n    d: e", "a:\n- b: c\n- - d", "a:\n- b: c\nd: e", "a:\n- b: c\n  - d",
	"a:\n  b: [c, d]\n  e: 'f'\n  g: 2020-01-01 10:00", "a:\n  b: |\n    c", "a:\n  b: c\n   d", "a b: c", "a  b: c", "a b : c", "a b:", "a: b\nc d: e", "a -b: c", "a - b: c", "a\n b: c", "a:\n  b c: d", "a:\n- b c: d", "a:\n- b c\n- http://d", "a:\n  b: &c d\ne: *c", "a:\n  <<: b",
	"a:\n - b:\n    c: d\n   e: f", "a:\n - b:\n   - c:\n     - d\n", "a:\n  b:\n    c:\n      d:\n        e: f\n", "a:\n  null: b\n  1: c\n  true: d", "a:\n  b: c\n---\n", "a:\n  ---\n", "a:\n  ? b", "a:\n  b: c\n#\n  d: e\n#\nf: g",
	"a: b\n  c\n   d\ne: f", "a: b\n\n  c", "a: b\n  # c\n  d", "a: b\n  c: d", "a: b:\n  c", "a: b\n  #c", "a: b\n  c # d", "a: b\n  ---", "a: b\n c\n\nd: e", "a: b\n c\n # d\ne: f", "a: 1\n  2", "a: null\n  b", "a: b\n  &c", "a: b\n  \"c\"",
	"a: \"b\n  c\"\nd: e", "a: 'b\n  c'", "a: 'b\n\n  c'", "a: \"b\\\n  c\"", "a: \"b \n c\"", "a: \"b\n# c\"", "a: \"b\n  # c\"", "a: \"b\n\"", "a: \"b\n \"", "a: \"\n b\"", "a: \"b\"\n c", "a: 'b'\n  'c'", "a: [b,\n  c]\nd: e", "a: [\n  b,\n  c\n  ]", "a: [\n  b,\n  c\n]", "a: [b\n  c]", "a: [b]\n  c", "a: [b,\n  - c]",
	"a:\n  b\n  c\nd: e", "a:\n  \"b\"", "a:\n  [b]", "a:\n  b\n c", "a:\n\n  b", "a:\n  # b\n  c", "a:\n- b\n  c\n- d", "a:\n- b\n c\n- d", "a:\n- b\nc", "a:\n  - b\n   c\n  - d", "a:\n- \"b\n  c\"", "a:\n- [b,\n  c]", "a:\n- |\n  b\n- c", "a:\n- >-\n b\n c\n", "a:\n  b:\n    c\n  d: e", "a:\n  |\n  b\n", "a:\n- b\n  - c\n", "a:\n  -b\n", "a:\n  - b\n  c\n",
	"a: |\n  b\n  c\nd: e", "a: |-\n  b\n  c\n", "a: >\n  b\n  c\nd: e", "a: >-\n  b\n  c", "a: |+\n  b\n", "a: |2\n  b\n", "a: | # b\n  c\n", "a: |\nb: c", "a: |\n", "a: |", "a: |\n  b\n   c\n", "a: >\n  b\n   c\n  d\n", "a: |\n   b\n  c\n", "a: |\n  b\n\n  c\n", "a: |\n  b\n\n\nc: d", "a: |\n  b\n  # c\nd: e", "a: |\n  b\n# c\nd: e", "a: |\n  b\n  # c\n", "a: |\n  # b\n  c\n", "a: |\n\n  b\n",
	"a: |\n  b \n  c\n", "a: |\n  b\tc\n", "a: |\n  - b: c\n  - d # e\n", "a: >-\n  \"b\n  c\"\n", "a: |\n  ---\n", "a: >-b\n  c", "a: ||\n  b", "a: |\n  b", "a: |\n b\n \n", "a: >-\n  b  \n", "a: >\n\n", "a:\n  b: >-\n    c\n    d\n  e: f", "a:\n  b: >-\n   c\n  d\n", "a: |\n  b\n\n", "a: >-\n  b\n \n", "a: |\n  b\n    \nc: d",
	`a: "\\"`, `a: "\"`, `a: "b\"`, `a: "\""`, `a: "b\\"c"`, `a: "\n\r"`, `a: "\t"`, `a: "\x41"`, `a: "\101"`, `a: "\/"`, `a: "\ "`, `a: "\e"`, `a: "\0"`, `a: "\u4e2d\u6587"`, `a: "\ud83d\ude00"`, `a: "\u004"`, `a: "\u0000"`, `a: "\U0001f600"`, `a: "日\"本\""`, `a: ''''`, `a: '''`, `a: 'b''''c'`, `a: 'b'''`, `a: '''b'`, `a: ["b\"c", 'd''e']`, "a:\n- \"b\\\"c\"\n- 'd''e'", `a: "b\"c": d`,
	"a: " + strings.Repeat("b", 2000), "a:\n- " + strings.Repeat("b ", 1000), "a: [" + strings.Repeat("b ", 1000) + "]", strings.Repeat("a", 99) + ": b", strings.Repeat("a", 2000) + ": b", "a: [" + strings.Repeat("b, ", 1000) + "b]",
}

// FuzzPlainYAML states that what [plainYAML] reads, [fullYAML] reads the same, and without a word.
func FuzzPlainYAML(f *testing.F) {
	for _, s := range plainShapes {
		f.Add([]byte(s))
	}
	for _, fixture := range fixtures(f, "parse") {
		if front, ok := splitFrontMatter(fixture.Files[0].Data, &report{limits: DefaultLimits}); ok && front.syntax == inYAML {
			f.Add(front.text)
		}
	}
	for _, src := range corpora(f) {
		if front, ok := splitFrontMatter(src, &report{limits: DefaultLimits}); ok && front.syntax == inYAML {
			f.Add(front.text)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		checkPlain(t, src, DefaultLimits)
		checkPlain(t, src, Limits{Keys: 3, Depth: 1})
	})
}

// checkPlain reports whether the YAML is plain, and whether it is then read as it should be.
func checkPlain(t *testing.T, text []byte, limits Limits) bool {
	t.Helper()
	const line = 7
	src, ok := frontMatter{text: text, line: line}.clean(&report{})
	if !ok {
		return false
	}
	have, ok := plainYAML(src, line, limits, nil)
	if !ok {
		return false
	}
	r := &report{limits: limits}
	want, err := fullYAML(src, line, r)
	if err != nil || len(r.problems) > 0 {
		t.Errorf("%q is taken for plain, but there is to say: %v %v", src, err, r.problems)
	}
	if diff := cmp.Diff(want, have, cmp.AllowUnexported(value{}, field{})); diff != "" {
		t.Errorf("%q (-full +plain):\n%s", src, diff)
	}
	return true
}

// TestPlainYAML looks at every article of the real sites in the folder that FEEDMILL_CORPORA names,
// and at what most of them are.
func TestPlainYAML(t *testing.T) {
	if !checkPlain(t, []byte(plainShapes[0]), DefaultLimits) {
		t.Error("the front matter of a newsroom's importer is not plain")
	}
	if !checkPlain(t, []byte("title: A\nauthors:\n  - name: B\n    links:\n      web: https://example.org\ncover:\n  image: c.png\n"), DefaultLimits) {
		t.Error("what stands further in is not plain")
	}
	all, plain := 0, 0
	for name, src := range corpora(t) {
		front, ok := splitFrontMatter(src, &report{limits: DefaultLimits})
		if !ok || front.syntax != inYAML {
			continue
		}
		all++
		if checkPlain(t, front.text, DefaultLimits) {
			plain++
		}
		if t.Failed() {
			t.Fatal(name)
		}
	}
	t.Logf("of %d articles with YAML %d are plain", all, plain)
}

// corpora yields the articles of the real sites, if there are any, by their paths.
func corpora(t testing.TB) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	root := os.Getenv("FEEDMILL_CORPORA")
	if root == "" {
		return found
	}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isArticle(name) {
			return err
		}
		found[name], err = fs.ReadFile(os.DirFS(root), name)
		return err
	})
	if err != nil {
		t.Fatalf("FEEDMILL_CORPORA: %v", err)
	}
	return found
}
