package preset

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"feedmill/article"
)

// TestSites runs the archives in testdata/sites. The comment names the generator that made the
// addresses, and holds options. Then come the files of a site, "want" with a line for each content
// file, and "problems" where
// those matter. A line is "PATH URL DATE", the date "-" where the generator
// knows none and any will do, or "PATH -" for what is in no feed.
func TestSites(t *testing.T) {
	eachFixture(t, "sites", func(t *testing.T, s fixture, found *Preset) {
		if found.Name != s.generator {
			t.Errorf("Find(%q) = %s, want %s", s.content, found.Name, s.generator)
		}
		addresses, problems := s.list(t, found)
		if diff := cmp.Diff(s.want, addresses); diff != "" {
			t.Errorf("addresses (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(s.problems, problems); s.problems != nil && diff != "" {
			t.Errorf("problems (-want +got):\n%s", diff)
		}
		again, err := Find(Options{Dir: s.content, Name: s.preset, Permalinks: s.permalinks})
		if err != nil {
			t.Fatal(err)
		}
		rendering := func(p *Preset) string {
			return article.New(article.Options{Site: s.site, Layout: p.Layout}).Rendering()
		}
		if one, other := rendering(found), rendering(again); one != other {
			t.Errorf("the same site is rendered in another way by another run: %q, %q", one, other)
		}
	})
}

// eachFixture runs the archives in a folder of testdata, each with what is found for it.
func eachFixture(t *testing.T, folder string, run func(t *testing.T, s fixture, found *Preset)) {
	files, err := filepath.Glob("testdata/" + folder + "/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("fixtures: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			s := readFixture(t, file)
			found, err := Find(Options{Dir: s.content, Name: s.preset, Permalinks: s.permalinks})
			if err != nil {
				t.Fatal(err)
			}
			run(t, s, found)
		})
	}
}

// fixture is an archive of testdata/sites whose files are on disk.
type fixture struct {
	root, content  string // folders
	generator      string
	preset         string
	site           *url.URL
	permalinks     map[string]string
	want, problems []string // lines
}

// parse parses a content file of the fixture, which must be an article.
func (f fixture) parse(t *testing.T, found *Preset, name string) *article.Article {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(f.content, name))
	if err != nil {
		t.Fatal(err)
	}
	a, problems := article.New(article.Options{Site: f.site, Layout: found.Layout}).Parse(name, src)
	if a == nil {
		t.Fatal(problems)
	}
	return a
}

func readFixture(t *testing.T, file string) fixture {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f := fixture{root: t.TempDir(), preset: Auto, permalinks: map[string]string{}}
	archive.Files = slices.DeleteFunc(archive.Files, func(a txtar.File) bool {
		lines := strings.Split(strings.TrimSpace(string(a.Data)), "\n")
		switch a.Name {
		case "want":
			f.want = lines
		case "problems":
			f.problems = lines
		default:
			return false
		}
		return true
	})
	if err := txtar.Write(archive, f.root); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(archive.Comment)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "generator":
			f.generator, _, _ = strings.Cut(value, " ")
		case "content":
			f.content = filepath.Join(f.root, value)
		case "preset":
			f.preset = value
		case "permalink": // of all sections, or "SECTION PATTERN"
			section, pattern, ok := strings.Cut(value, " ")
			if !ok {
				section, pattern = "", value
			}
			f.permalinks[section] = pattern
		case "site_url":
			if f.site, err = url.Parse(value); err != nil {
				t.Fatal(err)
			}
		}
	}
	return f
}

// list gives what the preset makes of the content, in the form of "want" and of "problems". A date
// that is the same moment as wanted is written as there.
func (f fixture) list(t *testing.T, found *Preset) (addresses, problems []string) {
	t.Helper()
	for _, p := range found.Problems {
		problems = append(problems, p.String())
	}
	parser := article.New(article.Options{Site: f.site, Zone: found.Timezone, Layout: found.Layout})
	content := os.DirFS(f.content)
	for _, line := range f.want {
		name, date := cutLine(line)
		src, err := fs.ReadFile(content, name)
		if err != nil {
			t.Fatal(err)
		}
		address := name + " -"
		if parser.IsArticle(name) && !isResource(content, parser, name) {
			a, ps := parser.Parse(name, src)
			for _, p := range ps {
				problems = append(problems, p.String())
			}
			if a != nil && !a.Hidden && (a.Expires.IsZero() || a.Expires.After(time.Now())) {
				address = fmt.Sprintf("%s %s %s", name, a.URL, formatDate(a.Published, date))
			}
		}
		addresses = append(addresses, address)
	}
	return addresses, problems
}

