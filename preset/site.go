package preset

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/text/language"

	"feedmill/article"
)

// site is a site that a generator is asked to lay out.
type site struct {
	config
	generator *generator
	content   fs.FS
	dir       string            // of content, absolute, with slashes
	root      string            // folder of the configuration, "" without one
	prefix    string            // path of the content folder below the site's root, "" for the root
	roots     []string          // sites within the content folder, the deepest first; none: it lies in one
	patterns  map[string]string // the owner's, by section
	looked    *tree
	preset    Preset
	sought    map[string]bool // files that were looked for
}

// layout is the generator's, in this content folder.
func (s *site) layout() article.Layout {
	l := s.generator.layout(s)
	l.Folder = path.Base(s.dir)
	return l
}

// path gives the path of a content file below the root of its site.
func (s *site) path(name string) string {
	for _, root := range s.roots {
		if rest, ok := cutFolder(name, root); ok {
			return rest
		}
	}
	return join(s.prefix, name)
}

// beside gives the path below the content folder of a file of the site in which the one at name lies, as
// path has it below that site's root; false where it lies elsewhere.
func (s *site) beside(name, file string) (string, bool) {
	if root, ok := strings.CutSuffix(name, s.path(name)); ok {
		return root + file, true
	}
	return cutFolder(file, s.prefix)
}

// pattern is the owner's for a section, or "".
func (s *site) pattern(section string) string {
	return cmp.Or(s.patterns[section], s.patterns[""])
}

// known gives a pattern of the site's configuration, or "" if it holds a token that means nothing.
func (s *site) known(pattern string) string {
	if unknown := s.generator.tokens.unknown(pattern); unknown != nil {
		s.warn(pattern, "unknown token :%s in %q; the usual addresses are used", unknown[0], pattern)
		return ""
	}
	return pattern
}

// patternLink gives the address by the owner's pattern, or "" if there's none, or no date for it.
func (s *site) patternLink(p post) string {
	pattern := s.pattern(p.section)
	if pattern == "" {
		return ""
	}
	return s.generator.tokens.link(pattern, p)
}

// say notes what the configuration says of the site.
func (s *site) say(title, baseURL, lang, zone string) {
	s.preset.Title, s.preset.BaseURL = title, baseURL
	if tag, err := language.Parse(lang); err == nil {
		s.preset.Language = tag.String()
	}
	if zone == "" {
		return
	}
	// Go's "Local" is whatever the machine has.
	location, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" {
		s.warn(zone, "unknown time zone %q; it is not used", zone)
		return
	}
	s.preset.Timezone = location
}

// warn adds a warning about the site's configuration, at the first line that has a text.
func (s *site) warn(text, format string, args ...any) {
	for _, file := range s.preset.Files {
		if line := lineOf(file, text); line > 0 {
			s.tell(file, line, format, args...)
			return
		}
	}
	s.tell(append(s.preset.Files, s.dir)[0], 1, format, args...) // written there in another way
}

// tell adds a warning about a file.
func (s *site) tell(file string, line int, format string, args ...any) {
	s.preset.Problems = append(s.preset.Problems, article.Problem{Path: file, Line: line, Severity: article.Warning, Message: fmt.Sprintf(format, args...)})
}

// lineOf gives the first line of a file that has a text, from 1; 0 for none.
func lineOf(file, text string) int {
	src, _ := readRegular(filepath.Dir(file), filepath.Base(file))
	before, _, ok := strings.Cut(string(src), text)
	if !ok {
		return 0
	}
	return 1 + strings.Count(before, "\n")
}

// at is where a content file lies.
func (s *site) at(name string) string {
	return filepath.Join(filepath.FromSlash(s.dir), filepath.FromSlash(name))
}

// decode gives the values of a content file.
func (s *site) decode(name string) values {
	v, line, err := decode(path.Ext(name), s.head(name, maxFile))
	if err != nil {
		s.preset.Problems = append(s.preset.Problems, unread(s.at(name), line, err))
	}
	return v
}

// files yields the regular files of the content folder, in order, but for those in hidden folders
// and in node_modules. What can't be listed yields nothing.
func (s *site) files() iter.Seq[string] {
	return func(yield func(string) bool) {
		_ = fs.WalkDir(s.content, ".", func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil
			case d.IsDir() && name != "." && (d.Name()[0] == '.' || d.Name() == "node_modules"):
				return fs.SkipDir
			case d.Type().IsRegular() && !yield(name):
				return fs.SkipAll
			}
			return nil
		})
	}
}

// data gives the values of a file below the site's root, or nil where there is none.
func (s *site) data(file string) values {
	if s.root != "" {
		r := &reader{dir: s.root, sought: s.sought}
		v, _ := r.values(file)
		s.preset.Files = append(s.preset.Files, r.files...)
		s.preset.Problems = append(s.preset.Problems, r.problems...)
		return v
	}
	for name := range s.files() {
		if s.path(name) == file {
			return s.decode(name)
		}
	}
	return nil
}

// text gives what a file below the site's root holds, or below the content folder where nobody knows
// that; "" where there is none.
func (s *site) text(file string) string {
	r := &reader{dir: cmp.Or(s.root, s.dir), sought: s.sought}
	src, _ := r.text(file)
	s.preset.Problems = append(s.preset.Problems, r.problems...)
	return src
}

// authors gives those that such a file tells by their keys.
func (v values) authors() map[string]article.Author {
	authors := map[string]article.Author{}
	for key, member := range v {
		a := asMap(member)
		authors[key] = article.Author{
			Name:  cmp.Or(asText(member), a.text("name"), a.text("display_name"), key),
			URL:   cmp.Or(a.text("url"), a.text("uri"), a.text("web"), a.text("website"), a.text("link")),
			Email: a.text("email"),
		}
	}
	return authors
}

// below yields the text of the files with that ending in a folder below the site's root, by their
// paths there.
func (s *site) below(folder, ending string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		all := s
		if s.root != "" { // the folder may lie beside that of the articles, but no link leads out of the root
			root, err := os.OpenRoot(s.root)
			if err != nil {
				return
			}
			defer root.Close()
			below, err := fs.Sub(root.FS(), cmp.Or(folder, "."))
			if err != nil {
				return
			}
			all = &site{content: below, prefix: folder}
		}
		for name := range all.files() {
			rest, ok := cutFolder(all.path(name), folder)
			if ok && path.Ext(name) == ending && !yield(rest, all.head(name, maxFile)) {
				return
			}
		}
	}
}

// head gives the first bytes of a content file, so many at most.
func (s *site) head(name string, limit int64) string {
	f, err := s.content.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, limit))
	if err != nil {
		return ""
	}
	return strings.ToValidUTF8(string(src), "")
}

// holdsArticle reports whether the layout makes an article of any file of the content folder, or
// would of one to come.
func (s *site) holdsArticle() bool {
	for _, name := range []string{"new.md", "2000-01-01-new.md"} {
		if _, ok := s.preset.Layout.Place(name); ok {
			return true
		}
	}
	p := article.New(article.Options{Layout: s.preset.Layout})
	for name := range s.files() {
		if p.IsArticle(name) {
			return true
		}
	}
	return false
}
