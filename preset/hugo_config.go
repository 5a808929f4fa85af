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

// hugoKeys tell Hugo's config.toml and its like from others' of that name. Zola's and our own have
// base_url.
var hugoKeys = []string{"baseURL", "languageCode", "defaultContentLanguage", "languages", "theme", "permalinks", "params", "menu", "menus", "markup", "module", "contentDir"}

// readHugo reads hugo.toml or an older config.toml, and the folder config over it.
func readHugo(r *reader) (config, bool) {
	v, ok := r.values("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json")
	if !ok {
		v, ok = r.valuesIf(func(v values) bool {
			return slices.ContainsFunc(hugoKeys, func(key string) bool { return v.get(key) != nil })
		}, "config.toml", "config.yaml", "config.yml", "config.json")
	}
	for _, folder := range []string{"config/_default", "config/production"} {
		if over := r.hugoFolder(folder); over != nil {
			v, ok = v.merged(over), true
		}
	}
	return config{values: v}, ok
}

// hugoFolder reads the files of a configuration folder that matter here, nil for none.
func (r *reader) hugoFolder(folder string) values {
	var all values
	for _, e := range r.list(folder) {
		key, language, _ := strings.Cut(strings.TrimSuffix(e.Name(), path.Ext(e.Name())), ".")
		if !slices.Contains([]string{"hugo", "config", "permalinks", "languages", "frontmatter", "module", "cascade"}, key) {
			continue
		}
		if v, ok := r.values(folder + "/" + e.Name()); ok {
			all = all.merged(hugoPart(v, key, language))
		}
	}
	return all
}

// hugoPart gives the contents of a file in a configuration folder as they would stand in hugo.toml:
// those of permalinks.toml under permalinks, with or without saying so, those of languages.fr.toml
// under languages.fr, those of permalinks.fr.toml under languages.fr.permalinks.
func hugoPart(v values, key, language string) values {
	if inner := asMap(v.get(key)); inner != nil && len(v) == 1 {
		v = inner
	}
	switch key {
	case "hugo", "config":
	case "languages":
		if language != "" {
			v = values{language: v}
		}
		return values{key: v}
	default:
		v = values{key: v}
	}
	if language != "" {
		v = values{"languages": values{language: v}}
	}
	return v
}

// hugoSite is what Hugo's configuration says.
type hugoSite struct {
	*site
	languages map[string]*hugoLanguage // by key, in lower case
	main      *hugoLanguage
	mounts    []hugoMount // the deepest source first
	ignored   []*regexp.Regexp
	dates     []string          // where the date of permalinks is looked for: keys and ":filename"
	feedDates []string          // where that of feeds is: keys alone
	sections  map[string]values // front matter of section pages, by folder below content
	cascades  []hugoCascade     // the weakest first
}

// hugoMount is a folder whose files Hugo finds in a folder of content.
type hugoMount struct {
	source, target string
	language       *hugoLanguage

	include, exclude []*regexp.Regexp // of paths below source, in lower case
}

// takes reports whether the mount's patterns leave a file in: one that is included stays, whatever
// else is said of it.
func (m hugoMount) takes(rest string) bool {
	rest = "/" + strings.ToLower(rest)
	return anyGlob(m.include, rest) || m.include == nil && !anyGlob(m.exclude, rest)
}

func newHugo(s *site) *hugoSite {
	h := &hugoSite{site: s, languages: map[string]*hugoLanguage{}}
	if s.values == nil {
		s.values = h.guessLanguages()
	}
	v := s.values
	main := strings.ToLower(cmp.Or(v.text("defaultContentLanguage"), "en"))
	for _, key := range append(v.sub("languages").names(), main) {
		h.languages[strings.ToLower(key)] = h.newLanguage(key, main)
	}
	h.main = h.languages[main]
	h.readMounts(main)
	for _, expr := range v.texts("ignoreFiles") {
		re, err := regexp.Compile(expr)
		if err != nil {
			s.warn(expr, "ignoreFiles: %v", err)
			continue
		}
		h.ignored = append(h.ignored, re)
	}
	h.readDates()
	h.readSections()
	language := cmp.Or(v.text("languageCode"), v.text("locale"), v.text("defaultContentLanguage"))
	s.say(v.text("title"), v.text("baseURL"), language, v.text("timeZone"))
	return h
}

