package preset

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"feedmill/article"
)

// TestSites runs the archives in testdata/sites: files of a site, then "want" with a line for each
// content file: "PATH URL DATE", the date "-" where the generator knows none, or "PATH -" for what is
// in no feed. The comment names the generator and may set options.
func TestSites(t *testing.T) {
	files, err := filepath.Glob("testdata/sites/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("fixtures: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			n := len(archive.Files) - 1
			want := archive.Files[n]
			archive.Files = archive.Files[:n]
			root := t.TempDir()
			if err := txtar.Write(archive, root); err != nil {
				t.Fatal(err)
			}
			s := readSettings(t, archive.Comment)
			found, err := Find(Options{Dir: filepath.Join(root, s.content), Name: s.preset, Permalinks: s.permalinks})
			if err != nil {
				t.Fatal(err)
			}
			if generator, _, _ := strings.Cut(s.generator, " "); found.Name != generator {
				t.Errorf("Find(%q) = %s, want %s", s.content, found.Name, generator)
			}
			if diff := cmp.Diff(string(want.Data), listing(t, filepath.Join(root, s.content), s.site, found, string(want.Data))); diff != "" {
				t.Errorf("addresses (-want +got):\n%s", diff)
			}
		})
	}
}

// settings are the lines "key: value" of a fixture's comment.
type settings struct {
	generator, content, preset string
	site                       *url.URL
	permalinks                 map[string]string
}

func readSettings(t *testing.T, comment []byte) settings {
	t.Helper()
	s := settings{preset: Auto, permalinks: map[string]string{}}
	for line := range strings.Lines(string(comment)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "generator":
			s.generator = value
		case "content":
			s.content = value
		case "preset":
			s.preset = value
		case "permalink":
			section, pattern, _ := strings.Cut(value, " ")
			s.permalinks[strings.TrimSuffix(section, ":")] = pattern
		case "site_url":
			u, err := url.Parse(value)
			if err != nil {
				t.Fatal(err)
			}
			s.site = u
		}
	}
	return s
}

// listing gives what the layout makes of every content file in dir, in the form of "want". Dates
// that are the same moments as wanted are written as there.
func listing(t *testing.T, dir string, site *url.URL, found *Preset, want string) string {
	t.Helper()
	parser := article.New(article.Options{Site: site, Zone: found.Timezone, Layout: found.Layout})
	var lines []string
	fsys := os.DirFS(dir)
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".md", ".markdown", ".mdown", ".mdx", ".html"}, strings.ToLower(filepath.Ext(name))) {
			return err
		}
		if i := slices.IndexFunc(strings.Split(want, "\n"), func(line string) bool { return strings.HasPrefix(line, name+" ") }); i < 0 {
			return nil
		}
		lines = append(lines, name+" -\n")
		if !parser.IsArticle(name) || isResource(fsys, parser.Indexes(), name) {
			return nil
		}
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		a, _ := parser.Parse(name, src)
		if a == nil || a.Hidden || !a.Expires.IsZero() && a.Expires.Before(time.Now()) {
			return nil
		}
		date := "-"
		if !a.Published.IsZero() {
			date = a.Published.Format(time.RFC3339)
		}
		line := fmt.Sprintf("%s %s %s\n", name, a.URL, date)
		for w := range strings.Lines(want) {
			if rest, ok := strings.CutPrefix(strings.TrimSpace(w), name+" "+a.URL+" "); ok {
				wanted, err := time.Parse(time.RFC3339, rest)
				if rest == "-" || err == nil && wanted.Equal(a.Published) {
					line = w
				}
			}
		}
		lines[len(lines)-1] = line
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// isResource reports whether a file belongs to the bundle of another.
func isResource(fsys fs.FS, indexes []string, name string) bool {
	for dir := filepath.Dir(name); ; dir = filepath.Dir(dir) {
		for _, index := range indexes {
			owner := filepath.Join(dir, index)
			if _, err := fs.Stat(fsys, owner); err == nil && filepath.Dir(owner) != filepath.Dir(name) {
				return true
			} else if err == nil && !slices.Contains(indexes, filepath.Base(name)) {
				return true
			}
		}
		if dir == "." {
			return false
		}
	}
}
