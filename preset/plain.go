package preset

import (
	"cmp"
	"regexp"
	"strings"

	"feedmill/article"
)

// plain is a folder that no generator is known for. All files are articles but those in which a
// repository explains itself. An address is the author's url or permalink, which may be a pattern,
// else made by the owner's pattern, else the path.
var plain = &generator{
	name:   "plain",
	takes:  "all files of Markdown but README, LICENSE and the like",
	read:   func(*reader) (config, bool) { return config{}, false },
	seems:  func(*tree) bool { return true },
	tokens: plainDialect,
	layout: func(s *site) article.Layout {
		return article.Layout{
			Place: func(name string) (article.Place, bool) { return article.Place{}, !isAside(name) },
			Link:  func(p article.Page) string { return plainLink(s, p) },
			Keys:  map[string][]string{"url": {"url", "permalink", "path"}, "slug": {"slug"}},
			// As editors and MkDocs show them.
			Beside: true,
		}
	},
}

// isAside reports whether a file explains a repository, or lies in a folder that holds parts of pages.
// It is asked of every file, often.
func isAside(name string) bool {
	for folder, rest, more := strings.Cut(name, "/"); more; folder, rest, more = strings.Cut(rest, "/") {
		switch folder {
		case "node_modules", "_layouts", "_includes", "archetypes":
			return true
		}
		name = rest
	}
	stem, ending, ok := strings.Cut(name, ".")
	if !ok || ending == "" || strings.Trim(ending, "abcdefghijklmnopqrstuvwxyz") != "" {
		return false
	}
	switch stem {
	case "LICENSE", "LICENCE", "CHANGELOG", "CONTRIBUTING", "CODE_OF_CONDUCT", "SECURITY":
		return true
	}
	return strings.EqualFold(stem, "readme")
}

// plainDialect serves all generators that have no patterns of their own.
var plainDialect = dialect{tokens: dateTokens.and(tokens{
	"slug":     slugElseName,
	"title":    func(p post) string { return strings.ToLower(hugoSlug(p.Title)) },
	"filename": func(p post) string { return p.stem },
	"path":     func(p post) string { return join(p.folder, p.stem) },
	"section":  func(p post) string { return p.section },
	"sections": func(p post) string { return p.folder },
})}

func slugElseName(p post) string { return cmp.Or(p.Slug, p.name) }

// newPost reads the path of an article below the folder of all posts. An index stands for its
// folder.
func newPost(p article.Page, name string) post {
	folder, stem := cutName(name)
	if strings.EqualFold(stem, "index") {
		folder, stem = cutLast(folder)
	}
	return post{Page: p, date: p.Published, section: first(folder), folder: folder, stem: stem, name: stem}
}

func plainLink(s *site, page article.Page) string {
	p := newPost(page, page.Path)
	p.name = page.Name
	if link := ownLink(p); link != "" {
		return link
	}
	if link := s.patternLink(p); link != "" {
		return link
	}
	return literal(join(p.folder, cmp.Or(strings.Trim(p.Slug, "/"), p.stem))) + "/"
}

var (
	template    = regexp.MustCompile(`\{\{.*?\}\}|\{%.*?%\}`)
	anyScheme   = regexp.MustCompile(`(?i)^(?:[a-z][a-z0-9+.-]*:|//)`)
	webAddress  = regexp.MustCompile(`(?i)^(?:https?:)?//`)
	tokenInPath = regexp.MustCompile(`(?:^|[/-]):[a-z]`)
)

// ownLink gives the address that the author gives, or "" if there is none that can be used.
func ownLink(p post) string {
	switch {
	case template.MatchString(p.URL):
		p.Warn("a template cannot be read here; the usual address is used")
		return ""
	case anyScheme.MatchString(p.URL) && !webAddress.MatchString(p.URL):
		p.Warn("want a path or an http address; the usual address is used")
		return ""
	case tokenInPath.MatchString(p.URL):
		return plainDialect.link(p.URL, p)
	case strings.HasPrefix(p.URL, "//"):
		return "https:" + p.URL
	}
	return p.URL
}
