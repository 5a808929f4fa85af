package preset

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"feedmill/article"
)

// Origin is what the site's own configuration says that a configuration of feedmill may take over.
// Fields are empty where it says nothing.
type Origin struct {
	Content     string // folder of the articles below the site's root, as far as they lie in one; "" for the root
	Description string
	Author      article.Author
	Taxonomies  []string // keys of the front matter; nil: those that are usual
	Feeds       []OldFeed
	IDs         bool // those feeds know articles by what [article.Layout.ID] gives
}

// OldFeed is an address at which the generator publishes a feed.
type OldFeed struct {
	Taxonomy string // "" for the site's
	Format   string // "rss", "atom" or "json"
	Path     string // below the base URL; that of a taxonomy holds the segment ":term"
}

func (s *site) findOrigin() Origin {
	if s.generator.origin == nil {
		return s.origin()
	}
	return s.generator.origin(s)
}

// origin reads what is in the configuration of most generators under the same keys.
func (s *site) origin() Origin {
	v := s.values
	var o Origin
	for _, key := range []string{"description", "params.description", "tagline"} {
		o.Description = cmp.Or(o.Description, v.text(key))
	}
	for _, key := range []string{"author", "params.author"} {
		a := v.sub(key)
		if o.Author.Name == "" {
			o.Author = article.Author{Name: cmp.Or(v.text(key), a.text("name")), Email: a.text("email"), URL: cmp.Or(a.text("url"), a.text("uri"))}
		}
	}
	return o
}

// hugoOrigin knows https://gohugo.io/templates/rss/ and https://gohugo.io/configuration/taxonomies/.
func hugoOrigin(s *site) Origin {
	o, v := s.origin(), s.values
	o.Content = cmp.Or(clean(v.text("contentDir")), "content")
	off := v.texts("disableKinds")
	lacks := func(kinds ...string) bool {
		return slices.ContainsFunc(off, func(k string) bool {
			return slices.ContainsFunc(kinds, func(kind string) bool { return strings.EqualFold(k, kind) })
		})
	}
	given := v.sub("taxonomies")
	for _, one := range given.names() {
		o.Taxonomies = append(o.Taxonomies, given.text(one)) // singular: plural, which is the key
	}
	makes := func(kind string) bool {
		outputs := v.texts("outputs." + kind)
		return !lacks("rss", kind) && (outputs == nil || slices.ContainsFunc(outputs, func(f string) bool { return strings.EqualFold(f, "rss") }))
	}
	file := cmp.Or(v.text("outputFormats.rss.baseName"), "index") + ".xml"
	if makes("home") {
		o.Feeds = append(o.Feeds, OldFeed{"", "rss", "/" + file})
	}
	if makes("term") && !lacks("taxonomy") {
		for _, taxonomy := range elseList(o.Taxonomies, []string{"categories", "tags"}) {
			o.Feeds = append(o.Feeds, OldFeed{taxonomy, "rss", "/" + taxonomy + "/:term/" + file})
		}
	}
	return o
}

func elseList(list, otherwise []string) []string {
	if list == nil {
		return otherwise
	}
	return list
}

// jekyllOrigin knows https://github.com/jekyll/jekyll-feed, and templates in its place or beside it.
func jekyllOrigin(s *site) Origin {
	o, v := s.origin(), s.values
	o.Content = clean(v.text("source"))
	r := &reader{dir: s.root, sought: s.sought}
	gems, _ := r.text("Gemfile")
	plugin := slices.Contains(append(v.texts("plugins"), v.texts("gems")...), "jekyll-feed") || jekyllFeedGem.MatchString(gems)
	usual := clean(cmp.Or(v.text("feed.path"), "feed.xml"))
	for _, file := range unique([]string{usual, "atom.xml", "rss.xml"}, clean) {
		src, ok := r.text(join(o.Content, file))
		made := !ok && plugin && file == usual
		if !ok && !made {
			continue
		}
		format := "atom"
		if strings.Contains(src, "<rss") {
			format = "rss"
		}
		o.Feeds = append(o.Feeds, OldFeed{"", format, "/" + file})
		o.IDs = o.IDs || made || strings.Contains(src, "post.id")
	}
	if o.Feeds == nil {
		o.Feeds = []OldFeed{{"", "atom", "/" + usual}}
	}
	return o
}

