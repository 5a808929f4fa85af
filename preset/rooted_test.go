package preset

import (
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"feedmill/article"
)

// TestRooted asks before which addresses the site's folder is written, as each generator's configuration
// says.
func TestRooted(t *testing.T) {
	none := article.Rooting{}
	for _, c := range []struct {
		preset, files string
		want          article.Rooting
	}{
		{"docusaurus", "-- docusaurus.config.js --\nmodule.exports = {baseUrl: '/a/'};", article.Rooting{Links: true, Images: true, Image: true}},
		{"hexo", "-- _config.yml --\nper_page: 10\nroot: /a/", article.Rooting{Images: true, Relative: true, Again: true}},
		{"hexo", "-- _config.yml --\nper_page: 10\npost_asset_folder: true", article.Rooting{Images: true, Again: true}},
		{"hexo", "-- _config.yml --\nper_page: 10\nrelative_link: true", none},
		{"hexo", "-- _config.yml --\nper_page: 10\nmarked: {prependRoot: false}", none},
		{"hexo", "-- _config.yml --\nper_page: 10\nroot: /a/\n" + hexoPlugin("marked"), article.Rooting{Images: true, Relative: true, Again: true}},
		{"hexo", "-- _config.yml --\nper_page: 10\nroot: /a/\n" + hexoPlugin("markdown-it"), none},
		{"hexo", "-- _config.yml --\nper_page: 10\nmarkdown: {images: {prepend_root: true}}\n" + hexoPlugin("markdown-it"), article.Rooting{Images: true, Relative: true, Again: true}},
		{"hugo", "-- hugo.toml --\nbaseURL = 'https://example.org/a/'", none},
		{"hugo", "-- hugo.toml --\ncanonifyURLs = true", article.Rooting{HTML: true}},
		{"hugo", "-- hugo.toml --\ncanonifyURLs = true\nrelativeURLs = true", article.Rooting{HTML: true, Again: true}},
		{"eleventy", "-- eleventy.config.js --\nexport default (c) => ({pathPrefix: '/a/'});", none},
		{"eleventy", "-- eleventy.config.js --\nexport default (c) => { c.addPlugin(HtmlBasePlugin); };", article.Rooting{HTML: true, Again: true}},
		{"jekyll", "-- _config.yml --\nbaseurl: /a", none},
		{"zola", "-- config.toml --\nbase_url = 'https://example.org/a'", none},
		{"astro", "-- astro.config.mjs --\nexport default {base: '/a'};", none},
	} {
		dir := t.TempDir()
		if err := txtar.Write(txtar.Parse([]byte(c.files)), dir); err != nil {
			t.Fatal(err)
		}
		found, err := Find(Options{Dir: dir, Name: c.preset})
		if err != nil {
			t.Fatal(err)
		}
		if found.Layout.Rooted != c.want {
			t.Errorf("%s, %q: have %+v, want %+v", c.preset, c.files, found.Layout.Rooted, c.want)
		}
	}
}

func hexoPlugin(renderer string) string {
	return `-- package.json --
{"dependencies": {"hexo": "*", "hexo-renderer-` + renderer + `": "*"}}
`
}
