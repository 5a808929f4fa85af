package preset

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"feedmill/article"
)

// hugo is https://gohugo.io/content-management/urls/. Articles are all regular pages in content and
// in what is mounted there. The address is the page's url, else by the first of the site's permalinks
// that fits, else its path; whatever it is made of becomes lower case, without blanks and signs.
var hugo = &generator{
	name:   "hugo",
	takes:  "pages in content, but for those of sections (_index.md)",
	read:   readHugo,
	folder: "content",
	seems:  seemsHugo,
	tokens: hugoDialect,
	origin: hugoOrigin,
	layout: func(s *site) article.Layout {
		h := newHugo(s)
		return article.Layout{
			Static:   "static",
			Place:    h.place,
			Link:     h.link,
			Original: h.original,
			Owner:    h.owner,
			Media:    h.media(),
			Keys:     map[string][]string{"url": {"url"}, "slug": {"slug"}, "date": h.feedDates},
			Index:    h.indexes(),
			Ignore:   h.ignoredKeys(),
			Emoji:    s.values.is("enableEmoji", false),
			Rooted:   h.rooting(),
		}
	},
}

// seemsHugo goes by the pages of sections, and by a folder of content in which Markdown lies.
func seemsHugo(t *tree) bool {
	return t.has("/_index.") || slices.ContainsFunc(t.files, func(f string) bool { return isMarkdown(f) && strings.Contains("/"+f, "/content/") })
}

var hugoDialect = dialect{others: hugoDate, tokens: dateTokens.and(tokens{
	"year":        func(p post) string { return strconv.Itoa(p.date.Year()) }, // not in four digits
	"monthname":   dated("January"),
	"weekday":     func(p post) string { return strconv.Itoa(int(p.date.Weekday())) },
	"weekdayname": dated("Monday"),
	"yearday":     func(p post) string { return strconv.Itoa(p.date.YearDay()) },

	"section":      func(p post) string { return strings.ToLower(p.section) },
	"sections":     func(p post) string { return strings.ToLower(p.sections) },
	"sectionslug":  func(p post) string { return first(p.sectionSlugs) },
	"sectionslugs": func(p post) string { return p.sectionSlugs },

	"title":                 func(p post) string { return p.urlize(p.Title) },
	"slug":                  func(p post) string { return p.urlize(cmp.Or(p.Slug, p.Title)) },
	"filename":              func(p post) string { return p.urlize(p.stem) },
	"slugorfilename":        func(p post) string { return p.urlize(cmp.Or(p.Slug, p.stem)) },
	"contentbasename":       func(p post) string { return p.urlize(p.stem) },
	"slugorcontentbasename": func(p post) string { return p.urlize(cmp.Or(p.Slug, p.stem)) },
})}

// hugoDate takes a token that Go's time package can lay out for a part of the date: ":2006".
func hugoDate(layout string) func(post) string {
	if other := time.Date(2019, 11, 9, 23, 1, 42, 1, time.UTC); other.Format(layout) == layout {
		return nil
	}
	return dated(layout)
}

func (p post) urlize(s string) string { return p.fold(hugoSlug(s)) }

// hugoSlug is Hugo's urlize but for the case: hyphens for blanks, no punctuation but a few signs.
func hugoSlug(s string) string {
	var b strings.Builder
	gap, last := false, rune(0)
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.L, unicode.M, unicode.Nd), strings.ContainsRune(`./\_#+~-@`, r):
			if gap && r != '-' {
				b.WriteByte('-')
			}
			b.WriteRune(r)
			gap, last = false, r
		case b.Len() > 0 && last != '-' && unicode.IsSpace(r):
			gap = true
		}
	}
	return b.String()
}

// hugoPage is what Hugo makes of a path.
type hugoPage struct {
	*hugoLanguage
	mount  hugoMount
	name   string // below content, without language and ending
	folder string // below content; of a bundle, the one that holds its folder
	stem   string // the file's name without language and ending; of a bundle, its folder's
}

// find reads a path; false where no page is.
func (h *hugoSite) find(name string) (hugoPage, bool) {
	file := h.path(name)
	if path.Ext(file) == ".mdx" || anyGlob(h.ignored, "/"+file) {
		return hugoPage{}, false
	}
	for _, m := range h.mounts {
		rest, ok := cutFolder(file, m.source)
		if !ok || !m.takes(rest) {
			continue
		}
		p := hugoPage{hugoLanguage: m.language, mount: m}
		p.folder, p.stem = cutName(join(m.target, rest))
		parts := strings.Split(p.stem, ".")
		for i := len(parts) - 1; i > 0; i-- {
			if l := h.languages[strings.ToLower(parts[i])]; l != nil {
				p.hugoLanguage, p.stem = l, strings.Join(parts[:i], ".")
				break
			}
		}
		p.name = join(p.folder, p.stem)
		if p.stem == "index" {
			p.folder, p.stem = cutLast(p.folder)
		}
		return p, !p.disabled
	}
	return hugoPage{}, false
}

func (h *hugoSite) place(name string) (article.Place, bool) {
	p, ok := h.find(name)
	if !ok {
		return article.Place{}, false
	}
	place := article.Place{Language: p.code, Front: h.handedDown(p)}
	if slices.Contains(h.dates, ":filename") {
		place.Date, _ = hugoNameDate(p.stem)
	}
	return place, true
}