var jekyllFeedGem = regexp.MustCompile(`(?m)^\s*gem[\s(]+['"]jekyll-feed['"]`)

// hexoOrigin knows https://github.com/hexojs/hexo-generator-feed.
func hexoOrigin(s *site) Origin {
	o := s.origin()
	o.Content = cmp.Or(clean(s.values.text("source_dir")), "source")
	types := elseList(s.values.texts("feed.type"), []string{"atom"})
	paths := s.values.texts("feed.path")
	for i, kind := range types {
		format, file := "atom", "atom.xml"
		if kind == "rss2" {
			format, file = "rss", "rss2.xml"
		}
		if i < len(paths) {
			file = clean(paths[i])
		}
		o.Feeds = append(o.Feeds, OldFeed{"", format, "/" + file})
	}
	return o
}

// zolaOrigin knows https://www.getzola.org/documentation/templates/feeds/.
func zolaOrigin(s *site) Origin {
	o, v := s.origin(), s.values
	o.Content = "content"
	files := elseList(append(v.texts("feed_filenames"), v.texts("feed_filename")...), []string{"atom.xml"})
	add := func(taxonomy, folder string) {
		for _, file := range files {
			format := "atom"
			if strings.Contains(file, "rss") {
				format = "rss"
			}
			o.Feeds = append(o.Feeds, OldFeed{taxonomy, format, folder + file})
		}
	}
	if v.is("generate_feeds", false) || v.is("generate_feed", false) {
		add("", "/")
	}
	for _, item := range asList(v.at("taxonomies")) {
		t := asMap(item)
		if name := t.text("name"); name != "" {
			o.Taxonomies = append(o.Taxonomies, name)
			if t.is("feed", false) {
				add(name, "/"+name+"/:term/")
			}
		}
	}
	return o
}

// docusaurusOrigin knows https://docusaurus.io/docs/blog#feed, for the first of the blogs.
func docusaurusOrigin(s *site) Origin {
	o := s.origin()
	o.Description = scriptSays(s.script, "tagline")
	blogs := docusaurusBlogs(s.script)
	if len(blogs) == 0 {
		return o
	}
	folder, route := docusaurusPlace(blogs[0])
	if len(blogs) == 1 {
		o.Content = folder
	}
	feed := scriptObject(blogs[0], "feedOptions")
	o.Description = cmp.Or(scriptValue(feed, "description"), o.Description)
	for _, format := range docusaurusFormats(feed) {
		if file, ok := docusaurusFiles[format]; ok {
			o.Feeds = append(o.Feeds, OldFeed{"", format, path.Join("/", route, file)})
		}
	}
	return o
}

var docusaurusFiles = map[string]string{"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}

var docusaurusNone = scriptRegexp("type", `(?:null|undefined|false)\b`)

// docusaurusFormats gives the types of feeds by the options for them.
func docusaurusFormats(feed string) []string {
	one := scriptValue(feed, "type")
	switch {
	case one == "all":
		return []string{"rss", "atom", "json"}
	case docusaurusNone.MatchString(feed):
		return nil
	case one != "":
		return []string{one}
	}
	return elseList(scriptList(feed, "type"), []string{"rss", "atom"})
}

// astroOrigin knows no feeds: a site has those that its author writes, and commonly /rss.xml.
func astroOrigin(s *site) Origin {
	o := s.origin()
	o.Content = "src/content"
	return o
}

// eleventyOrigin knows https://www.11ty.dev/docs/plugins/rss/.
func eleventyOrigin(s *site) Origin {
	o := s.origin()
	o.Content = eleventyInput(s.script)
	if file := scriptValue(s.script, "outputPath"); strings.HasPrefix(file, "/") {
		format := cmp.Or(scriptValue(s.script, "type"), "atom")
		if slices.Contains([]string{"rss", "atom", "json"}, format) {
			o.Feeds = []OldFeed{{"", format, file}}
		}
	}
	return o
}
