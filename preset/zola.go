package preset

import (
	"path"
	"regexp"
	"strings"

	"feedmill/article"
)

// zola is https://www.getzola.org/documentation/content/page/. Pages lie in content; those with a
// date are in its feeds. The address is the page's path, else its folders and its slug, which is
// the file's name without a date and in ASCII alone.
var zola = &generator{
	name:   "zola",
	takes:  "pages in content that have a date",
	read:   readZola,
	folder: "content",
	seems:  func(t *tree) bool { return t.frontMatter("+++", zolaKeys) },
	tokens: plainDialect,
	origin: zolaOrigin,
	layout: func(s *site) article.Layout {
		z := newZola(s)
		return article.Layout{
			Static: "static",
			Place:  z.place,
			Link:   z.link,
			Keys:   map[string][]string{"url": {"path"}, "slug": {"slug"}},
			Dated:  true,
			Emoji:  s.values.is("markdown.render_emoji", false),
		}
	},
}

// readZola tells Zola's config.toml from that of Hugo, whose key is baseURL.
func readZola(r *reader) (config, bool) {
	v, ok := r.values("zola.toml")
	if !ok {
		v, ok = r.valuesIf(func(v values) bool { return v["base_url"] != nil }, "config.toml")
	}
	return config{values: v}, ok
}

// zolaKeys are in the front matter of no other generator.
var zolaKeys = regexp.MustCompile(`(?m)^(?:sort_by|paginate_by|page_template|insert_anchor_links|transparent|generate_feeds?)\s*=|^\[(?:taxonomies|extra)\]`)

type zolaSite struct {
	*site
	language  string
	languages values // the others
	slugify   string // "on", "safe" or "off"
	keepDates bool
	ignored   []*regexp.Regexp
	drafts    []string // folders of sections that are drafts
}

func newZola(s *site) *zolaSite {
	v := s.values
	z := &zolaSite{
		site:      s,
		language:  v.text("default_language"),
		languages: v.sub("languages"),
		slugify:   v.text("slugify.paths"),
		keepDates: v.is("slugify.paths_keep_dates", false),
	}
	for _, pattern := range v.texts("ignored_content") {
		z.ignored = append(z.ignored, glob(acrossFolders.Replace(pattern)))
	}
	for _, section := range s.sectionPages() {
		if section.front.is("draft", false) {
			z.drafts = append(z.drafts, section.folder)
		}
	}
	s.say(v.text("title"), v.text("base_url"), z.language, "")
	return z
}

// zolaDate is a date at the start of a name, as Zola reads it; what follows is the slug.
var zolaDate = regexp.MustCompile(`^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?)(?:\s?[_-](.+))?`)

// zolaPage is what Zola makes of a path.
type zolaPage struct {
	folder, name, language, date string
}

// find reads a path; false where no page is.
func (z *zolaSite) find(name string) (p zolaPage, ok bool) {
	file := z.path(name)
	rest, ok := cutFolder(file, "content")
	if !ok || path.Ext(rest) != ".md" || anyGlob(z.ignored, file) || anyGlob(z.ignored, path.Base(file)) {
		return zolaPage{}, false
	}
	for _, folder := range z.drafts {
		if _, in := cutFolder(file, folder); in {
			return zolaPage{}, false
		}
	}
	p.folder, p.name = cutName(rest)
	if stem, language, ok := strings.Cut(p.name, "."); ok && z.languages[language] != nil && language != z.language {
		p.name, p.language = stem, language
	}
	if p.name == "index" && p.folder != "" {
		p.folder, p.name = cutLast(p.folder)
	}
	if m := zolaDate.FindStringSubmatch(p.name); m != nil {
		p.date = m[1]
		if m[2] != "" && !z.keepDates {
			p.name = m[2]
		}
	}
	return p, true
}

func (z *zolaSite) place(name string) (article.Place, bool) {
	p, ok := z.find(name)
	return article.Place{Date: p.date, Language: p.language}, ok
}

func (z *zolaSite) link(page article.Page) string {
	f, ok := z.find(page.Path)
	if !ok { // no article, but what a link names, which begins in that folder
		if f, ok = z.find("content/" + page.Path); !ok {
			return ""
		}
	}
	p := post{Page: page, date: page.Published, section: first(f.folder), folder: f.folder, stem: f.name, name: f.name}
	if p.URL != "" {
		return p.URL + "/"
	}
	if link := z.patternLink(p); link != "" {
		return link
	}
	return literal(join(f.language, f.folder, z.slug(p))) + "/"
}

// slug makes the page's slug by the setting slugify.paths.
func (z *zolaSite) slug(p post) string {
	s := slugElseName(p)
	switch z.slugify {
	case "off":
		return s
	case "safe":
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(`<>:"/\|?*`, r) {
				return -1
			}
			return r
		}, strings.TrimRight(s, " ."))
	}
	slug, whole := asciiSlug(s)
	if !whole {
		p.Warn("Zola writes this name in ASCII, which is not done here; hint: give the page a slug")
		return s
	}
	return slug
}
