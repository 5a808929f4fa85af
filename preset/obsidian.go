package preset

import (
	"strings"

	"feedmill/article"
)

// obsidian is a vault of notes as Obsidian Publish shows it: https://help.obsidian.md/publish. A
// note's address is its permalink, else its path with "+" for blanks. Templates are no notes.
var obsidian = &generator{
	name: "obsidian",
	weak: true, // notes may be what another generator builds
	read: func(r *reader) (config, bool) {
		v, _ := r.values(".obsidian/templates.json")
		return config{values: v}, r.folder(".obsidian")
	},
	seems:  func(*tree) bool { return false },
	tokens: plainDialect,
	layout: func(s *site) article.Layout {
		templates := s.values.text("folder")
		return article.Layout{
			Place: func(name string) (article.Place, bool) {
				_, isTemplate := cutFolder(s.path(name), templates)
				return article.Place{}, !isTemplate || templates == ""
			},
			Link: func(page article.Page) string { return obsidianLink(s, page) },
			Keys: map[string][]string{"url": {"permalink"}},
		}
	},
}

var obsidianSigns = strings.NewReplacer("%", "%25", "+", "%2B", " ", "+")

func obsidianLink(s *site, page article.Page) string {
	p := newPost(page, s.path(page.Path))
	if p.URL != "" {
		return p.URL
	}
	if link := s.patternLink(p); link != "" {
		return link
	}
	folder, stem := cutName(s.path(page.Path))
	return obsidianSigns.Replace(join(folder, stem))
}
