package preset

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"feedmill/article"
)

// jekyll is https://jekyllrb.com/docs/permalinks/. Posts lie in any folder _posts and begin with a
// date; the folders above are categories. The address is the post's permalink, else that of the
// site, both with the same tokens.
var jekyll = &generator{
	name:   "jekyll",
	takes:  "files in a folder _posts whose names begin with a date, and those of collections that it writes",
	read:   readValues("_config.yml", "_config.yaml", "_config.toml"),
	folder: "_posts",
	seems:  func(t *tree) bool { return t.has("/_posts/") },
	tokens: jekyllDialect,
	origin: jekyllOrigin,
	layout: func(s *site) article.Layout {
		j := newJekyll(s)
		l := article.Layout{
			Place:   j.place,
			Link:    j.link,
			ID:      j.id,
			Keys:    map[string][]string{"url": {"permalink"}, "slug": {"slug"}},
			Authors: s.data(join(j.source, cmp.Or(clean(s.values.text("data_dir")), "_data"), "authors.yml")).authors(),
			Site:    s.values.scalars(),
			Words:   true,
			Last:    true, // as Ruby reads YAML
			Ignore:  j.ignoredKeys(),
			Emoji:   slices.Contains(append(s.values.texts("plugins"), s.values.texts("gems")...), "jemoji"),
		}
		if s.preset.Timezone != nil {
			// Ruby reads YAML 1.1, to which a bare time without a zone is in UTC.
			l.Time = func(yaml time.Time, _ *time.Location) time.Time { return yaml }
		}
		return l
	},
}

// jekyllStyles are the patterns that have a name in the site's configuration.
var jekyllStyles = map[string]string{
	"date":     "/:categories/:year/:month/:day/:title:output_ext",
	"pretty":   "/:categories/:year/:month/:day/:title/",
	"ordinal":  "/:categories/:year/:y_day/:title:output_ext",
	"weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
	"none":     "/:categories/:title:output_ext",
}

var jekyllDialect = dialect{tokens: dateTokens.and(tokens{
	"short_year":  dated("06"),
	"short_month": dated("Jan"),
	"long_month":  dated("January"),
	"short_day":   dated("Mon"),
	"long_day":    dated("Monday"),
	"y_day":       dated("002"),
	"w_year":      func(p post) string { year, _ := p.date.ISOWeek(); return fmt.Sprint(year) },
	"week":        func(p post) string { _, week := p.date.ISOWeek(); return fmt.Sprintf("%02d", week) },
	"w_day":       func(p post) string { return fmt.Sprint((int(p.date.Weekday())+6)%7 + 1) },

	"title":      func(p post) string { return hyphenated(slugElseName(p), isPretty) },
	"slug":       func(p post) string { return jekyllSlug(slugElseName(p)) },
	"name":       func(p post) string { _, stem := cutName(p.Path); return jekyllSlug(stem) },
	"path":       func(p post) string { return join(p.folder, p.stem) },
	"collection": func(p post) string { return p.section },
	"output_ext": func(post) string { return ".html" },
	"categories": func(p post) string { return strings.Join(unique(p.Categories, strings.ToLower), "/") },
	"slugified_categories": func(p post) string {
		return strings.Join(unique(p.Categories, jekyllSlug), "/")
	},
})}

// jekyllSlug is the default mode of Jekyll's slugify, isPretty what its mode "pretty" leaves.
func jekyllSlug(s string) string { return strings.ToLower(hyphenated(s, isWord)) }

func isPretty(r rune) bool { return isWord(r) || strings.ContainsRune("._~!$&'()+,;=@", r) }

// unique gives what f makes of the names, each once.
func unique(names []string, f func(string) string) []string {
	var all []string
	seen := map[string]bool{}
	for _, name := range names {
		if name = f(name); !seen[name] {
			seen[name] = true
			all = append(all, name)
		}
	}
	return all
}

// jekyllPost is what Jekyll makes of a path.
type jekyllPost struct {
	collection string   // "posts", or one that the site has a feed of
	file       string   // below the folder of all collections
	folders    []string // above _posts
	path       string   // below the folder of the collection, without ending
	date       string
	name       string // without date
}

var jekyllName = regexp.MustCompile(`^(?:(\d{4}|\d{2})-(\d{1,2})-(\d{1,2}))-(.+)$`)

// find reads a path; false where no post or document of a feed is.
func (j *jekyllSite) find(name string) (jekyllPost, bool) {
	file, ok := cutFolder(j.path(name), j.source)
	if !ok || anyGlob(j.exclude, file) {
		return jekyllPost{}, false
	}
	if file, ok = cutFolder(file, j.folder); !ok {
		return jekyllPost{}, false
	}
	names := elements(strings.TrimSuffix(file, path.Ext(file)))
	p := jekyllPost{file: file, collection: "posts"}
	at := slices.Index(names, "_posts")
	if collection, ok := strings.CutPrefix(first(file), "_"); ok && j.feeds[collection] {
		p.collection, at = collection, 0
	}
	special := func(name string) bool {
		return strings.ContainsAny(name[:1], "_#~") && !slices.Contains(j.include, name)
	}
	if at < 0 || at == len(names)-1 || slices.ContainsFunc(names[:at], special) || slices.ContainsFunc(names[at+1:], special) {
		return jekyllPost{}, false
	}
	p.folders, p.path, p.name = names[:at], strings.Join(names[at+1:], "/"), names[len(names)-1]
	if m := jekyllName.FindStringSubmatch(p.name); m != nil {
		year := m[1]
		if len(year) == 2 {
			year = "20" + year
		}
		p.date, p.name = year+"-"+m[2]+"-"+m[3], m[4]
	}
	p.name = strings.TrimRight(p.name, ".")
	return p, p.date != "" || p.collection != "posts"
}

func (j *jekyllSite) place(name string) (article.Place, bool) {
	p, ok := j.find(name)
	if !ok {
		return article.Place{}, false
	}
	front, categories := j.defaults(p)
	return article.Place{
		Date:       p.date,
		Categories: slices.Concat(p.folders, categories),
		Front:      front,
		Fenced:     p.collection != "posts",
	}, true
}

func (j *jekyllSite) link(page article.Page) string {
	f, _ := j.find(page.Path)
	p := post{Page: page, date: page.Published, section: f.collection, folder: path.Dir(f.path), stem: path.Base(f.path), name: f.name}
	link := jekyllDialect.link(cmp.Or(page.URL, j.pattern(f.collection), j.permalinks[f.collection]), p)
	// As Jekyll's sanitize_url; doubled slashes go later.
	return strings.ReplaceAll(strings.ReplaceAll(link, "..", "/"), "./", "")
}

// id is what Jekyll calls post.id, by which jekyll-feed and most templates of feeds know a post: the
// folder of its address, and its slug.
func (j *jekyllSite) id(page article.Page, address string) string {
	f, _ := j.find(page.Path)
	folder := path.Dir(strings.TrimSuffix("/"+address, "/"))
	return folder + "/" + cmp.Or(page.Slug, f.name)
}
