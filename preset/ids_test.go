package preset

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"feedmill/article"
)

// TestIDs runs the archives in testdata/ids, which are like those of [TestSites] but for the lines of
// "want": the path of an article, and what the generator's own feed knows it by.
func TestIDs(t *testing.T) {
	files, err := filepath.Glob("testdata/ids/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("fixtures: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			s := readFixture(t, file)
			found, err := Find(Options{Dir: s.content, Name: s.preset})
			if err != nil {
				t.Fatal(err)
			}
			parser := article.New(article.Options{Site: s.site, Layout: found.Layout})
			var got []string
			for _, line := range s.want {
				name := line[:strings.LastIndex(line, " ")]
				src, err := fs.ReadFile(os.DirFS(s.content), name)
				if err != nil {
					t.Fatal(err)
				}
				a, problems := parser.Parse(name, src)
				if a == nil {
					t.Fatal(problems)
				}
				got = append(got, name+" "+cmp.Or(a.ID, a.URL))
			}
			if diff := gocmp.Diff(s.want, got); diff != "" {
				t.Errorf("ids (-want +got):\n%s", diff)
			}
		})
	}
}
