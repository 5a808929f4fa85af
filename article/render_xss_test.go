package article

import (
	"os"
	"strings"
	"testing"
)

// TestRenderScripts tries the lines of testdata/render/xss.txt, each in Markdown, in MDX and in HTML,
// and all of them together. Whether a script is left is asked of the parsed HTML: see checkHTML.
func TestRenderScripts(t *testing.T) {
	data, err := os.ReadFile("testdata/render/xss.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	p := New(testOptions())
	for _, src := range append(lines, string(data)) {
		for _, path := range []string{"posts/x.md", "posts/x.mdx", "posts/x.html"} {
			a := &Article{Path: path, URL: "https://example.org/posts/x/", bodyLine: 1}
			content, problems := p.Render(a, []byte(src), nil)
			if len(problems) > 0 {
				t.Errorf("%s: %v", path, problems)
			}
			checkHTML(t, content.HTML)
			if t.Failed() {
				t.Fatalf("%s: %.300q became %.300q", path, src, content.HTML)
			}
		}
	}
}
