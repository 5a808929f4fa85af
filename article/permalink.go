package article

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// permalink gives the URL of a's page: what the author says, else by the site's pattern, else the
// file's path without its ending.
func (d *draft) permalink(a *Article) string {
	for s, f := range d.facts.texts("url") {
		u, err := d.ownURL(s, f, a)
		if err == nil {
			return u
		}
		d.r.warnf(f.line, "%s: %v; the usual address is used", f.key, err)
	}
	if pattern := d.p.o.Permalink; pattern != "" {
		page, err := d.expand(pattern, a)
		if err == nil {
			return d.p.pageURL(page)
		}
		d.r.warnf(1, "permalink: %v; the file's path is used", err)
	}
	folder, last := d.name.folder, d.name.stem
	if slug := d.slug(); slug != "" {
		if last == "" {
			folder, _ = path.Split(strings.TrimSuffix(folder, "/"))
		}
		last = slug
	}
	return d.p.pageURL(folder + last + "/")
}

// slug is what the author wants for the last part of the URL, or "".
func (d *draft) slug() string {
	for s := range d.facts.texts("slug") {
		if s = strings.Trim(cleanLine(s), "/"); s != "" {
			return s
		}
	}
	return ""
}

var (
	jekyllPattern = regexp.MustCompile(`(?:^|[/-]):[a-z]`)
	webAddress    = regexp.MustCompile(`(?i)^(?:https?:)?//`)
	anyScheme     = regexp.MustCompile(`(?i)^(?:[a-z][a-z0-9+.-]*:|//)`)
)

// ownURL reads an address that the author gives the article: absolute, from the site's root, or one
// of Jekyll's patterns.
func (d *draft) ownURL(s string, f fact, a *Article) (string, error) {
	ref := s
	switch {
	case template.MatchString(s):
		return "", errors.New("a template cannot be read here")
	case anyScheme.MatchString(s):
	case jekyllPattern.MatchString(s):
		// To Jekyll the title in an address is the file's name.
		page, err := d.expand(strings.ReplaceAll(s, ":title", ":slug"), a)
		return d.p.pageURL(page), err
	default:
		ref = "./" + strings.TrimLeft(s, "/")
		if foldKey(f.key) == "path" && !strings.HasSuffix(s, "/") {
			ref += "/" // Zola makes a folder of every page
		}
	}
	u, ok := webURL(d.p.o.Site, ref)
	if !ok {
		return "", fmt.Errorf("want a path or an http address, have %s", quote(s))
	}
	return u, nil
}

// pageURL gives the address of a page by its unescaped path below the site's root.
func (p *Parser) pageURL(page string) string {
	u := *p.o.Site
	clean := path.Clean("/" + page)
	if strings.HasSuffix(page, "/") && clean != "/" {
		clean += "/"
	}
	u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/")+clean, ""
	return u.String()
}

var patternToken = regexp.MustCompile(`:[a-z_]+`)

// expand fills in the tokens of a pattern.
func (d *draft) expand(pattern string, a *Article) (string, error) {
	var unknown error
	page := patternToken.ReplaceAllStringFunc(pattern, func(token string) string {
		s := d.token(token, a)
		if s == "" && unknown == nil {
			unknown = fmt.Errorf("nothing is known for %s in %s", token, quote(pattern))
		}
		return s
	})
	return page, unknown
}

// token gives what a token of a pattern stands for, or "".
func (d *draft) token(token string, a *Article) string {
	switch token {
	case ":year":
		return formatDate(a.Published, "2006")
	case ":month":
		return formatDate(a.Published, "01")
	case ":day":
		return formatDate(a.Published, "02")
	case ":slug":
		return cmp.Or(d.slug(), d.name.slug)
	case ":filename":
		return cmp.Or(d.name.stem, path.Base(d.name.folder))
	case ":path":
		return strings.TrimSuffix(d.name.folder+d.name.stem, "/")
	case ":title":
		return slugOf(a.Title)
	}
	return ""
}

func formatDate(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(layout)
}

// slugOf makes a title fit for a URL: lower case, "-" between words, no punctuation.
func slugOf(title string) string {
	words := strings.FieldsFunc(strings.ToLower(norm.NFC.String(title)), func(r rune) bool {
		return !unicode.In(r, unicode.L, unicode.M, unicode.N) && !strings.ContainsRune("._+~", r)
	})
	return strings.Join(words, "-")
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