// readMounts finds where content lies: what modules mount there, else the folder contentDir of the
// site and of each language.
func (h *hugoSite) readMounts(main string) {
	for _, item := range asList(h.values.at("module.mounts")) {
		v := asMap(item)
		if target, ok := cutFolder(clean(v.text("target")), "content"); ok {
			language := cmp.Or(v.text("lang"), first(strings.Join(v.texts("sites.matrix.languages"), "/")))
			m := h.mount(v.text("source"), target, cmp.Or(h.languages[strings.ToLower(language)], h.languages[main]))
			m.filter(v)
		}
	}
	if h.mounts == nil {
		shared := false
		for key, language := range h.languages {
			dir := h.values.sub("languages").sub(key).text("contentDir")
			shared = shared || dir == ""
			if dir != "" {
				h.mount(dir, "", language)
			}
		}
		if shared { // by the languages that have no folder of their own
			h.mount(cmp.Or(h.values.text("contentDir"), "content"), "", h.languages[main])
		}
	}
	slices.SortFunc(h.mounts, func(a, b hugoMount) int {
		return cmp.Or(cmp.Compare(len(b.source), len(a.source)), cmp.Compare(a.source, b.source))
	})
}

func (h *hugoSite) mount(source, target string, language *hugoLanguage) *hugoMount {
	h.mounts = append(h.mounts, hugoMount{source: clean(source), target: target, language: language})
	return &h.mounts[len(h.mounts)-1]
}

// filter reads the patterns of a mount: those of files, in which "! " negates, and of the two settings
// that Hugo had before.
func (m *hugoMount) filter(v values) {
	patterns := append(v.texts("files"), v.texts("includeFiles")...)
	for _, pattern := range v.texts("excludeFiles") {
		patterns = append(patterns, "! "+pattern)
	}
	for _, pattern := range patterns {
		if pattern, negated := strings.CutPrefix(pattern, "! "); negated {
			m.exclude = append(m.exclude, hugoGlob(pattern), hugoGlob(pattern+"/**")) // a folder goes with all in it
		} else {
			m.include = append(m.include, hugoGlob(pattern))
		}
	}
}

// hugoGlob is [glob] for a mount, to which case makes no difference and "**/" is at least one folder.
func hugoGlob(pattern string) *regexp.Regexp {
	pattern = strings.ReplaceAll(strings.ToLower(pattern), "**/", "**{/}")
	return glob("/" + strings.TrimPrefix(pattern, "/"))
}

// readDates reads the setting frontmatter, which says in what order dates are looked for.
func (h *hugoSite) readDates() {
	date := []string{"date", "publishdate", "pubdate", "published", "lastmod", "modified"}
	published := []string{"publishdate", "pubdate", "published", "date"}
	h.dates = hugoDates(h.values.texts("frontmatter.date"), date)
	feed := append(hugoDates(h.values.texts("frontmatter.publishDate"), published), h.dates...)
	h.feedDates = slices.DeleteFunc(feed, func(key string) bool { return strings.HasPrefix(key, ":") })
}

// hugoDates gives the keys that are set, with other names of the same, else the usual ones.
func hugoDates(set, usual []string) []string {
	if set == nil {
		return usual
	}
	var keys []string
	for _, key := range set {
		switch key = strings.ToLower(key); key {
		case ":default":
			keys = append(keys, usual...)
		case "publishdate":
			keys = append(keys, key, "pubdate", "published")
		case "lastmod":
			keys = append(keys, key, "modified")
		case ":git", ":filemodtime":
		default:
			keys = append(keys, key)
		}
	}
	return keys
}

// ignoredKeys are those by which a page is no draft where the site shows drafts.
func (h *hugoSite) ignoredKeys() []string {
	if h.values.is("buildDrafts", false) {
		return []string{"draft"}
	}
	return nil
}

// rooting is that of the two settings that make all addresses whole, or relative, once the HTML is made.
func (h *hugoSite) rooting() article.Rooting {
	relative := h.values.is("relativeURLs", false) // which looks at none of them before
	return article.Rooting{HTML: relative || h.values.is("canonifyURLs", false), Again: relative}
}

// indexes are the names of a bundle's own file.
func (h *hugoSite) indexes() []string {
	names := []string{"index.md", "index.markdown"}
	for _, key := range slices.Sorted(maps.Keys(h.languages)) {
		names = append(names, "index."+key+".md")
	}
	return names
}
