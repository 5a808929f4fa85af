package page

import (
	"cmp"
	"slices"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"feedmill/catalog"
	"feedmill/feed"
)

// How much of a site with very many terms a page shows.
const (
	maxLatest = 5    // articles on the catalogue
	maxFew    = 40   // terms of each taxonomy on the catalogue
	maxTerms  = 2000 // terms on the page of a taxonomy
)

type catalogue struct {
	frame
	Heading     string
	Description string
	Site        string // its URL, where that is another one; or ""
	Up          bool   // this is the page of one taxonomy
	Articles    int
	OPML        string
	Latest      []post
	Groups      []group

	over span
}

// Begin and End are those of the time that the pictures of rhythms show.
func (c catalogue) Begin() string { return c.Date(c.over.begin) }
func (c catalogue) End() string   { return c.Date(c.over.end) }

// group is the terms of a taxonomy, or those of them with the most articles.
type group struct {
	ID    string // of the heading
	Name  string
	Page  string // the URL of the page with more of them; "" where all are here, or this is it
	Count int    // of all
	Terms []term
}

// Fewer reports whether there are terms that are not shown.
func (g group) Fewer() bool { return len(g.Terms) < g.Count }

type term struct {
	named
	Page   string
	Count  int
	Last   time.Time // when the newest article was published
	Rhythm rhythm
	Feeds  []link
}

// Catalogue is the page of all feeds.
func (s Site) Catalogue() ([]byte, error) {
	d := s.catalogue()
	d.Heading, d.Description = d.Title, s.Mill.Description()
	if home := s.Mill.Home(s.Snapshot.Site); !s.Mill.IsSite() {
		d.Site = home
	}
	for _, e := range s.Snapshot.Site.Entries[:min(maxLatest, len(s.Snapshot.Site.Entries))] {
		d.Latest = append(d.Latest, s.post(e, ""))
	}
	for _, t := range s.Snapshot.Taxonomies {
		if len(t.Terms) > 0 {
			d.Groups = append(d.Groups, s.group(d.words, d.over, t, maxFew))
		}
	}
	return render("catalogue.html", d)
}

// Taxonomy is the page of the feeds of one taxonomy.
func (s Site) Taxonomy(t catalog.Taxonomy) ([]byte, error) {
	d := s.catalogue()
	g := s.group(d.words, d.over, t, maxTerms)
	d.Up, d.Heading, d.Title = true, g.Name, g.Name+" – "+d.Home.Name
	g.Page = ""
	d.Groups = []group{g}
	return render("catalogue.html", d)
}

func (s Site) catalogue() catalogue {
	return catalogue{
		frame:    s.frame(s.Snapshot.Site),
		Articles: s.Snapshot.Articles,
		OPML:     s.Mill.At(feed.OPMLPath),
		over:     spanOf(s.Snapshot.Site),
	}
}

// group is that of the most terms that a page has room for, by name.
func (s Site) group(w words, over span, t catalog.Taxonomy, most int) group {
	g := group{ID: "of-" + catalog.Slug(t.Name), Name: taxonomyName(w, t.Name), Count: len(t.Terms)}
	terms := t.Terms
	if len(terms) > most {
		g.Page = s.Mill.At("/" + t.Name + "/")
		terms = slices.Clone(terms)
		slices.SortStableFunc(terms, func(a, b *catalog.Selection) int { return cmp.Compare(b.Count, a.Count) })
		shown := map[*catalog.Selection]bool{}
		for _, sel := range terms[:most] {
			shown[sel] = true
		}
		terms = slices.DeleteFunc(slices.Clone(t.Terms), func(sel *catalog.Selection) bool { return !shown[sel] })
	}
	for _, sel := range terms {
		g.Terms = append(g.Terms, term{
			named: nameOf(sel), Page: s.Mill.PageURL(sel), Count: sel.Count,
			Last: last(sel), Rhythm: rhythmOf(sel, over), Feeds: s.feeds(sel),
		})
	}
	return g
}

// taxonomyName is what people call a taxonomy, where that is known.
func taxonomyName(w words, name string) string {
	return cmp.Or(w.texts["taxonomy."+name], name)
}

// named is what a page calls a term.
type named struct {
	Name string
	Tag  string // of a language, which Name is said in; or ""
}

// nameOf gives a language the name that it has for itself, where that is known.
func nameOf(sel *catalog.Selection) named {
	if sel.Taxonomy == catalog.Languages {
		if own := display.Self.Name(language.Make(sel.Name)); own != "" {
			return named{own, sel.Name}
		}
	}
	return named{Name: sel.Name}
}

// last is when the newest article was published; zero where there is none.
func last(sel *catalog.Selection) time.Time {
	var newest time.Time
	for _, e := range sel.Entries {
		if e.Published.After(newest) {
			newest = e.Published
		}
	}
	return newest
}