// original gives the path of the file that the one at name translates, by its folder or its name, or name.
func (h *hugoSite) original(name string) string {
	p, ok := h.find(name)
	i := slices.IndexFunc(h.mounts, func(m hugoMount) bool { return m.language == h.main && m.target == p.mount.target })
	if !ok || i < 0 {
		return name
	}
	rest, _ := cutFolder(p.name, p.mount.target)
	if other, ok := h.beside(name, join(h.mounts[i].source, rest)+path.Ext(name)); ok {
		return other
	}
	return name
}

// owner gives the page at which Hugo publishes the files of a bundle: of translations by name, that in
// the language of the folder. Where its address is made of more than its path, it is taken to be like own.
func (h *hugoSite) owner(name, own string) string {
	p, ok := h.find(name)
	if !ok || p.hugoLanguage == p.mount.language || p.host != "" || path.Base(p.name) != "index" {
		return own
	}
	rest, _ := strings.CutPrefix("/"+own, p.prefix)
	p.hugoLanguage = p.mount.language
	if p.permalink(join(p.folder, p.stem)) == "" {
		rest = p.usual(post{})
	}
	return strings.TrimPrefix(p.prefix+rest, "/")
}

// media is what owner follows: where there are several languages, how their pages are laid out.
func (h *hugoSite) media() string {
	if len(h.languages) < 2 {
		return ""
	}
	var b strings.Builder
	for _, m := range h.mounts {
		l := m.language
		fmt.Fprintln(&b, m.source, m.target, l.prefix, l.host, l.keepCase, l.noAccents, l.uglyURLs)
		for _, p := range l.permalinks {
			fmt.Fprintln(&b, p.path, p.pattern)
		}
	}
	return b.String()
}

func (h *hugoSite) link(page article.Page) string {
	f, _ := h.find(page.Path)
	p := post{Page: page, section: first(f.folder), folder: f.folder, stem: f.stem, fold: f.fold}
	p.sections, p.sectionSlugs = h.sectionsOf(f.folder)
	p.Title, p.Slug = page.Field("title"), strings.Trim(page.Slug, "-")
	h.date(&p)
	if p.URL != "" {
		if link, ok := f.own(p); ok {
			return link
		}
	}
	return f.host + f.prefix + f.usual(p)
}

// hugoName is a name that begins with a date, and may go on with a time.
var hugoName = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)(?:.(\d\d)-(\d\d)-(\d\d))?(.*)$`)

// hugoNameDate gives the date and the slug that a name tells, if any.
func hugoNameDate(stem string) (date, slug string) {
	m := hugoName.FindStringSubmatch(stem)
	switch {
	case m == nil:
		return "", ""
	case m[2] == "":
		date = m[1]
	default:
		date = m[1] + " " + m[2] + ":" + m[3] + ":" + m[4]
	}
	return date, strings.Trim(m[5], " -_")
}

// date sets the date that permalinks tell: the first that the site's front matter settings find.
// One that the file's name tells brings the slug with it.
func (h *hugoSite) date(p *post) {
	for _, key := range h.dates {
		if key != ":filename" {
			p.date = p.Date(key)
		} else if date, slug := hugoNameDate(p.stem); date != "" {
			p.date, _ = time.Parse(time.DateOnly, date[:len(time.DateOnly)])
			p.Slug = cmp.Or(p.Slug, slug)
		}
		if !p.date.IsZero() {
			return
		}
	}
	// What has no date is of the year 1.
	p.date = time.Time{}.Add(time.Second)
}

// own gives the address that the page gives itself, without the slugs' rules.
func (f hugoPage) own(p post) (string, bool) {
	link, err := hugoDialect.expand(p.URL, p)
	switch {
	case strings.Contains(p.URL, "://"):
		p.Warn("Hugo takes no address of another host; the usual address is used")
		return "", false
	case err != nil:
		p.Warn(err.Error() + "; the usual address is used")
		return "", false
	}
	// What has a dot in it is a file, unless it ends in a slash.
	isFolder := strings.HasSuffix(link, "/") || !strings.Contains(link, ".")
	isRooted := strings.HasPrefix(link, "/")
	link = "/" + strings.Join(elements(link), "/")
	if folder, ok := strings.CutSuffix(link, "/index.html"); ok {
		link, isFolder = folder, true
	}
	if isFolder {
		link += "/"
	}
	if !isRooted {
		link = f.prefix + link
	}
	return f.host + hugoEscape(link), true
}

// usual gives the address by the site's permalinks, else by the path.
func (f hugoPage) usual(p post) string {
	link := join(f.folder, cmp.Or(p.Slug, f.stem))
	if !f.keepCase {
		link = strings.ReplaceAll(link, " ", "-")
	}
	if pattern := f.permalink(join(f.folder, f.stem)); pattern != "" {
		expanded, err := hugoDialect.expand(pattern, p)
		if err != nil {
			p.Warn(err.Error() + "; the usual address is used")
		} else {
			link = path.Clean(strings.ReplaceAll(expanded, "+", " ")) // as it unescapes permalinks
		}
	}
	link = f.fold("/" + strings.Trim(hugoSlug(link), "/"))
	if f.ugly(first(f.folder)) {
		return hugoEscape(link + ".html")
	}
	return hugoEscape(link + "/")
}

// hugoEscape escapes a path as Hugo does, by Go's rules.
func hugoEscape(link string) string {
	u, err := url.Parse(strings.ReplaceAll(link, "#", "%23"))
	if err != nil {
		return link
	}
	return u.EscapedPath()
}
