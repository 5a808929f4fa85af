package preset

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"feedmill/article"
)

// TestNames runs the archives in testdata/names, which are like those of [TestSites] but for the
// lines of "want": the path of an article, its authors and their pages, and its tags.
func TestNames(t *testing.T) {
	files, err := filepath.Glob("testdata/names/*.txtar")
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
				name, _, _ := strings.Cut(line, " ")
				src, err := fs.ReadFile(os.DirFS(s.content), name)
				if err != nil {
					t.Fatal(err)
				}
				a, problems := parser.Parse(name, src)
				if a == nil {
					t.Fatal(problems)
				}
				got = append(got, fmt.Sprint(name, " ", a.Authors, " ", a.Terms.Of("tags")))
			}
			if diff := cmp.Diff(s.want, got); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
		})
	}
}
