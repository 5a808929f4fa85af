package article

import (
	"net/url"
	"path"
	"regexp"
	"strings"
)

// locate gives the article the address of its page, and the id that goes with it.
func (d *draft) locate(a *Article) {
	page := d.page(a)
	var address string
	a.URL, address = d.url(page)
	if !a.Hidden {
		d.warnOfShown(page, a.URL)
	}
	id := d.p.o.Layout.ID
	if id == nil || a.ID != "" || address == "" {
		return
	}
	if u, ok := d.p.pageURL(id(page, address)); ok && u != a.URL {
		a.ID, a.Derived = u, true
	}
}

// warnOfShown warns of an address at which people find something else.
func (d *draft) warnOfShown(page Page, address string) {
	if d.p.o.Shown == nil {
		return
	}
	below, ok := strings.CutPrefix(address, strings.TrimSuffix(d.p.o.Site.String(), "/"))
	path, err := url.PathUnescape(below)
	if !ok || err != nil {
		return
	}
	if what := d.p.o.Shown(path); what != "" {
		page.Warn("the article can't be seen: its address, " + path + ", shows " + what + "; hint: give it another one")
	}
}

// url gives the address of a page: the one that the layout has for it, which is returned as well, else
// the file's path.
func (d *draft) url(page Page) (u, address string) {
	if link := d.p.o.Layout.Link; link != nil {
		address = link(page)
		if u, ok := d.p.pageURL(address); ok {
			return u, address
		}
	}
	u, _ = d.p.pageURL(strings.ReplaceAll(d.name.folder+d.name.stem+"/", "%", "%25"))
	return u, ""
}

// page is what the layout may make an address of.
func (d *draft) page(a *Article) Page {
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
	return page
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
