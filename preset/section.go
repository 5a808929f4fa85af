package preset

import (
	"path"
	"regexp"
	"strings"
)

// sectionPage is the page of a folder, _index.md, which Hugo and Zola have.
type sectionPage struct {
	file   string // path in the content folder
	folder string // path below the root of its site
	front  values
}

const maxFrontMatter = 64 << 10 // bytes

var (
	sectionName  = regexp.MustCompile(`(?:^|/)_index(?:\.[\w-]+)?\.(?:md|markdown|html)$`)
	frontMatters = regexp.MustCompile(`(?s)^\x{FEFF}?(---|\+\+\+)[ \t]*\r?\n(.*?\n)?(?:---|\+\+\+)[ \t]*(?:\r?\n|$)`)
)

// isSection reports whether a file is the page of a section. Few names are worth the expression.
func isSection(name string) bool {
	return strings.Contains(name, "_index") && sectionName.MatchString(name)
}

// sectionPages reads those of the content folder, in order. What can't be read says nothing.
func (s *site) sectionPages() []sectionPage {
	var pages []sectionPage
	for name := range s.files() {
		if isSection(name) {
			pages = append(pages, sectionPage{name, path.Dir(s.path(name)), s.frontMatter(name)})
		}
	}
	return pages
}

// frontMatter reads that of a content file.
func (s *site) frontMatter(name string) values {
	m := frontMatters.FindStringSubmatch(s.head(name, maxFrontMatter))
	if m == nil {
		return nil
	}
	ending := ".yaml"
	if m[1] == "+++" {
		ending = ".toml"
	}
	v, _, err := decode(ending, m[2])
	if err != nil {
		return nil // the page is no article, and whoever builds the site hears of it
	}
	return v
}
