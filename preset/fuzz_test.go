package preset

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"feedmill/article"
)

// FuzzFind reads any text as any generator's configuration, and any file of that site: nothing
// panics, and every article has an address on the site or on another host.
func FuzzFind(f *testing.F) {
	configurations := []string{
		"hugo.toml", "hugo.yaml", "_config.yml", "zola.toml", "docusaurus.config.js", "astro.config.mjs", "eleventy.config.js", "content/_index.md",
	}
	f.Add(uint8(0), "[permalinks]\nposts = '/:sections[1:]/:year/:title'", "content/posts/a.b.md", "---\nslug: x\nurl: /:year/:slug\n---\n")
	f.Add(uint8(1), "module: {mounts: [{source: content, target: content/a, lang: en}]}\nignoreFiles: ['[']", "content/{{/index.md", "---\ndate: 2024\n---\n")
	f.Add(uint8(2), "permalink: /:categories/:title:output_ext\ndefaults: [{scope: {path: '**'}, values: {permalink: ':year_'}}]", "_posts/24-1-1-x.md", "---\ncategories: a b\n---\n")
	f.Add(uint8(2), "new_post_name: ':year-:title-:title.md'\npermalink: ':hash/:category'", "source/_posts/2024-a.md", "---\ncategories: [[a], [b, c]]\n---\n")
	f.Add(uint8(3), "ignored_content = ['{{[a-']", "content/2024-01-01T00:00:00Z-x.fr.md", "+++\npath = 'a b/'\n+++\n")
	f.Add(uint8(4), "{presets: [['x', {blog: {path: '../x', exclude: ['{']}}]], i18n: {locales: ['a', 'b']}}", "blog/2024/1/1/index.mdx", "---\nslug: //\n---\n")
	f.Add(uint8(5), "const a = defineCollection({loader: glob({base: './x', pattern: '[^_'})", "x/a.md", "Text.")
	f.Add(uint8(6), "{dir: {input: '.', includes: '/'}}", "2024-01-01-a/index.md", "---\npermalink: '{{ page.date | date: \"%Y\" }}/{{ x'\n---\n")
	f.Add(uint8(7), "---\ncascade: [{target: {path: '{'}, draft: true}]\n---\n", "content/a/b.md", "---\ntitle: x\n---\n")
	site := &url.URL{Scheme: "https", Host: "example.org", Path: "/blog/"}
	f.Fuzz(func(t *testing.T, which uint8, configuration, name, src string) {
		dir := t.TempDir()
		file := filepath.Join(dir, configurations[int(which)%len(configurations)])
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(configuration), 0o644); err != nil {
			t.Fatal(err)
		}
		found, err := Find(Options{Dir: dir, Name: Auto})
		if err != nil {
			t.Fatal(err)
		}
		parser := article.New(article.Options{Site: site, Zone: found.Timezone, Layout: found.Layout})
		if !filepath.IsLocal(name) || filepath.Clean(name) != name || !parser.IsArticle(name) {
			return
		}
		a, _ := parser.Parse(name, []byte(src))
		if a == nil {
			return
		}
		u, err := url.Parse(a.URL)
		if err != nil || !u.IsAbs() || u.Host == site.Host && !strings.HasPrefix(u.Path, site.Path) && found.Name != "plain" {
			t.Errorf("%s with %q: Parse(%q, %q) has URL %q", found.Name, configuration, name, src, a.URL)
		}
	})
}
