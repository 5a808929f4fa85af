// Package preset knows how the generators of static sites lay articles out, so that feedmill takes
// the same files for articles as the generator does and links each to the page made of it.
//
// In go a content folder, the name of a generator or [Auto], and the owner's own permalink
// patterns. Out comes a [Preset]: an [article.Layout], and what else the site's configuration says.
// [Find] opens nothing outside the content folder but configuration files of known names in it and
// in the two folders above, up to one that holds .git, the lists of authors and tags that go with
// them, and the pages that are Astro's routes. It refuses links, and files of more than 1 MiB. Scripts
// are searched for plain values, never run. What was read once, the configuration and the pages of
// sections, is not looked at again: a change there needs another call.
package preset

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"feedmill/article"
)

// Auto is the name that asks [Find] to find the generator out.
const Auto = "auto"

// generators are the presets, those first whose signs are the surest.
var generators = []*generator{hexo, jekyll, astro, docusaurus, zola, hugo, eleventy, obsidian, plain}

// generator is what is known of one site generator.
type generator struct {
	name   string
	takes  string                       // what it makes articles of, in words
	weak   bool                         // its configuration may lie where another generator builds
	read   func(*reader) (config, bool) // its configuration, if it lies in that folder
	folder string                       // of articles, below the site's root; "" for the root itself
	seems  func(*tree) bool             // whether files without a configuration look like its
	tokens dialect                      // of permalink patterns
	layout func(*site) article.Layout   // as the site's configuration has it
	origin func(*site) Origin           // what else it says; nil: what is under common keys
}

// Options is what [Find] needs.
type Options struct {
	Dir  string // the content folder
	Name string // of a preset, or [Auto]

	// Permalinks are the owner's patterns by section, the one under "" for all other sections. They
	// beat those of the site's configuration and are beaten by an article's own address.
	Permalinks map[string]string
}

// Preset is how a site is laid out, and what its configuration says of it. Fields are empty where it
// says nothing.
type Preset struct {
	Name   string   // of the generator
	Takes  string   // what it makes articles of, in words that go on after "articles are"
	Files  []string // of its configuration
	Sought []string // the same, and files that were looked for in vain: if any changes or comes into being, another call may find another preset
	Layout article.Layout

	// Problems are those of the configuration, by path. Errors are of files that can't be read, wholly or
	// in part, so that what is found is not what the generator makes of the site.
	Problems []article.Problem

	Title    string
	BaseURL  string
	Language string // BCP 47, in canonical form
	Timezone *time.Location
	Origin   Origin
}

// Mistakes are what is wrong with the [Options] that the owner gives.
type Mistakes []Mistake

// Mistake is one of them.
type Mistake struct {
	Key  string // by which the configuration calls the option
	Text string
}

func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i := range m {
		lines[i] = m[i].Key + ": " + m[i].Text
	}
	return strings.Join(lines, "\n")
}

// Names gives the names of all presets, in the order in which they are tried.
func Names() []string {
	var names []string
	for _, g := range generators {
		names = append(names, g.name)
	}
	return names
}

// Find finds out how the content folder is laid out: by the nearest configuration of a generator
// that makes articles of files there, else by the look of the tree, else as a plain folder. A
// configuration that can't be read counts as what could be read of it, with a problem. The error tells
// all that is wrong with the options.
func Find(o Options) (*Preset, error) {
	candidates := generators
	if o.Name != Auto {
		i := slices.IndexFunc(generators, func(g *generator) bool { return g.name == o.Name })
		if i < 0 {
			return nil, Mistakes{{"content.preset", fmt.Sprintf("want %s or one of %s, have %q", Auto, strings.Join(Names(), ", "), o.Name)}}
		}
		candidates = generators[i : i+1]
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	f := finder{dir: dir, o: o, named: o.Name != Auto, sought: map[string]bool{}}
	s := f.configured(slices.DeleteFunc(slices.Clone(candidates), func(g *generator) bool { return g.weak }))
	if s == nil {
		s = f.configured(candidates)
	}
	if s == nil {
		s = f.guessed(candidates)
	}
	if err := s.generator.tokens.check(o.Permalinks); err != nil {
		return nil, err
	}
	s.preset.Sought = slices.Sorted(maps.Keys(f.sought))
	s.preset.Origin = s.findOrigin()
	s.preset.Problems = f.relative(s.preset.Problems)
	return &s.preset, nil
}

// finder tries generators on one content folder.
type finder struct {
	dir   string // absolute
	o     Options
	named bool // the owner has named the generator

	sought map[string]bool // files that were looked for
}

func (f finder) site(g *generator) *site {
	return &site{
		generator: g,
		content:   os.DirFS(f.dir),
		dir:       filepath.ToSlash(f.dir),
		patterns:  f.o.Permalinks,
		preset:    Preset{Name: g.name, Takes: g.takes},
		sought:    f.sought,
	}
}

// configured gives the site by the nearest configuration, or nil.
func (f finder) configured(candidates []*generator) *site {
	root := f.dir
	for level := range 3 {
		for _, g := range candidates {
			// As seen from where the owner sees the content folder.
			r := &reader{dir: filepath.Join(f.o.Dir, strings.Repeat("../", level)), sought: f.sought}
			c, ok := g.read(r)
			if !ok {
				continue
			}
			s := f.site(g)
			s.config = c
			s.root = r.dir
			s.preset.Files, s.preset.Problems = r.files, r.problems
			s.prefix = strings.TrimPrefix(strings.TrimPrefix(s.dir, filepath.ToSlash(root)), "/")
			s.preset.Layout = s.layout()
			// What lies further up may be about another part of the repository.
			if level == 0 || f.named || s.holdsArticle() {
				return s
			}
		}
		parent := filepath.Dir(root)
		if _, err := os.Lstat(filepath.Join(root, ".git")); err == nil || parent == root {
			break
		}
		root = parent
	}
	return nil
}

// guessed gives the site that files without a configuration look like.
func (f finder) guessed(candidates []*generator) *site {
	var t *tree
	for _, g := range slices.Concat(candidates, []*generator{plain}) {
		s := f.site(g)
		s.looked = t // the same for all of them
		t = s.tree()
		if !f.named && !g.seems(t) {
			continue
		}
		s.prefix, s.roots = t.place(g.folder)
		s.preset.Layout = s.layout()
		if f.named || g == plain || s.holdsArticle() {
			return s
		}
	}
	return nil // can't be: plain takes any tree
}

// relative gives the problems by paths relative to the content folder, in order, each once.
func (f finder) relative(problems []article.Problem) []article.Problem {
	for i := range problems {
		file, err := filepath.Abs(problems[i].Path)
		rel, err2 := filepath.Rel(f.dir, file)
		if err == nil && err2 == nil {
			problems[i].Path = filepath.ToSlash(rel)
		}
	}
	slices.SortFunc(problems, article.Problem.Compare)
	return slices.Compact(problems)
}
