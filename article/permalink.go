package article

import (
	"path"
	"regexp"
	"strings"
)

// url gives the address of a's page: the one that the layout has for it, else the file's path.
func (d *draft) url(a *Article) string {
	if link := d.p.o.Layout.Link; link != nil {
		page := Page{
			Path:       d.r.path,
			Title:      a.Title,
			Name:       d.name.slug,
			Published:  a.Published,
			Categories: d.names("categories", &report{limits: d.r.limits}),
			draft:      d,
		}
		for page.URL = range d.facts.texts("url") {
			break
		}
		for page.Slug = range d.facts.texts("slug") {
			break
		}
		if u, ok := d.p.pageURL(link(page)); ok {
			return u
		}
	}
	u, _ := d.p.pageURL(strings.ReplaceAll(d.name.folder+d.name.stem+"/", "%", "%25"))
	return u
}

var (
	webAddress = regexp.MustCompile(`(?i)^(?:https?:)?//`)
	anyAddress = regexp.MustCompile(`(?i)^https?://`)
	fileMarks  = strings.NewReplacer("?", "%3F", "#", "%23", `\`, "%5C")
)

// pageURL gives the absolute URL for an address as [Layout] tells it.
func (p *Parser) pageURL(link string) (string, bool) {
	switch {
	case link == "":
		return "", false
	case strings.Contains(link, "://") && anyAddress.MatchString(link):
		return webURL(p.o.Site, link)
	}
	// Nothing that a layout says leads out of the site.
	clean := path.Clean("/" + link)
	if strings.HasSuffix(link, "/") && clean != "/" {
		clean += "/"
	}
	return webURL(p.o.Site, "."+fileMarks.Replace(clean))
}

// source is the address of the original, unless that is the article itself.
func (d *draft) source(page string) string {
	for s := range d.facts.texts("source") {
		if !webAddress.MatchString(s) {
			continue
		}
		if u, ok := webURL(d.p.o.Site, s); ok && u != page {
			return u
		}
	}
	return ""
}
