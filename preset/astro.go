package preset

import (
	"path"
	"regexp"
	"strings"
	"unicode"

	"feedmill/article"
)

// astro is https://docs.astro.build/en/guides/content-collections/. Articles are the entries of
// collections, or the pages where there are none. The address is that of the route which shows the
// collection, or the collection's name if that isn't to be seen, and the entry's id: its path, each
// part made a slug.
var astro = &generator{
	name:   "astro",
	takes:  "entries of its collections, or its pages where it has none",
	read:   readAstro,
	folder: "src/content",
	seems:  func(t *tree) bool { return t.has("/src/content/") || t.has("/src/pages/") },
	tokens: plainDialect,
	origin: astroOrigin,
	layout: func(s *site) article.Layout {
		a := newAstro(s)
		return article.Layout{
			Static:  "public",
			Place:   a.place,
			Link:    a.link,
			Keys:    map[string][]string{"slug": {"slug"}},
			Bundled: true,
			Emoji:   strings.Contains(s.script, "remark-emoji"),
		}
	},
}

// readAstro reads the configurations of the site and of its collections as one.
func readAstro(r *reader) (config, bool) {
	src, ok := r.script("astro.config.mjs", "astro.config.ts", "astro.config.js", "astro.config.mts", "astro.config.cjs", "astro.config.cts")
	if ok {
		collections, _ := r.script("src/content.config.ts", "src/content.config.js", "src/content.config.mjs", "src/content.config.mts",
			"src/content/config.ts", "src/content/config.js", "src/content/config.mjs", "src/content/config.mts")
		src += "\n" + collections
	}
	return config{script: src}, ok
}

type astroSite struct {
	*site
	collections []astroCollection
	routes      map[string]astroRoute // by collection
	language    string                // whose addresses have no language in front
	ending      string                // of addresses: "/", ".html" or ""
}

// astroCollection is a folder of articles. That of all collections of the older kind has no route,
// but a folder for each.
type astroCollection struct {
	folder, route string
	files         *filter // nil: any
	pages         bool    // not entries but pages, whose path is the address
}

var (
	astroLoader  = regexp.MustCompile(`(\w+)\s*[:=]\s*defineCollection\s*\(`)
	astroExports = regexp.MustCompile(`\bcollections\s*=`)
	astroEntry   = regexp.MustCompile(`getCollection\(\s*['"](\w+)['"]`)
)

func newAstro(s *site) *astroSite {
	a := &astroSite{site: s, ending: "/"}
	slash := scriptSays(s.script, "trailingSlash")
	switch {
	case slash == "never":
		a.ending = ""
	case slash != "always" && scriptValue(s.script, "format") == "file":
		a.ending = ".html"
	}
	src := clean(scriptSays(s.script, "srcDir"))
	if src == "" {
		src = "src"
	}
	names := astroLoader.FindAllStringSubmatch(s.script, -1)
	exports := strings.Join(scriptBlocks(s.script, astroExports), "\n")
	for i, loader := range scriptBlocks(s.script, astroLoader) {
		if folder := clean(scriptValue(loader, "base")); folder != "" {
			c := astroCollection{folder: folder, route: names[i][1]}
			if m := regexp.MustCompile(`(\w+)\s*:\s*` + c.route + `\b`).FindStringSubmatch(exports); m != nil {
				c.route = m[1]
			}
			if patterns := s.scriptPatterns(loader, "pattern", nil); patterns != nil {
				files := newFilter(patterns)
				c.files = &files
			}
			a.collections = append(a.collections, c)
			if strings.Contains(loader, "generateId") {
				s.warn("generateId", "collection %s: generateId cannot be read here; hint: set content.permalink", c.route)
			}
		}
	}
	a.collections = append(a.collections, astroCollection{folder: join(src, "content")})
	if !a.holdsEntry() {
		a.collections = []astroCollection{{folder: join(src, "pages"), pages: true}}
	}
	a.routes = a.readRoutes(join(src, "pages"))
	a.language = scriptValue(s.script, "defaultLocale")
	s.say("", scriptSays(s.script, "site"), "", "")
	return a
}

