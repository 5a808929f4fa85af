package article

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestRender runs the archives in testdata/render: the comment says what they show and may set
// options, the first file is an article, "html" and "summary" are what becomes of its body, and
// "problems" what is told of it.
func TestRender(t *testing.T) {
	for _, fixture := range fixtures(t, "render") {
		t.Run(fixture.name, func(t *testing.T) {
			in := fixture.Files[0]
			o := fixtureOptions(t, fixture.Comment)
			p := New(o)
			a, problems := p.Parse(in.Name, in.Data)
			if a == nil {
				t.Fatal(problems)
			}
			content, problems := p.Render(a, in.Data, fixtureLinks(t, fixture.Comment, a))
			checkHTML(t, content.HTML)
			got := []txtar.File{
				{Name: "html", Data: []byte(line(content.HTML))},
				{Name: "summary", Data: []byte(line(content.Summary))},
			}
			for i, problem := range problems {
				if i == 0 {
					got = append(got, txtar.File{Name: "problems"})
				}
				got[2].Data = fmt.Appendln(got[2].Data, problem)
			}
			if *update {
				fixture.Files = append(fixture.Files[:1], got...)
				fixture.write(t)
			}
			if diff := cmp.Diff(texts(fixture.Files[1:]), texts(got)); diff != "" {
				t.Errorf("content (-want +got):\n%s", diff)
			}
		})
	}
}

// line ends s with a line break, as every file of an archive ends.
func line(s string) string {
	if s == "" || strings.HasSuffix(s, "\n") {
		return s
	}
	return s + "\n"
}

func texts(files []txtar.File) map[string]string {
	m := map[string]string{}
	for _, f := range files {
		m[f.Name] = string(f.Data)
	}
	return m
}

// fixtureLinks reads the lines "resolve: NAME URL" of a fixture's comment. The article must refer to
// every name there.
func fixtureLinks(t *testing.T, comment []byte, a *Article) map[string]string {
	links := map[string]string{}
	for line := range strings.Lines(string(comment)) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "resolve: "); ok {
			i := strings.LastIndexByte(rest, ' ')
			if !slices.Contains(a.Refs, rest[:i]) {
				t.Errorf("Refs = %q, want %q among them", a.Refs, rest[:i])
			}
			links[rest[:i]] = rest[i+1:]
		}
	}
	return links
}
