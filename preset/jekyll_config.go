package preset

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"
)

// jekyllSite is what Jekyll's configuration says.
type jekyllSite struct {
	*site
	source     string            // folder of all, below the root
	folder     string            // of all collections, below source
	permalinks map[string]string // patterns by collection
	feeds      map[string]bool   // collections that have a feed, besides the posts
	exclude    []*regexp.Regexp
	include    []string
	scopes     []jekyllScope // the weakest first
}

// jekyllScope is front matter that the configuration gives to the files below a path.
type jekyllScope struct {
	path, kind string
	glob       *regexp.Regexp // of path, if it is one
	values     values
}

func newJekyll(s *site) *jekyllSite {
	v := s.values
	j := &jekyllSite{
		site:       s,
		source:     clean(v.text("source")),
		folder:     clean(v.text("collections_dir")),
		permalinks: map[string]string{"posts": s.jekyllPattern(v.text("permalink"), "date")},
		feeds:      map[string]bool{},
		include:    v.texts("include"),
	}
	for _, pattern := range append(v.texts("exclude"), "node_modules", "vendor/bundle/", "vendor/cache/", "vendor/gems/", "vendor/ruby/") {
		if !slices.Contains(j.include, pattern) {
			j.exclude = append(j.exclude, jekyllGlob(pattern))
		}
	}
	s.say(v.text("title"), v.text("url")+v.text("baseurl"), v.text("lang"), v.text("timezone"))
	fed := append(v.texts("feed.collections"), v.sub("feed.collections").names()...)
	for _, name := range append(fed, "posts") {
		settings := v.sub("collections").sub(name)
		j.feeds[name] = name != "posts" && settings.is("output", false)
		if pattern := settings.text("permalink"); pattern != "" {
			j.permalinks[name] = s.jekyllPattern(pattern, j.permalinks["posts"])
		} else if name != "posts" {
			j.permalinks[name] = "/:collection/:path" + jekyllEnding(j.permalinks["posts"])
		}
	}
	j.readScopes(v)
	return j
}

// jekyllPattern gives a pattern, or the one that a style's name stands for, or another where it is none.
func (s *site) jekyllPattern(pattern, otherwise string) string {
	pattern = cmp.Or(s.known(cmp.Or(jekyllStyles[pattern], pattern)), otherwise)
	return cmp.Or(jekyllStyles[pattern], pattern)
}

// jekyllEnding is what the site's pattern puts behind every name.
func jekyllEnding(pattern string) string {
	switch {
	case strings.HasSuffix(pattern, "/"):
		return "/"
	case strings.HasSuffix(pattern, ":output_ext"):
		return ":output_ext"
	}
	return ""
}

func (j *jekyllSite) readScopes(v values) {
	for _, d := range asList(v.at("defaults")) {
		scope, given := asMap(d).sub("scope"), asMap(d).sub("values")
		s := jekyllScope{path: strings.TrimPrefix(scope.text("path"), "/"), kind: scope.text("type"), values: given}
		if rest, ok := cutFolder(s.path, j.folder); ok {
			s.path = rest
		}
		if strings.Contains(s.path, "*") {
			s.glob = glob(s.path)
		}
		j.scopes = append(j.scopes, s)
	}
	// The longer path wins, then a scope that names a type, then the later.
	slices.SortStableFunc(j.scopes, func(a, b jekyllScope) int {
		return cmp.Or(cmp.Compare(len(a.path), len(b.path)), cmp.Compare(min(len(a.kind), 1), min(len(b.kind), 1)))
	})
}

func (s jekyllScope) applies(p jekyllPost) bool {
	if s.kind != "" && strings.TrimSuffix(s.kind, "s") != strings.TrimSuffix(p.collection, "s") {
		return false
	}
	if s.glob == nil {
		return strings.HasPrefix(p.file, s.path)
	}
	for name := p.file; name != "."; name = path.Dir(name) {
		if s.glob.MatchString(name) {
			return true
		}
	}
	return false
}

// defaults gives the front matter and the categories that the configuration has for a post.
func (j *jekyllSite) defaults(p jekyllPost) (front map[string][]string, categories []string) {
	front = map[string][]string{}
	for _, s := range j.scopes {
		if !s.applies(p) {
			continue
		}
		for key := range s.values {
			front[key] = s.values.texts(key)
		}
		if words, ok := s.values["categories"].(string); ok {
			front["categories"] = strings.Fields(words)
		}
	}
	categories = front["categories"]
	delete(front, "categories") // they join the post's own, which would hide them
	return front, categories
}

// jekyllGlob matches what an entry of "exclude" leaves out: whatever begins like it, and by a pattern,
// of which * goes across folders as in Ruby's fnmatch, files and the folders that hold _posts.
func jekyllGlob(pattern string) *regexp.Regexp {
	pattern = strings.TrimPrefix(pattern, "/")
	if !strings.ContainsAny(pattern, "*?[") {
		return regexp.MustCompile("^" + regexp.QuoteMeta(pattern))
	}
	return glob(acrossFolders.Replace(pattern) + "{,/**_posts/**}")
}

// ignoredKeys are those that hide nothing: hidden is to plugins that part lists into pages, and never
// to those that make feeds.
func (j *jekyllSite) ignoredKeys() []string {
	if j.values.is("unpublished", false) {
		return []string{"hidden", "published"}
	}
	return []string{"hidden"}
}
