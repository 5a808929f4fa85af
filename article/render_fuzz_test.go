package article

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// FuzzHTML states what holds for every body, however broken: see checkHTML, and the same bytes give
// the same content.
func FuzzHTML(f *testing.F) {
	files, err := filepath.Glob("testdata/render/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(filepath.Ext(archive.Files[0].Name), archive.Files[0].Data)
	}
	p := New(testOptions())
	f.Fuzz(func(t *testing.T, ending string, src []byte) {
		a := &Article{Path: "posts/x" + ending, URL: "https://example.org/posts/x/", bodyLine: 1}
		content, problems := p.Render(a, src)
		checkHTML(t, content.HTML)
		checkText(t, content.Summary)
		for _, problem := range problems {
			if problem.Severity != Warning || problem.Line < 1 || problem.Line > lineCount(src) || strings.Contains(problem.Message, "\n") {
				t.Errorf("problem %#v of a file of %d lines", problem, lineCount(src))
			}
		}
		if again, _ := p.Render(a, src); again != content {
			t.Errorf("HTML %q, then %q", content.HTML, again.HTML)
		}
	})
}
