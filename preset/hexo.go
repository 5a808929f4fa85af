package preset

import (
	"cmp"
	"crypto/sha1"
	"encoding/hex"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"feedmill/article"
)

// hexo is https://hexo.io/docs/permalinks. Posts lie in source/_posts, at any depth. The address is
// the post's permalink, else the site's pattern with the post's own front matter as tokens.
var hexo = &generator{
	name:   "hexo",
	takes:  "files in the folder _posts of its source",
	read:   readHexo,
	folder: "source/_posts",
	seems:  seemsHexo,
	tokens: dialect{tokens: hexoTokens, others: new(hexoSite).others(nil)},
	origin: hexoOrigin,
	layout: func(s *site) article.Layout {
		h := newHexo(s)
		l := article.Layout{
			Place:  h.place,
			Link:   h.link,
			Keys:   map[string][]string{"url": {"permalink"}},
			Emoji:  hexoEmoji(s.values),
			Rooted: h.rooting(),
		}
		for _, tag := range asList(s.values.at("encrypt.tags")) { // of hexo-blog-encrypt
			l.Protected = append(l.Protected, asMap(tag).text("name"))
		}
		if s.preset.Timezone != nil {
			l.Time = hexoTime
		}
		return l
	},
}

// hexoEmoji reports whether one of the plugins that show emoji is set up.
func hexoEmoji(v values) bool {
	return v.is("githubEmojis.enable", false) || v.is("emoji.enable", false) || slices.ContainsFunc(asList(v.at("markdown.plugins")), func(p any) bool {
		return strings.Contains(cmp.Or(asText(p), asMap(p).text("name")), "markdown-it-emoji")
	})
}

// hexoKeys are in no _config.yml of Jekyll, jekyllKeys in none of Hexo.
var hexoKeys = []string{"source_dir", "public_dir", "new_post_name", "default_category", "post_asset_folder", "skip_render", "pretty_urls", "per_page", "index_generator"}

var jekyllKeys = []string{"source", "destination", "plugins_dir", "layouts_dir", "collections_dir"}

// readHexo tells Hexo's _config.yml from that of Jekyll.
func readHexo(r *reader) (config, bool) {
	v, ok := r.valuesIf(func(v values) bool {
		has := func(key string) bool { return v.get(key) != nil }
		return slices.ContainsFunc(hexoKeys, has) || r.folder("source/_posts") && !slices.ContainsFunc(jekyllKeys, has)
	}, "_config.yml", "_config.yaml", "_config.json")
	return config{values: v}, ok
}

// seemsHexo tells Hexo from a site of Jekyll that lies in source: to Jekyll every post has a date in
// its name, and source is a folder like others.
func seemsHexo(t *tree) bool {
	undated := false
	for _, name := range t.paths {
		site, post, ok := strings.Cut(name, "/_posts/")
		if !ok {
			continue
		}
		if !strings.HasSuffix(site, "/source") {
			return false
		}
		_, stem := cutName(post)
		undated = undated || stem != "" && !jekyllName.MatchString(stem)
	}
	return undated
}

// hexoTime reads a bare time as Hexo does: as UTC, whose clock is then taken for that of the site.
func hexoTime(yaml time.Time, site *time.Location) time.Time {
	t := yaml.UTC()
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, site)
}

type hexoSite struct {
	*site
	posts     string           // folder
	permalink string           // pattern
	name      *regexp.Regexp   // of files, with what it tells
	skip      []*regexp.Regexp // of paths below the root
	ignore    []*regexp.Regexp // the same, as seen from above the root
	assets    bool             // posts have folders of assets
}

func newHexo(s *site) *hexoSite {
	v := s.values
	source := clean(cmp.Or(v.text("source_dir"), "source"))
	h := &hexoSite{
		site:      s,
		posts:     join(source, "_posts"),
		permalink: cmp.Or(v.text("permalink"), ":year/:month/:day/:title/"),
		assets:    v.is("post_asset_folder", false),
	}
	name := cmp.Or(v.text("new_post_name"), ":title.md")
	h.name = hexoName(strings.TrimSuffix(name, path.Ext(name)))
	for _, pattern := range v.texts("skip_render") {
		h.skip = append(h.skip, glob(join(source, pattern)))
	}
	for _, pattern := range v.texts("ignore") {
		h.ignore = append(h.ignore, deepGlobs(pattern)...)
	}
	language := append(v.texts("language"), "")[0]
	s.say(v.text("title"), v.text("url"), language, v.text("timezone"))
	return h
}

// hiddenName is a path that Hexo passes over.
var hiddenName = regexp.MustCompile(`(?:^|/)[_.]`)

var hexoToken = regexp.MustCompile(`:(\w*[^_\W])`)

var hexoParts = map[string]string{"year": `\d{4}`, "month": `\d{2}`, "day": `\d{2}`, "i_month": `\d{1,2}`, "i_day": `\d{1,2}`, "hash": `[0-9a-f]{12}`}

// hexoName makes the site's new_post_name a pattern that finds its tokens in a file's name.
func hexoName(pattern string) *regexp.Regexp {
	seen := map[string]bool{}
	expr := hexoToken.ReplaceAllStringFunc(regexp.QuoteMeta(pattern), func(s string) string {
		name := s[1:]
		part, ok := hexoParts[name]
		if !ok {
			part = ".+?"
		}
		if seen[name] || !isRegexp("(?P<"+name+">x)") {
			return part
		}
		seen[name] = true
		return "(?P<" + name + ">" + part + ")"
	})
	return compiled("^" + expr + "$")
}

