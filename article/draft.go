package article

import (
	"bytes"
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// draft is an article in the making: all that is known of a file before any fact is decided.
type draft struct {
	p     *Parser
	r     *report
	place Place
	name  fileName
	body  cursor
	front *value
	facts facts
}

// article decides every fact that the front matter, the name or the body tells.
func (d *draft) article() *Article {
	a := &Article{
		Title:    d.title(),
		ID:       d.id(),
		Hidden:   d.hidden(),
		Summary:  d.summary(),
		Terms:    d.terms(),
		Language: d.language(),
		Extras:   &Extras{},
	}
	a.Published, a.Updated, a.Expires = d.dates(a.Hidden)
	d.locate(a)
	page, err := url.Parse(a.URL)
	if err != nil {
		page = d.p.o.Site
	}
	a.Authors = d.authors(page)
	a.Image = d.image(d.p.o.mediaBase(d.r.path, page))
	a.Enclosures = d.enclosures(page)
	if a.Recording() != nil {
		a.Podcast = d.podcast(page)
	}
	a.Source = d.source(a.URL)
	a.Extras = a.orNone()
	a.Refs = d.p.o.refs(d.r.path, d.body.src[d.body.offset:])
	return a
}

// title is what the author says, else the first heading, else the file's name.
func (d *draft) title() string {
	for _, f := range d.facts["title"] {
		s, ok := f.scalar()
		if !ok {
			d.r.warnf(f.line, "%s: want text; the first heading or the file's name is used", f.key)
			continue
		}
		if s = oneLine(s); s != "" {
			return s
		}
	}
	if s := d.otherTitle(); s != "" {
		return s
	}
	named := d.p.o.Layout.Named
	heading := firstHTMLHeading
	if !isHTML(d.r.path) {
		heading = func(c cursor) string { return firstHeading(c, named) }
	}
	byName := d.name.title()
	if named {
		byName = cmp.Or(cleanLine(d.name.stem), byName)
	}
	return cmp.Or(oneLine(heading(d.body)), byName, "Untitled")
}

// otherTitles are keys for titles of something else than the article.
var otherTitles = regexp.MustCompile(`^(?:sub|author|job|person|sidebar|menu|nav|section|series|collection|parent|book|album|site|blog|feed|image|cover|prev|previous|next|hide|show)title$`)

// otherTitle is what a key says that nobody knows but its owner: newsTitle, tip_title.
func (d *draft) otherTitle() string {
	for _, f := range d.front.fields {
		key := foldKey(f.key)
		if strings.HasSuffix(key, "title") && f.value.kind == textKind && !otherTitles.MatchString(key) {
			if s := oneLine(f.value.text); s != "" {
				return s
			}
		}
	}
	return ""
}

var template = regexp.MustCompile(`\{\{.*?\}\}|\{%.*?%\}`)

// oneLine gives the plain text of s, or "" if nothing of it can be seen.
func oneLine(s string) string { return cleanLine(plainText(s)) }

// summary is the first that holds something apart from templates, whose value nobody here knows.
func (d *draft) summary() string {
	for s := range d.facts.texts("summary") {
		if strings.Contains(s, "{") {
			s = template.ReplaceAllString(s, "")
		}
		if s = oneLine(s); s != "" {
			return s
		}
	}
	return ""
}

// hidden reports whether the author keeps the article out of the feeds, and whether it is no more
// than a redirect or one of Jekyll's drafts.
func (d *draft) hidden() bool {
	body := d.body.src[d.body.offset:]
	return slices.ContainsFunc(d.facts["hidden"], func(f fact) bool { return f.is(yesWords...) }) ||
		slices.ContainsFunc(d.facts["shown"], func(f fact) bool { return f.is(noWords...) }) ||
		len(d.facts["redirect"]) > 0 && len(bytes.TrimSpace(body)) == 0 ||
		strings.Contains("/"+d.name.folder, "/_drafts/")
}

// isClear reports whether the article is hidden, or every flag says yes or no: what may be a draft is
// not published on a guess.
func (d *draft) isClear() bool {
	if d.hidden() {
		return true
	}
	ok := true
	for _, name := range []string{"hidden", "shown"} {
		for _, f := range d.facts[name] {
			if f.isUnclear() {
				d.r.errorf(f.line, "%s: want true or false, have %s", f.key, quote(f.text))
				ok = false
			}
		}
	}
	return ok
}

// isUnclear reports whether a flag says neither yes nor no.
func (f fact) isUnclear() bool {
	key := foldKey(f.key)
	isDate := key == "published" && strings.ContainsAny(f.text, "0123456789")
	isWord := f.kind != listKind && f.kind != tableKind && f.kind != nullKind // Eleventy has lists of collections
	return isWord && !isDate && slices.Contains(flags, key) && !f.is(noWords...) && !f.is(yesWords...)
}

// language is what the author says, else what the file's name tells.
func (d *draft) language() string {
	for s, f := range d.facts.texts("language") {
		if tag := languageTag(s); tag != "" {
			return tag
		}
		d.r.warnf(f.line, "%s: %s is no language tag such as en or zh-CN", f.key, quote(s))
	}
	return cmp.Or(languageTag(d.place.Language), d.place.Language, d.name.language)
}

// dates gives when the article, which may be hidden, was published, updated, and when it expires.
func (d *draft) dates(hidden bool) (published, updated, expires time.Time) {
	zone := d.p.o.Zone
	byName := d.name.published
	if d.place.Date != "" {
		if t, err := parseDate(d.place.Date, zone); err == nil {
			byName = t
		}
	}
	if byName.IsZero() {
		byName = d.dateInURL()
	}
	instead := "left out"
	switch {
	case !byName.IsZero():
		instead = byName.Format("2006-01-02") + " from the file's name or address is used"
	case !hidden && d.p.o.Undated != "":
		instead = d.p.o.Undated
	}
	told := len(d.r.problems)
	published = cmp.Or(d.date("date", instead), byName)
	if published.IsZero() && !hidden && d.p.o.Undated != "" && len(d.r.problems) == told {
		d.r.warnf(1, "date: neither the front matter nor the name tells one; %s", instead)
	}
	updated = d.date("updated", "left out")
	if updated.Before(published) {
		updated = time.Time{}
	}
	return published, updated, d.date("expires", "left out")
}

// dateInURL gives the day that an address of the author's own tells.
func (d *draft) dateInURL() time.Time {
	for s := range d.facts.texts("url") {
		if t := dateInPath(s, d.p.o.Zone); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// isDated reports whether the author or the layout tells a date, and be it a bad one.
func (d *draft) isDated() bool {
	return d.place.Date != "" || d.facts["date"] != nil || !d.dateInURL().IsZero()
}

// date is the first good date of a fact. What is wrong with others before it is told together with
// what is used in their place.
func (d *draft) date(name, instead string) time.Time {
	type bad struct {
		fact
		err error
	}
	var date time.Time
	var tried []bad
	for s, f := range d.facts.texts(name) {
		if f.is(yesWords...) || f.is(noWords...) || f.is(fileDates...) {
			continue // published: yes
		}
		t, err := d.time(s, f.kind)
		if err == nil {
			date, instead = inZone(t, d.p.o.Zone), f.key+" is used"
			break
		}
		tried = append(tried, bad{f, err})
	}
	for _, b := range tried {
		d.r.warnf(b.line, "%s: %v; %s", b.key, b.err, instead)
	}
	return date
}

// time reads a date in the zone that is written there, else in the site's, or as the layout has it
// for a bare time.
func (d *draft) time(s string, k kind) (time.Time, error) {
	bare := d.p.o.Layout.Time
	if bare == nil || k != timeKind {
		return writtenDate(s, d.p.o.Zone)
	}
	t, err := writtenDate(s, time.UTC)
	if err != nil {
		return time.Time{}, err
	}
	return bare(t, d.p.o.Zone), nil
}
