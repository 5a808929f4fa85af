package article

import (
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// Layout says how a site lays its articles out: which files are articles, and where each of them is
// published. Whoever fills one in knows the site's generator; this package only asks. The functions
// depend on nothing but what they are given and are safe for concurrent use. The zero Layout is a
// folder in which every file is an article, published at its path without the ending.
type Layout struct {
	// Place tells what the path of a file, relative to the content folder, says of the article in
	// it; false means that the file is none. Nil says nothing and refuses nothing.
	Place func(path string) (Place, bool)

	// Link gives the address of an article: an absolute URL, or a path from the site's root. Percent
	// signs in it are those of escapes; other characters may stand as they are. Nil, and an empty
	// address, stand for the file's path.
	Link func(Page) string

	// ID gives what the generator's own feeds know an article by that has no explicit id, as Link does,
	// whose result address is. Nil, and an empty one, stand for the address itself.
	ID func(p Page, address string) string

	// Time gives the moment that a bare time in YAML means: yaml is that of YAML 1.1, to which a time
	// that names no zone is in UTC. Nil takes such a time for one in the site's zone.
	Time func(yaml time.Time, site *time.Location) time.Time

	// Original gives the path of the file that the one at path translates, by its place and name alone:
	// posts/a.md for posts/a.zh.md. References to the one mean the other where that is in the language of
	// what refers. Nil stands for path itself.
	Original func(path string) string

	// Owner gives the page to whose address the files beside the article at path belong, where own is that
	// of the article: paths from the site's root. Nil stands for own.
	Owner func(path, own string) string

	// Attached gives the folder, from the site's root, of what the article at path embeds by its name
	// alone: ![[pier.png]]. Nil stands for the place of the article's page.
	Attached func(path string) string

	Media string // settings that Owner and Attached follow: equal ones, equal answers

	Keys    map[string][]string // more keys that tell a fact, next after [Options.Fields]; url and slug have no others
	Ignore  []string            // keys of front matter that mean nothing here
	Index   []string            // names of files that claim their folder: all else in it and below belongs to that article
	MDX     bool                // files that end in .md are MDX, too
	Emoji   bool                // :tada: and the like stand for emoji
	Titled  bool                // a heading of the first level at the start of a body is never shown: the title is
	Named   bool                // an article that has no title and does not begin with a heading of the first level is called as its file is, to the letter
	Vault   bool                // it is one of Obsidian, where %% … %% is a comment wherever it stands
	Last    bool                // of keys that stand twice in YAML the last holds, where others have an error
	Dated   bool                // what tells no date is no article
	Beside  bool                // relative references to images and media, and names of files, are from the file's folder, not from the page
	Bundled bool                // files that front matter and bodies refer to relatively are published under names of the generator's own
	Rooted  Rooting             // before which addresses the folder of the site is written
	Folder  string              // what the content folder is called, or ""
	Static  string              // the folder beside the content whose files are published at the site's root, or ""
	Authors map[string]Author   // by the key that front matter may name one by
	Site    map[string]string   // what bodies may show as {{ site.NAME }}, by dotted names
	Tags    map[string]string   // what readers see of a tag, by the key that front matter may name it by

	Protected []string // tags of articles that a password protects, unless these have an empty one

	Words bool // in categories and tags blanks part the names, and all keys that hold some count
}

// mediaBase is what relative references to images and media resolve against, in the file at name
// whose article is the page.
func (o Options) mediaBase(name string, page *url.URL) *url.URL {
	switch own, inSite := strings.CutPrefix(page.EscapedPath(), o.Site.EscapedPath()); {
	case o.Layout.Beside:
		return o.Site.ResolveReference(&url.URL{Path: "./" + strings.TrimPrefix(path.Dir(name)+"/", "./")})
	case o.Layout.Owner != nil && inSite && page.Host == o.Site.Host:
		if owner, err := o.Site.Parse("./" + o.Layout.Owner(name, own)); err == nil {
			return owner
		}
	}
	return page
}

// folder is the path of the site on its host, "" at its root.
func (o Options) folder() string { return strings.TrimSuffix(o.Site.EscapedPath(), "/") }

// host is the site's, with the scheme.
func (o Options) host() string { return o.Site.Scheme + "://" + o.Site.Host }

// isBundled reports whether ref names an image or a medium whose address nobody here knows.
func (o Options) isBundled(ref string) bool {
	return o.Layout.Bundled && !strings.HasPrefix(ref, "/") && !strings.Contains(ref, ":")
}

// Place is what the place of a file says of the article in it.
type Place struct {
	Date       string              // in a shape that front matter may have, or "" for what the name seems to tell
	Language   string              // BCP 47, or "" for what the name seems to tell
	Categories []string            // that the article has besides its own
	Front      map[string][]string // front matter that holds where the article's own is silent, by dotted keys
	Fenced     bool                // without front matter it is no article
}

// Page is what an address can be made of: an article that has none yet.
type Page struct {
	Path       string
	Title      string
	Name       string    // of the file, or of an index's folder, without date and language
	URL, Slug  string    // what the front matter says of them, or ""
	Published  time.Time // as in [Article]
	Categories []string

	draft *draft
}

// Field gives what the front matter has under a key as text, or "".
func (p Page) Field(key string) string {
	if v := p.draft.front.at(key); v != nil {
		s, _ := v.scalar()
		return s
	}
	return ""
}

// Lists gives what the front matter has under a key as lists: those in a list of lists, else one
// with all that is there. It gives nil for nothing.
func (p Page) Lists(key string) [][]string {
	v := p.draft.front.at(key)
	if v == nil {
		return nil
	}
	nested := slices.ContainsFunc(v.items, func(item *value) bool { return item.kind == listKind })
	if !nested {
		v = &value{kind: listKind, items: []*value{v}}
	}
	var lists [][]string
	for _, item := range v.items {
		var list []string
		for _, member := range item.each() {
			if s, ok := member.scalar(); ok {
				list = append(list, s)
			}
		}
		if list != nil {
			lists = append(lists, list)
		}
	}
	return lists
}

// Date gives the date that the front matter has under a key, in the zone in which it was written, or
// zero.
func (p Page) Date(key string) time.Time {
	if v := p.draft.front.at(key); v != nil {
		if s, ok := v.scalar(); ok {
			if t, err := p.draft.time(s, v.kind); err == nil {
				return t
			}
		}
	}
	return time.Time{}
}

// Warn adds a warning about the address, on the line where the author gives one.
func (p Page) Warn(message string) {
	for _, f := range p.draft.facts.texts("url") {
		p.draft.r.warnf(f.line, "%s: %s", f.key, message)
		return
	}
	p.draft.r.warnf(1, "permalink: %s", message)
}

// endings are those of articles, in lower case.
var endings = []string{".md", ".markdown", ".mdown", ".mdx", ".html"}

// IsContent reports whether a file of that path is of the kind that articles are, by its ending. What
// is hidden by a dot at the start of its name or of a folder's is not.
func IsContent(name string) bool {
	hidden := slices.ContainsFunc(strings.Split(name, "/"), func(s string) bool { return strings.HasPrefix(s, ".") })
	return !hidden && slices.Contains(endings, strings.ToLower(path.Ext(name)))
}

// IsArticle reports whether the content file of that path may be an article, by the path alone.
// Section pages (_index.md) are not, nor what the layout refuses.
func (p *Parser) IsArticle(name string) bool {
	if !isArticle(name) {
		return false
	}
	_, ok := p.place(name)
	return ok
}

func isArticle(name string) bool {
	return IsContent(name) && !strings.HasPrefix(strings.ToLower(path.Base(name)), "_index.")
}

// Indexes gives the names of files that claim their folder: what else lies in it or below belongs to
// that one article.
func (p *Parser) Indexes() []string { return p.o.Layout.Index }

// Original gives the path of the file that the one at path translates, or path itself: see [Layout].
func (p *Parser) Original(path string) string {
	if p.o.Layout.Original == nil {
		return path
	}
	return p.o.Layout.Original(path)
}

func (p *Parser) place(name string) (Place, bool) {
	if p.o.Layout.Place == nil {
		return Place{}, true
	}
	return p.o.Layout.Place(name)
}

// complete adds to the front matter of a file what its place says where it is silent itself.
func (p Place) complete(front *value) {
	for _, key := range slices.Sorted(maps.Keys(p.Front)) {
		if front.at(key) != nil {
			continue
		}
		v := &value{kind: listKind, line: 1}
		for _, s := range p.Front[key] {
			v.items = append(v.items, &value{kind: textKind, text: s, line: 1})
		}
		if len(v.items) == 1 {
			v = v.items[0]
		}
		front.fields = append(front.fields, field{key, 1, v})
	}
}