// cutLine gives the path and the date in a line of "want". Only the path may hold blanks.
func cutLine(line string) (name, date string) {
	words := strings.Split(line, " ")
	n := len(words)
	if n > 2 && strings.Contains(words[n-2], "://") {
		return strings.Join(words[:n-2], " "), words[n-1]
	}
	return strings.Join(words[:n-1], " "), ""
}

// formatDate gives t, or the wanted date where that is the same moment or none.
func formatDate(t time.Time, want string) string {
	wanted, err := time.Parse(time.RFC3339, want)
	switch {
	case want == "-", err == nil && wanted.Equal(t):
		return want
	case t.IsZero():
		return "no date"
	}
	return t.Format(time.RFC3339)
}

// isResource reports whether a file belongs to the article that claims its folder, as package
// catalog has it.
func isResource(fsys fs.FS, parser *article.Parser, name string) bool {
	dir := path.Dir(name)
	if slices.Contains(parser.Indexes(), path.Base(name)) {
		dir = path.Dir(dir)
	}
	for ; dir != "."; dir = path.Dir(dir) {
		for _, index := range parser.Indexes() {
			if _, err := fs.Stat(fsys, path.Join(dir, index)); err == nil {
				return true
			}
		}
	}
	return false
}

func TestFindRefuses(t *testing.T) {
	tests := []struct {
		o    Options
		want string
	}{
		{
			Options{Name: "hugoo"},
			`content.preset: want auto or one of hexo, jekyll, astro, docusaurus, zola, hugo, eleventy, obsidian, plain, have "hugoo"`,
		},
		{
			Options{Name: "plain", Permalinks: map[string]string{"": "/:year/:slgu/", "posts": "/:yaer/"}},
			`content.permalink: unknown token :slgu in "/:year/:slgu/": want :day :filename :hour :i_day :i_month :minute :month :path :second :section :sections :slug :title :year
content.permalink: unknown token :yaer in "/:yaer/": want :day :filename :hour :i_day :i_month :minute :month :path :second :section :sections :slug :title :year`,
		},
	}
	for _, test := range tests {
		test.o.Dir = t.TempDir()
		if _, err := Find(test.o); err == nil || err.Error() != test.want {
			t.Errorf("Find(%+v) = %v, want %s", test.o, err, test.want)
		}
	}
}