// find gives what the name of a post tells: its title, which stands for its path, and more where
// new_post_name has it so.
func (h *hexoSite) find(name string) (told map[string]string, ok bool) {
	file := h.path(name)
	rest, ok := cutFolder(file, h.posts)
	if !ok || hiddenName.MatchString(rest) || strings.HasSuffix(rest, "~") || anyGlob(h.skip, file) || anyGlob(h.ignore, "/"+file) {
		return nil, false
	}
	stem := strings.TrimSuffix(rest, path.Ext(rest))
	told = map[string]string{}
	m := h.name.FindStringSubmatch(stem)
	for i, name := range h.name.SubexpNames() {
		if m != nil && name != "" {
			told[name] = m[i]
		}
	}
	if told["title"] == "" {
		told["title"] = hexoSlug(stem)
	}
	return told, true
}

func (h *hexoSite) place(name string) (article.Place, bool) {
	told, ok := h.find(name)
	place := article.Place{Language: told["lang"]}
	month, day := told["month"]+told["i_month"], told["day"]+told["i_day"]
	if told["year"] != "" && month != "" && day != "" {
		place.Date = told["year"] + "-" + month + "-" + day
	}
	return place, ok
}

func (h *hexoSite) link(p article.Page) string {
	told, _ := h.find(p.Path)
	link := p.URL
	if link == "" {
		d := dialect{tokens: hexoTokens, others: h.others(told)}
		link = d.link(cmp.Or(h.pattern(first(told["title"])), h.permalink), post{Page: p, date: p.Published, stem: told["title"]})
	}
	if link == "" {
		link = literal(told["title"]) + "/"
	}
	if h.assets && !strings.HasSuffix(link, "/") && !strings.HasSuffix(link, ".html") {
		link += "/"
	}
	return h.pretty(link)
}

// rooting is what the site's renderer does with images of Markdown: the usual one, hexo-renderer-marked,
// puts root before them all, hexo-renderer-markdown-it only if told so. With post_asset_folder relative
// ones may be a post's own.
func (h *hexoSite) rooting() article.Rooting {
	roots := h.values.is("marked.prependRoot", true)
	if h.root != "" {
		r := &reader{dir: h.root, sought: h.sought}
		if plugins, ok := r.text("package.json"); ok && !strings.Contains(plugins, `"hexo-renderer-marked"`) {
			roots = h.values.is("markdown.images.prepend_root", false)
		}
	}
	if !roots || h.values.is("relative_link", false) {
		return article.Rooting{}
	}
	return article.Rooting{Images: true, Relative: !h.assets, Again: true}
}

// pretty takes endings off as the site's pretty_urls says.
func (h *hexoSite) pretty(link string) string {
	index := strings.HasSuffix(link, "index.html")
	switch {
	case index && !h.values.is("pretty_urls.trailing_index", true):
		return strings.TrimSuffix(link, "index.html")
	case !index && !h.values.is("pretty_urls.trailing_html", true):
		return strings.TrimSuffix(link, ".html")
	}
	return link
}

var hexoTokens = dateTokens.and(tokens{
	"title":      func(p post) string { return p.stem },
	"name":       func(p post) string { return path.Base(p.stem) },
	"post_title": func(p post) string { return strings.ToLower(hexoSlug(p.Field("title"))) },
	"timestamp":  func(p post) string { return strconv.FormatInt(p.date.Unix(), 10) },
	"hash":       hexoHash,
})

// others gives what tokens of a permalink stand for that not all posts have: what the file's name
// tells, then the front matter, then the site's defaults.
func (h *hexoSite) others(told map[string]string) func(string) func(post) string {
	return func(name string) func(post) string {
		return func(p post) string {
			if name == "category" {
				return h.category(p.Page)
			}
			// What nobody tells is "undefined", as JavaScript has it.
			return cmp.Or(told[name], p.Field(name), h.values.text("permalink_defaults."+name), "undefined")
		}
	}
}

func hexoHash(p post) string {
	h := sha1.Sum([]byte(p.stem + strconv.FormatInt(p.date.Unix(), 10)))
	return hex.EncodeToString(h[:])[:12]
}

// category is the path of the last category. A plain list is one path of categories, each within
// the one before.
func (h *hexoSite) category(p article.Page) string {
	chains := p.Lists("categories")
	if chains == nil {
		chains = p.Lists("category")
	}
	if len(chains) == 0 {
		return cmp.Or(h.values.text("default_category"), "uncategorized")
	}
	var parts []string
	for _, name := range chains[len(chains)-1] {
		slug := hexoSlug(cmp.Or(asText(h.values.sub("category_map")[name]), name))
		if h.values.text("filename_case") == "1" {
			slug = strings.ToLower(slug)
		}
		parts = append(parts, slug)
	}
	return strings.Join(parts, "/")
}

// hexoSlug is Hexo's slugize: letters without accents, hyphens for blanks and punctuation.
func hexoSlug(s string) string {
	return hyphenated(withoutAccents(strings.ReplaceAll(s, "ß", "s")), func(r rune) bool {
		return !unicode.IsSpace(r) && !strings.ContainsRune("~`!@#$%^&*()-_+=[]{}|\\;:\"'<>,.?/", r)
	})
}
