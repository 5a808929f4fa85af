package page

import (
	"cmp"
	"context"
	"html/template"
	"path"
	"slices"
	"strings"
	"time"

	"feedmill/article"
	"feedmill/catalog"
)

type articlePage struct {
	frame
	Post     post
	Updated  time.Time // zero where it is the day of publication
	Authors  []article.Author
	Terms    []link
	Image    string
	Media    []medium
	Source   string
	Subjects []alternate // feeds of the terms
	Body     text        // what begins the content
	Content  template.HTML
}

// medium is an enclosure.
type medium struct {
	article.Enclosure
	Name           string
	IsAudio, Video bool
}

// alternate is a feed that browsers and readers find by themselves.
type alternate struct {
	Of string
	link
}

// Article is the page of an article, for a site that has no other. Its content is what feeds hold:
// sanitised, but not of this site's making. See [ArticlePolicy].
func (s Site) Article(ctx context.Context, e *catalog.Entry) ([]byte, error) {
	c, err := s.Mill.Content(ctx, e)
	if err != nil {
		return nil, err
	}
	d := articlePage{frame: s.frame(s.Snapshot.Site), Post: s.post(e, c.Summary), Authors: e.Authors, Source: e.Source}
	d.Title = e.Title + " – " + d.Home.Name
	d.Body = s.text(e, cmp.Or(c.Summary, e.Title))
	d.Content = template.HTML(reachable.Replace(c.HTML)) // package article has sanitised it
	if d.Date(e.Updated) != d.Date(e.Published) {
		d.Updated = e.Updated
	}
	if e.Image != "" && !strings.Contains(c.HTML, template.HTMLEscapeString(e.Image)) {
		d.Image = e.Image
	}
	for _, enclosure := range e.Enclosures {
		if !strings.Contains(c.HTML, template.HTMLEscapeString(enclosure.URL)) && enclosure.URL != e.Image {
			d.Media = append(d.Media, medium{
				enclosure, path.Base(enclosure.URL),
				strings.HasPrefix(enclosure.Type, "audio/"), strings.HasPrefix(enclosure.Type, "video/"),
			})
		}
	}
	for _, sel := range s.selectionsOf(e) {
		name := nameOf(sel).Name
		if !slices.ContainsFunc(d.Terms, func(l link) bool { return l.Name == name }) {
			d.Terms = append(d.Terms, link{Name: name, URL: s.Mill.PageURL(sel)})
		}
		d.Subjects = append(d.Subjects, alternate{s.Mill.Title(sel), s.feeds(sel)[0]})
	}
	return render("article.html", d)
}

// reachable lets the keyboard reach what may be wider than the screen. In sanitised HTML, "<" stands
// before tags alone.
var reachable = strings.NewReplacer("<pre", `<pre tabindex="0"`, "<table", `<table tabindex="0"`)

// selectionsOf are the terms of e that have feeds, each once.
func (s Site) selectionsOf(e *catalog.Entry) []*catalog.Selection {
	var all []*catalog.Selection
	seen := map[*catalog.Selection]bool{}
	for _, t := range s.Snapshot.Taxonomies {
		for _, name := range e.Terms.Of(t.Name) {
			if sel, _ := s.Snapshot.Term(t.Name, catalog.Slug(name)); sel != nil && !seen[sel] && strings.EqualFold(sel.Name, name) {
				seen[sel] = true
				all = append(all, sel)
			}
		}
	}
	return all
}
