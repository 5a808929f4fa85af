package preset

import (
	"cmp"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"feedmill/article"
)

// docusaurus is https://docusaurus.io/docs/blog. Posts are what its blog plugins read; documents are
// none. The address is the blog's route and the post's slug, else the date in the post's path, its
// folders and its name.
var docusaurus = &generator{
	name:  "docusaurus",
	takes: "files in the folder of its blog",
	read: readScript("docusaurus.config.ts", "docusaurus.config.js", "docusaurus.config.mjs",
		"docusaurus.config.cjs", "docusaurus.config.mts", "docusaurus.config.cts"),
	folder: "blog",
	seems: func(t *tree) bool {
		return t.has("/website/blog/") || t.has("/blog/authors.yml") || t.has("/docusaurus-plugin-content-blog")
	},
	tokens: plainDialect,
	origin: docusaurusOrigin,
	layout: func(s *site) article.Layout {
		d := newDocusaurus(s)
		return article.Layout{
			Static:  "static",
			Place:   d.place,
			Link:    d.link,
			Keys:    map[string][]string{"slug": {"slug"}},
			Authors: d.authors,
			Tags:    d.tags,
			MDX:     scriptValue(s.script, "format") != "md" && scriptValue(s.script, "format") != "detect",
			Titled:  true,
			Bundled: true,
			Emoji:   scriptValue(s.script, "emoji") != "false",
			Rooted:  article.Rooting{Links: true, Images: true, Image: true},
		}
	},
}

type docusaurusSite struct {
	*site
	blogs         []docusaurusBlog
	language      string
	authors       map[string]article.Author
	tags          map[string]string
	trailingSlash string // "true", "false", or "" for addresses as they come
}

// docusaurusBlog is what one blog plugin reads in one language.
type docusaurusBlog struct {
	path, route string
	language    string // of a translation; "" for the site's own
	files       filter
}

// The patterns of a blog that has none of its own.
var (
	docusaurusInclude = []string{"**/*.{md,mdx}"}
	docusaurusExclude = []string{"**/_*.{js,jsx,ts,tsx,md,mdx}", "**/_*/**", "**/__tests__/**"}
)

var (
	presetBlog = regexp.MustCompile(`[\s{,]blog\s*:\s*(false\b)?`)
	pluginBlog = regexp.MustCompile(`plugin-content-blog['"]`)
)

func newDocusaurus(s *site) *docusaurusSite {
	d := &docusaurusSite{
		site:          s,
		language:      scriptValue(s.script, "defaultLocale"),
		authors:       map[string]article.Author{},
		tags:          map[string]string{},
		trailingSlash: scriptSays(s.script, "trailingSlash"),
	}
	for _, options := range docusaurusBlogs(s.script) {
		d.addBlog(options)
	}
	s.say(scriptSays(s.script, "title"), scriptSays(s.script, "url")+scriptSays(s.script, "baseUrl"), d.language, "")
	return d
}

// docusaurusBlogs gives the options of all blog plugins.
func docusaurusBlogs(script string) []string {
	all := scriptBlocks(script, pluginBlog)
	switch m := presetBlog.FindStringSubmatch(script); {
	case m != nil && m[1] == "":
		all = append(all, scriptBlocks(script, presetBlog)[0])
	case m == nil && all == nil:
		all = []string{""}
	}
	return all
}

// docusaurusPlace gives the folder of a blog with these options, and where it is published.
func docusaurusPlace(options string) (folder, route string) {
	return clean(cmp.Or(scriptValue(options, "path"), "blog")), cmp.Or(scriptValue(options, "routeBasePath"), "blog")
}

// addBlog adds the blog with these options, and its translations.
func (d *docusaurusSite) addBlog(options string) {
	blog := docusaurusBlog{files: newFilter(d.scriptPatterns(options, "include", docusaurusInclude))}
	for _, pattern := range d.scriptPatterns(options, "exclude", docusaurusExclude) {
		blog.files.exclude = append(blog.files.exclude, deepGlobs(pattern)...)
	}
	blog.path, blog.route = docusaurusPlace(options)
	d.blogs = append(d.blogs, blog)
	maps.Copy(d.authors, d.data(join(blog.path, cmp.Or(scriptValue(options, "authorsMapPath"), "authors.yml"))).authors())
	for key, tag := range d.data(join(blog.path, cmp.Or(scriptValue(options, "tags"), "tags.yml"))) {
		d.tags[key] = cmp.Or(asMap(tag).text("label"), key)
	}

	folder := "docusaurus-plugin-content-blog"
	if id := scriptValue(options, "id"); id != "" && id != "default" {
		folder += "-" + id
	}
	for _, locale := range scriptList(d.script, "locales") {
		blog.path, blog.language = join("i18n", locale, folder), locale
		d.blogs = append(d.blogs, blog)
	}
}

// docusaurusName is a path with a date in it, as the blog plugin reads it.
var docusaurusName = regexp.MustCompile(`^(.*)(\d{4}[-/]\d{1,2}[-/]\d{1,2})[-/]?(.*?)(?:/index)?$`)

// find gives the blog that a file is a post of, and its path there without the ending.
func (d *docusaurusSite) find(name string) (blog docusaurusBlog, stem string, ok bool) {
	file := d.path(name)
	i := slices.IndexFunc(d.blogs, func(b docusaurusBlog) bool {
		rest, in := cutFolder(file, b.path)
		stem = strings.TrimSuffix(rest, path.Ext(rest))
		return in && b.files.takes(rest)
	})
	if ending := path.Ext(file); i < 0 || ending != ".md" && ending != ".mdx" {
		return docusaurusBlog{}, "", false
	}
	return d.blogs[i], stem, true
}

func (d *docusaurusSite) place(name string) (article.Place, bool) {
	blog, stem, ok := d.find(name)
	place := article.Place{Language: blog.language}
	if m := docusaurusName.FindStringSubmatch(stem); m != nil {
		place.Date = strings.ReplaceAll(m[2], "/", "-")
	}
	return place, ok
}

func (d *docusaurusSite) link(page article.Page) string {
	blog, stem, _ := d.find(page.Path)
	p := newPost(page, stem+".md")
	p.section = blog.path
	slug := p.Slug
	if slug == "" {
		if link := d.patternLink(p); link != "" {
			return link
		}
		slug = literal(docusaurusSlug(stem))
	}
	link := blog.route + "/" + slug
	if blog.language != d.language {
		link = blog.language + "/" + link
	}
	switch d.trailingSlash {
	case "true":
		link += "/"
	case "false":
		link = strings.TrimSuffix(link, "/")
	}
	return link
}

// docusaurusSlug is the slug that a path stands for.
func docusaurusSlug(stem string) string {
	if m := docusaurusName.FindStringSubmatch(stem); m != nil {
		return strings.ReplaceAll(m[2], "-", "/") + "/" + m[1] + m[3]
	}
	return strings.TrimSuffix(stem, "/index")
}
