package preset

import (
	"io/fs"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"feedmill/article"
)

// FuzzLayout lays out a site of any generator by any configuration, and any article of it: nothing
// panics, and the article has an address on the site or on another host.
func FuzzLayout(f *testing.F) {
	for _, seed := range []struct{ generator, configuration, name, src string }{
		{"hugo", `permalinks: {posts: "/:sections[1:]/:year/:title"}`, "content/posts/a.b.md", "---\nslug: x\nurl: /:year/:slug\n---\n"},
		{"hugo", `{module: {mounts: [{source: content, target: content/a, lang: en}]}, ignoreFiles: ["["]}`, "content/{{/index.md", "---\ndate: 2024\n---\n"},
		{"hugo", `cascade: [{target: {path: "{"}, draft: true}]`, "content/a/_index.md", "---\ncascade: {a: b}\n---\n"},
		{"hugo", `{languages: {fr: {baseURL: x, contentDir: ../y}}, uglyURLs: {a: true}}`, "y/a/b.fr.md", "Text."},
		{"jekyll", `{permalink: "/:categories/:title:output_ext", defaults: [{scope: {path: "**"}, values: {permalink: ":year_"}}]}`, "_posts/24-1-1-x.md", "---\ncategories: a b\n---\n"},
		{"jekyll", `{collections: {a: {output: true}}, feed: {collections: [a]}, exclude: ["*"]}`, "_a/x.md", "---\n---\n"},
		{"hexo", `{new_post_name: ":year-:title-:title.md", permalink: ":hash/:category"}`, "source/_posts/2024-a.md", "---\ncategories: [[a], [b, c]]\n---\n"},
		{"zola", `{ignored_content: ["{{[a-"], languages: {fr: {}}}`, "content/2024-01-01T00:00:00Z-x.fr.md", "+++\npath = 'a b/'\n+++\n"},
		{"docusaurus", `{blog: {path: '../x', exclude: ['{']}}, i18n: {locales: ['a', 'b']}}`, "blog/2024/1/1/index.mdx", "---\nslug: //\n---\n"},
		{"astro", `const a = defineCollection({loader: glob({base: './x', pattern: '[^_'})`, "x/a.md", "Text."},
		{"eleventy", `{dir: {input: '.', includes: '/'}}`, "2024-01-01-a/index.md", "---\npermalink: '{{ page.date | date: \"%Y\" }}/{{ x'\n---\n"},
		{"obsidian", `folder: a`, "a b+c%/d.md", "Text."},
		{"plain", ``, "a/b.md", "---\npermalink: /:year/:none/\n---\n"},
	} {
		f.Add(seed.generator, seed.configuration, seed.name, seed.src)
	}
	base := &url.URL{Scheme: "https", Host: "example.org", Path: "/blog/"}
	f.Fuzz(func(t *testing.T, name, configuration, file, src string) {
		for _, g := range generators {
			if g.name != name || !fs.ValidPath(file) {
				continue
			}
			s := &site{generator: g, content: fstest.MapFS{file: {Data: []byte(src)}}, dir: "/srv/site", sought: map[string]bool{}}
			s.values, _, _ = decode(".yaml", configuration)
			s.script = withoutComments(configuration)
			parser := article.New(article.Options{Site: base, Layout: g.layout(s)})
			if !parser.IsArticle(file) {
				return
			}
			a, _ := parser.Parse(file, []byte(src))
			if a == nil {
				return
			}
			u, err := url.Parse(a.URL)
			if err != nil || !u.IsAbs() || u.Host == base.Host && g != plain && !strings.HasPrefix(u.Path, base.Path) {
				t.Errorf("%s of %q: Parse(%q, %q) has URL %q", name, configuration, file, src, a.URL)
			}
		}
	})
}
