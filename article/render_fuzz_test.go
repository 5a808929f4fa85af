package article

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzHTML states what holds for every body, however broken: see checkHTML, and the same bytes give
// the same content.
func FuzzHTML(f *testing.F) {
	for _, fixture := range fixtures(f, "render") {
		f.Add(filepath.Ext(fixture.Files[0].Name), fixture.Files[0].Data)
	}
	scripts, err := os.ReadFile("testdata/render/xss.txt")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(scripts)) {
		f.Add(".md", []byte(line))
		f.Add(".html", []byte(line))
	}
	f.Add(".md", []byte("> \t$"))
	f.Add(".md", []byte("> \t="))
	p := New(testOptions())
	f.Fuzz(func(t *testing.T, ending string, src []byte) {
		a := &Article{Path: "posts/x" + ending, URL: "https://example.org/posts/x/", bodyLine: 1}
		content, problems := p.Render(a, src, nil)
		checkHTML(t, content.HTML)
		checkText(t, content.Summary)
		for _, problem := range problems {
			inFile := problem.Line >= 1 && problem.Line <= lineCount(src)
			if problem.Severity != Warning || !inFile || strings.Contains(problem.Message, "gave up") {
				t.Errorf("problem %#v of a file of %d lines", problem, lineCount(src))
			}
		}
		if again, _ := p.Render(a, src, nil); again != content {
			t.Errorf("HTML %q, then %q", content.HTML, again.HTML)
		}
	})
}
