package article

import (
	"bytes"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what the tests got as what they want")

// china is a zone that every machine knows, unlike Asia/Shanghai.
var china = time.FixedZone("", 8*60*60)

func testOptions() Options {
	return Options{Site: &url.URL{Scheme: "https", Host: "example.org", Path: "/"}, Zone: china}
}

// TestParse runs the archives in testdata/parse: the comment says what they show and may set
// options, the first file is an article, "want" lists its facts and problems.
func TestParse(t *testing.T) {
	for _, fixture := range fixtures(t, "parse") {
		t.Run(fixture.name, func(t *testing.T) {
			in := fixture.Files[0]
			a, problems := New(fixtureOptions(t, fixture.Comment)).Parse(in.Name, in.Data)
			got := listing(a, problems, in.Data)
			if *update {
				fixture.Files = []txtar.File{in, {Name: "want", Data: []byte(got)}}
				fixture.write(t)
			}
			if diff := cmp.Diff(string(fixture.Files[1].Data), got); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
		})
	}
}

// fixture is an archive in testdata, whose first file is an article.
type fixture struct {
	*txtar.Archive
	name, path string
}

// fixtures reads the archives of a folder in testdata, in which there are some.
func fixtures(t testing.TB, folder string) []fixture {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", folder, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("fixtures: %v, %v", paths, err)
	}
	all := make([]fixture, len(paths))
	for i, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[i] = fixture{archive, strings.TrimSuffix(filepath.Base(path), ".txtar"), path}
	}
	return all
}

func (f fixture) write(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(f.path, txtar.Format(f.Archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// fixtureOptions reads lines such as "site: https://example.net/blog/" of a fixture's comment.
func fixtureOptions(t *testing.T, comment []byte) Options {
	t.Helper()
	o := testOptions()
	for line := range strings.Lines(string(comment)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "site":
			site, err := url.Parse(value)
			if err != nil {
				t.Fatal(err)
			}
			o.Site = site
		case "layout": // own: an address is the author's; mdx: every file is MDX; beside: media lie there; emoji: names are some; attached: what is embedded lies in files, and names are titles, as in a vault of Obsidian; titled: headings are; bundled: relative media are
			o.Layout = Layout{
				Keys: map[string][]string{"url": {"permalink", "path"}},
				Link: func(p Page) string { return p.URL },
			}
			switch value {
			case "own":
			case "attached":
				o.Layout = Layout{Attached: func(string) string { return "files" }, Named: true, Vault: true}
			default:
				o.Layout = Layout{MDX: value == "mdx", Beside: value == "beside", Emoji: value == "emoji", Titled: value == "titled", Bundled: value == "bundled", Static: "static"}
			}
		case "rooted": // the fields of Rooting that are true, in lower case
			is := func(field string) bool { return slices.Contains(strings.Fields(value), field) }
			o.Layout.Rooted = Rooting{is("links"), is("images"), is("relative"), is("image"), is("html"), is("again")}
		case "shown": // a path, and what is there
			at, what, _ := strings.Cut(value, " ")
			o.Shown = func(path string) string {
				if path == at {
					return what
				}
				return ""
			}
		case "protected":
			o.Layout.Protected = strings.Fields(value)
		case "undated":
			o.Undated = value
		case "folder":
			o.Layout.Folder = value
		case "value": // of the site's configuration: its name, and itself
			name, text, _ := strings.Cut(value, " ")
			o.Layout.Site = map[string]string{name: text}
		case "taxonomies":
			o.Taxonomies = strings.Fields(value)
		case "field":
			fact, keys, _ := strings.Cut(value, " ")
			o.Fields = map[string][]string{fact: strings.Fields(keys)}
		}
	}
	return o
}

// listing gives what Parse found in src, a line for each fact that is there.
func listing(a *Article, problems []Problem, src []byte) string {
	var b strings.Builder
	line := func(name string, format string, args ...any) {
		if s := fmt.Sprintf(format, args...); s != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, s)
		}
	}
	date := func(name string, at time.Time) {
		if !at.IsZero() {
			line(name, "%s", at.Format(time.RFC3339))
		}
	}
	for _, p := range problems {
		line(string(p.Severity), "%d: %s", p.Line, p.Message)
	}
	if a == nil {
		return b.String() + "no article\n"
	}
	line("title", "%s", a.Title)
	line("id", "%s", a.ID)
	line("url", "%s", a.URL)
	date("published", a.Published)
	date("updated", a.Updated)
	date("expires", a.Expires)
	if a.Hidden {
		line("hidden", "yes")
	}
	line("summary", "%s", a.Summary)
	for _, author := range a.Authors {
		line("author", "%s", strings.Join(slices.DeleteFunc([]string{author.Name, author.URL, author.Email}, func(s string) bool { return s == "" }), " | "))
	}
	for _, t := range slices.SortedFunc(slices.Values(a.Terms), func(x, y TermNames) int { return strings.Compare(x.Taxonomy, y.Taxonomy) }) {
		line(t.Taxonomy, "%s", strings.Join(t.Names, " | "))
	}
	line("language", "%s", a.Language)
	line("image", "%s", a.Image)
	for _, e := range a.Enclosures {
		line("enclosure", "%s", strings.TrimSpace(fmt.Sprintf("%s %s %d %s", e.URL, e.Type, e.Length, e.Path)))
	}
	if p := a.Podcast; p != nil {
		line("episode", "%s", strings.TrimSpace(fmt.Sprintf("%d of season %d %s", p.Episode, p.Season, p.Type)))
		line("duration", "%s", p.Duration)
		line("explicit", "%s", p.Explicit)
		line("cover", "%s", p.Image)
		for _, t := range append(slices.Clone(p.Transcripts), p.Chapters) {
			if t.URL != "" {
				line("with", "%s", strings.TrimSpace(t.URL+" "+t.Type+" "+t.Language))
			}
		}
	}
	line("source", "%s", a.Source)
	body, _, _ := bytes.Cut(src[a.bodyOffset:], []byte("\n"))
	line("body", "%s", strings.TrimSpace(fmt.Sprintf("line %d %s", a.bodyLine, body)))
	return b.String()
}