// TestPreset says what else Find tells of a site.
func TestPreset(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	broken := func(name, file string, line int, message string) Preset {
		return Preset{Name: name, Problems: []article.Problem{{Path: file, Line: line, Severity: article.Error, Message: message}}}
	}
	tests := []struct {
		file, text string
		want       Preset
	}{
		{
			"hugo.toml", "baseURL = 'https://example.org/'\ntitle = 'Pond'\nlanguageCode = 'en-us'\ntimeZone = 'America/New_York'",
			Preset{Name: "hugo", Title: "Pond", BaseURL: "https://example.org/", Language: "en-US", Timezone: newYork},
		},
		{
			"_config.yml", "title: Pond\nurl: https://example.org\nbaseurl: /blog\nlang: de\ntimezone: America/New_York",
			Preset{Name: "jekyll", Title: "Pond", BaseURL: "https://example.org/blog", Language: "de", Timezone: newYork},
		},
		{
			"_config.yml", "title: Pond\nurl: https://example.org\nlanguage: [zh-CN, en]\ntimezone: America/New_York\nper_page: 10",
			Preset{Name: "hexo", Title: "Pond", BaseURL: "https://example.org", Language: "zh-CN", Timezone: newYork},
		},
		{
			"config.toml", "title = 'Pond'\nbase_url = 'https://example.org'\ndefault_language = 'fr'",
			Preset{Name: "zola", Title: "Pond", BaseURL: "https://example.org", Language: "fr"},
		},
		{
			"docusaurus.config.js", "export default {title: 'Pond', url: 'https://example.org', baseUrl: '/', i18n: {defaultLocale: 'sv'}}",
			Preset{Name: "docusaurus", Title: "Pond", BaseURL: "https://example.org/", Language: "sv"},
		},
		{
			"astro.config.mjs", `export default defineConfig({ site: "https://example.org" }) // site: 'no'`,
			Preset{Name: "astro", BaseURL: "https://example.org"},
		},
		{
			"hugo.yaml", "title: [", broken("hugo", "hugo.yaml", 1, "a value is missing; hint: put quotes around one that begins with , ] or }"),
		},
		{
			"config.toml", "title = \"Pond\nbase_url = 'https://example.org'", broken("zola", "config.toml", 1, "basic strings cannot have new lines"),
		},
		{
			"config.yaml", "title: Pond\nbaseURL: https://example.org/\n<<<<<<< HEAD", broken("hugo", "config.yaml", 3, "a line with neither a key nor a colon"),
		},
		{
			"_config.yml", "per_page: 10\ntitle: The Mill: Pond", broken("hexo", "_config.yml", 2, `a colon where no key can stand; hint: put quotes around a value that holds ": ", and look at the indentation`),
		},
		{
			"_config.yml", "title: Pond\ntitle: Mill", broken("jekyll", "_config.yml", 2, `mapping key "title" already defined at line 1`),
		},
		{
			"hugo.json", "{\n\"title\": ]", broken("hugo", "hugo.json", 2, "invalid character ']' looking for beginning of value"),
		},
		{
			"hugo.yaml", "- title", broken("hugo", "hugo.yaml", 1, "want keys with values"),
		},
		{
			"hugo.toml", "timeZone = 'Mars'\n[permalinks]\nposts = '/:nope/:slug/'", Preset{Name: "hugo", Problems: []article.Problem{
				{Path: "hugo.toml", Line: 1, Severity: article.Warning, Message: `unknown time zone "Mars"; it is not used`},
				{Path: "hugo.toml", Line: 3, Severity: article.Warning, Message: `unknown token :nope in "/:nope/:slug/"; the usual addresses are used`},
			}},
		},
		{
			"_config.yml", "permalink: /:nope/:title/", Preset{Name: "jekyll", Problems: []article.Problem{
				{Path: "_config.yml", Line: 1, Severity: article.Warning, Message: `unknown token :nope in "/:nope/:title/"; the usual addresses are used`},
			}},
		},
		{
			"hugo.yaml", "timeZone: Local", Preset{Name: "hugo", Problems: []article.Problem{{Path: "hugo.yaml", Line: 1, Severity: article.Warning, Message: `unknown time zone "Local"; it is not used`}}},
		},
	}
	for _, test := range tests {
		dir := t.TempDir()
		file := filepath.Join(dir, test.file)
		if err := os.WriteFile(file, []byte(test.text), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := Find(Options{Dir: dir, Name: Auto})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{file}, got.Files); diff != "" {
			t.Errorf("Find with %s: files (-want +got):\n%s", test.file, diff)
		}
		if first := filepath.Join(dir, "_config.yml"); !slices.Contains(got.Sought, file) || !slices.Contains(got.Sought, first) {
			t.Errorf("Find with %s: sought %q, want it and %s among them", test.file, got.Sought, first)
		}
		if got.Takes == "" {
			t.Errorf("Find with %s: does not say what it makes articles of", test.file)
		}
		got.Takes, got.Layout, got.Files, got.Sought, got.Origin = "", article.Layout{}, nil, nil, Origin{} // see [TestOrigins]
		if diff := cmp.Diff(&test.want, got, cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })); diff != "" {
			t.Errorf("Find with %s of %q (-want +got):\n%s", test.file, test.text, diff)
		}
	}
}

// TestSought says that a change of what leaves articles out is noticed, and that it comes into being.
func TestSought(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".eleventy.js"), []byte("module.exports = {dir: {input: 'src'}}"), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := Find(Options{Dir: dir, Name: Auto})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{".eleventyignore", "src/.eleventyignore", ".gitignore"} {
		if file := filepath.Join(dir, name); !slices.Contains(got.Sought, file) {
			t.Errorf("Find: sought %q, want %s among them", got.Sought, file)
		}
	}
}

// TestReader says which files are not read.
func TestReader(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(t.TempDir(), "secret.toml")
	for file, size := range map[string]int{secret: 10, filepath.Join(dir, "large.toml"): maxFile + 1, filepath.Join(dir, "full.toml"): maxFile} {
		if err := os.WriteFile(file, []byte(strings.Repeat("#", size)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(secret, filepath.Join(dir, "link.toml")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("full.toml", filepath.Join(dir, "within.toml")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder.toml"), 0o755); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		ok      bool
		problem string
	}{
		{"full.toml", true, ""},
		{"large.toml", true, dir + "/large.toml:1: larger than 1 MiB"},
		{"within.toml", true, ""},
		{"link.toml", true, dir + "/link.toml:1: warning: is a link that leads out of its folder or to no file, and is not followed"},
		{"folder.toml", false, ""},
		{"missing.toml", false, ""},
	}
	for _, test := range tests {
		r := &reader{dir: dir, sought: map[string]bool{}}
		text, ok := r.text(test.name)
		problem := ""
		for _, p := range r.problems {
			problem += p.String()
		}
		if ok != test.ok || problem != test.problem || problem != "" && text != "" {
			t.Errorf("text(%q) = %d bytes, %v, problem %q, want %v, problem %q", test.name, len(text), ok, problem, test.ok, test.problem)
		}
	}
}