func (a *astroSite) holdsEntry() bool {
	for name := range a.files() {
		if _, _, ok := a.find(name); ok && isMarkdown(name) {
			return true
		}
	}
	return false
}

// astroRoute is where entries are shown.
type astroRoute struct {
	folder    string
	languages bool // the first folder of an entry is a language, and goes before that of the route
	sure      bool // the page renders an entry, as lists do not
}

var (
	astroLanguage = regexp.MustCompile(`^\[(?:\.\.\.)?(?:lang|locale|language)\]/`)
	languageName  = regexp.MustCompile(`^[a-z]{2}(?:-[A-Za-z]{2,4})?$`)
	astroRender   = regexp.MustCompile(`\brender\(`)
)

// readRoutes tells at which route each collection is shown: the folder of a page with a parameter in
// its name, such as [...slug].astro, that gets the collection.
func (a *astroSite) readRoutes(pages string) map[string]astroRoute {
	routes := map[string]astroRoute{}
	for name, src := range a.below(pages, ".astro") {
		route := astroLanguage.ReplaceAllString(name, "")
		folder, _, hasParameter := strings.Cut(route, "[")
		m := astroEntry.FindStringSubmatch(src)
		if !hasParameter || m == nil {
			continue
		}
		r := astroRoute{clean(folder), route != name, astroRender.MatchString(src)}
		if old, ok := routes[m[1]]; !ok || r.sure && !old.sure {
			routes[m[1]] = r
		}
	}
	return routes
}

// find gives the collection of a file and the file's path there without the ending.
func (a *astroSite) find(name string) (c astroCollection, stem string, ok bool) {
	file := a.path(name)
	for _, c := range a.collections {
		rest, ok := cutFolder(file, c.folder)
		if !ok || c.files != nil && !c.files.takes(rest) {
			continue
		}
		if c.files == nil && strings.Contains("/"+rest, "/_") {
			continue // hidden from all but patterns that say otherwise
		}
		if c.route == "" && !c.pages {
			if c.route = first(rest); c.route == rest {
				continue
			}
			rest, _ = cutFolder(rest, c.route)
		}
		return c, strings.TrimSuffix(rest, path.Ext(rest)), true
	}
	return astroCollection{}, "", false
}

func (a *astroSite) place(name string) (article.Place, bool) {
	_, _, ok := a.find(name)
	return article.Place{}, ok && path.Ext(name) != ".html"
}

func (a *astroSite) link(page article.Page) string {
	c, stem, _ := a.find(page.Path)
	p := newPost(page, stem+".md")
	p.section = c.route
	if link := a.patternLink(p); link != "" {
		return link
	}
	if c.pages {
		return literal(join(p.folder, p.stem)) + a.ending
	}
	id := p.Slug
	if id == "" {
		parts := elements(stem)
		for i, part := range parts {
			parts[i] = githubSlug(part)
		}
		id = strings.TrimSuffix(strings.Join(parts, "/"), "/index")
	}
	route, ok := a.routes[c.route]
	if !ok {
		route.folder = c.route
	}
	language := ""
	if rest := ""; route.languages && languageName.MatchString(first(id)) {
		language = first(id)
		rest, _ = cutFolder(id, language)
		id = rest
	}
	if strings.EqualFold(language, a.language) {
		language = ""
	}
	return join(language, route.folder, id) + a.ending
}

// githubSlug is the rule of github-slugger: lower case, a hyphen for each blank, no punctuation.
func githubSlug(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case isWord(r), r == '-', r == '_', unicode.In(r, unicode.Nl, unicode.Pc, unicode.Other_Alphabetic):
			return r
		}
		return -1
	}, strings.ToLower(s))
}
