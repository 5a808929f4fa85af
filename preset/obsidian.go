package preset

import (
	"slices"
	"strings"

	"feedmill/article"
)

// obsidian is a vault of notes as Obsidian Publish shows it: https://help.obsidian.md/publish. A
// note's address is its permalink, else its path with "+" for blanks. Templates are no notes.
var obsidian = &generator{
	name:  "obsidian",
	takes: "all notes but templates",
	weak:  true, // notes may be what another generator builds
	read: func(r *reader) (config, bool) {
		templates, _ := r.values(".obsidian/templates.json")
		app, _ := r.values(".obsidian/app.json")
		publish, _ := r.values(".obsidian/publish.json")
		attachments := app.text("attachmentFolderPath")
		if app.text("newLinkFormat") == "relative" {
			attachments = "./" // a mere name is that of a file beside the note
		}
		return config{values: values{
			"templates": templates.text("folder"), "attachments": attachments,
			"included": publish.at("included"), "excluded": publish.at("excluded"),
		}}, r.folder(".obsidian")
	},
	seems:  func(*tree) bool { return false },
	tokens: plainDialect,
	layout: func(s *site) article.Layout {
		templates := s.values.text("templates")
		included, excluded := s.values.texts("included"), s.values.texts("excluded")
		return article.Layout{
			Place: func(name string) (article.Place, bool) {
				_, isTemplate := cutFolder(s.path(name), templates)
				place := article.Place{}
				if !obsidianSelects(included, excluded, s.path(name)) {
					place.Front = map[string][]string{"publish": {"false"}}
				}
				return place, !isTemplate || templates == ""
			},
			Link:     func(page article.Page) string { return obsidianLink(s, page) },
			Attached: func(name string) string { return obsidianAttached(s.values.text("attachments"), s.path(name)) },
			Media:    s.values.text("attachments"),
			Keys:     map[string][]string{"url": {"permalink"}},
			Named:    true,
			Vault:    true,
		}
	},
}

// obsidianSelects reports whether the folders that a vault's owner has chosen for Obsidian Publish take in
// a note that does not tell by itself.
func obsidianSelects(included, excluded []string, note string) bool {
	in := func(folder string) bool { _, ok := cutFolder(note, clean(folder)); return ok }
	return !slices.ContainsFunc(excluded, in) && (included == nil || slices.ContainsFunc(included, in))
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

// obsidianAttached is the folder into which Obsidian puts what is pasted into a note, as its settings
// have it: one of the vault, which itself is the default, or after "./" one beside the note.
func obsidianAttached(setting, note string) string {
	if beside, ok := strings.CutPrefix(setting, "./"); ok {
		folder, _ := cutLast(note)
		return join(folder, beside)
	}
	return clean(setting)
}
