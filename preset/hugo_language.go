package preset

import (
	"cmp"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// hugoLanguage is the settings of the site in one language.
type hugoLanguage struct {
	code, prefix string
	host         string // of its own: "https://example.fr"; else ""
	disabled     bool
	keepCase     bool
	noAccents    bool
	uglyURLs     any             // whether addresses end in .html: for all, or by section
	permalinks   []hugoPermalink // the first that fits counts
}

// newLanguage reads the settings of a language, which stand over those of the site.
func (h *hugoSite) newLanguage(key, main string) *hugoLanguage {
	own := h.values.sub("languages").sub(key)
	v := h.values.merged(own)
	permalinks := readPermalinks(v.at("permalinks"))
	for i, p := range permalinks {
		permalinks[i].pattern = h.known(p.pattern)
	}
	l := &hugoLanguage{
		disabled:   own.is("disabled", false) || slices.Contains(h.values.texts("disableLanguages"), key),
		keepCase:   v.is("disablePathToLower", false),
		noAccents:  v.is("removePathAccents", false),
		uglyURLs:   v.at("uglyURLs"),
		permalinks: append(sectionPermalinks(h.patterns), permalinks...),
	}
	if own != nil {
		l.code = cmp.Or(own.text("languageCode"), own.text("locale"), key)
	}
	isMain := strings.ToLower(key) == main
	switch base := own.text("baseURL"); {
	case base != "" && !isMain:
		l.host = strings.TrimSuffix(base, "/")
	case !isMain || v.is("defaultContentLanguageInSubdir", false):
		l.prefix = "/" + strings.ToLower(key)
	}
	return l
}

func (l *hugoLanguage) ugly(section string) bool {
	ugly := l.uglyURLs
	if m := asMap(ugly); m != nil {
		ugly = m.at(section)
	}
	return ugly == true
}

// fold makes an address lower case, and takes accents off where the site wants that.
func (l *hugoLanguage) fold(link string) string {
	if l.noAccents {
		link = withoutAccents(link)
	}
	if !l.keepCase {
		link = strings.ToLower(link)
	}
	return link
}

// languageFolder is a folder of content in one language.
var languageFolder = regexp.MustCompile(`^content([./_-])([a-z]{2}(?:-[A-Za-z]{2,4})?)/`)

// guessLanguages gives the settings of languages that have folders of their own: content.zh beside
// content, or nothing but en and zh in it.
func (h *hugoSite) guessLanguages() values {
	languages, sections := values{}, false
	for _, f := range h.tree().files {
		file := h.path(f)
		m := languageFolder.FindStringSubmatch(file)
		if m != nil {
			if _, err := language.Parse(m[2]); err == nil {
				languages[m[2]] = values{"contentDir": strings.TrimSuffix(m[0], "/")}
				continue
			}
		}
		sections = sections || isMarkdown(file) && strings.HasPrefix(path.Dir(file), "content/")
	}
	main := "en"
	if sections {
		maps.DeleteFunc(languages, func(name string, _ any) bool {
			return strings.HasPrefix(asMap(languages[name]).text("contentDir"), "content/")
		})
	} else if names := languages.names(); len(names) > 0 && languages[main] == nil {
		main = names[0]
	}
	return values{"languages": languages, "defaultContentLanguage": main}
}
