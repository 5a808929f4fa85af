package article

import (
	"errors"
	"strings"
	"testing"
)

// TestRenderBounds gives Render a mebibyte of what takes other programs for ever. It becomes plain
// text, with a warning.
func TestRenderBounds(t *testing.T) {
	const size = 1 << 20
	p := New(testOptions())
	for _, unit := range []string{
		"[a](", "> ", ">", "- ", "* ", "1. ", "> - ", "[^a]: ", "*a**b", "[a](<", "[a](b (\n", "[a]: b \"\n",
		"[^a]", "x|y|\n-|-|\n", "<b>", "<x>", ": ",
	} {
		src := "first line\n\n" + strings.Repeat(unit, size/len(unit)) + "last"
		a := &Article{Path: "posts/x.md", URL: "https://example.org/posts/x/", bodyLine: 5}
		content, problems := p.Render(a, []byte(src), nil)
		if len(problems) != 1 || problems[0].Severity != Warning || problems[0].Line < 5 {
			t.Errorf("many %q: problems %v, want a warning", unit, problems)
		}
		if !strings.HasPrefix(content.HTML, "<p>first line</p>") || strings.Count(content.HTML, "<") > 4 {
			t.Errorf("many %q became %.100q, want plain text", unit, content.HTML)
		}
	}
}

func TestCheckBounds(t *testing.T) {
	wide := strings.Repeat("|a", 1000) + "\n" + strings.Repeat("|-", 1000) + "\n"
	for _, test := range []struct {
		name, body string
		line       int // -1 means within the bounds
	}{
		{"prose", strings.Repeat("The *mill* turns [again](/x), `now`.\n\n", 20_000), -1},
		{"one paragraph", strings.Repeat("The *mill* turns [again](/x).\n", 5_000), -1},
		{"a long line", strings.Repeat("The *mill* turns [again](/x). ", 2_000), -1},
		{"a list", strings.Repeat("- **name**: [a](b) _c_ `d`\n", 10_000), -1},
		{"a table", "| a | b |\n|---|---|\n" + strings.Repeat("| **c** | [d](e) [f](g) |\n", 3_000), -1},
		{"a wide table", wide + strings.Repeat("x\n", 100), -1},
		{"references", strings.Repeat("[a]: https://example.net/a\n", 10_000), -1},
		{"data", "```\n" + strings.Repeat("snake_case_a,snake_case_b,[1]\n", 20_000) + "```\n", -1},
		{"a table of text", "```\n" + strings.Repeat(strings.Repeat("-", 80)+"\n"+"a  b\n", 3_000) + "```\n", -1},
		{"a rule", strings.Repeat("- ", 40) + "\n", -1},
		{"deep lists", strings.Repeat(" ", 60) + "- a\n", -1},
		{"too deep", "a\n" + strings.Repeat("> ", 101) + "b\n", 1},
		{"too deep by blanks", "a\n\n" + strings.Repeat(" ", 300) + "- b\n", 2},
		{"too wide a table", wide + strings.Repeat("x\n", 1000), 498},
		{"too many notes", strings.Repeat("[^a] b\n", 6_000), 5_000},
	} {
		err := checkBounds(test.body, int(DefaultLimits.Render))
		bound, over := errors.AsType[*boundError](err)
		if over != (test.line >= 0) || over && bound.line != test.line {
			t.Errorf("%s: checkBounds = %v, want line %d", test.name, err, test.line)
		}
	}
}
