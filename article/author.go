package article

import (
	"cmp"
	"net/mail"
	"net/url"
	"path"
	"regexp"
	"strings"
)

const maxAuthors = 100

// authors are those of the strongest key that names any.
func (d *draft) authors(page *url.URL) []Author {
	for _, f := range d.facts["author"] {
		var authors []Author
		for _, v := range f.each() {
			if a := d.author(v, page); a.Name != "" && len(authors) < maxAuthors {
				authors = append(authors, a)
			}
		}
		if len(authors) == 0 {
			continue
		}
		for s := range d.facts.texts("authorURL") {
			if u, ok := webURL(page, s); ok && len(authors) == 1 && authors[0].URL == "" {
				authors[0].URL = u
			}
		}
		return authors
	}
	return nil
}

var linkedName = regexp.MustCompile(`^\[([^\]]+)\]\((\S+)\)$`)

// author reads one that may be named by a key of the site's.
func (d *draft) author(v *value, page *url.URL) Author {
	key, _ := v.scalar()
	if v.kind == tableKind {
		key = v.childText("key")
	}
	known, ok := d.p.o.Layout.Authors[key]
	a := readAuthor(v, page)
	if !ok {
		return a
	}
	u, _ := webURL(page, known.URL)
	if v.kind != tableKind {
		a = Author{}
	}
	return Author{
		Name:  cmp.Or(a.Name, oneLine(known.Name)),
		URL:   cmp.Or(a.URL, u),
		Email: cmp.Or(a.Email, readEmail(known.Email)),
	}
}

// readAuthor reads "Ann", "Ann <ann@example.org>", "[Ann](https://example.org)" or a map. Without a
// name there is no author.
func readAuthor(v *value, page *url.URL) Author {
	if v.kind == tableKind {
		a := Author{Name: v.childText("name", "displayName", "fullName", "nickname", "login")}
		a.Name = oneLine(a.Name)
		a.URL, _ = webURL(page, v.childText("url", "link", "website", "homepage", "web", "uri"))
		a.Email = readEmail(v.childText("email", "mail"))
		return a
	}
	s, ok := v.scalar()
	if !ok || v.kind == boolKind {
		return Author{}
	}
	s = noteName(s)
	if m := linkedName.FindStringSubmatch(s); m != nil {
		u, _ := webURL(page, m[2])
		return Author{Name: oneLine(m[1]), URL: u}
	}
	if name, address, ok := strings.Cut(strings.TrimSuffix(s, ">"), "<"); ok {
		if email := readEmail(address); email != "" {
			return Author{Name: oneLine(name), Email: email}
		}
	}
	return Author{Name: oneLine(s)}
}

// noteLink is a property that Obsidian shows as a link to a note.
var noteLink = regexp.MustCompile(`^\s*\[\[([^\[\]|]+)(?:\|([^\[\]]+))?\]\]\s*$`)

// noteName gives what a reader sees of "[[note]]" or "[[folder/note|name]]", and any other text as it is.
func noteName(s string) string {
	if !strings.Contains(s, "[[") {
		return s
	}
	m := noteLink.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	return cmp.Or(m[2], path.Base(m[1]))
}

// readEmail gives s if it is an address that feeds can carry, else "".
func readEmail(s string) string {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || cleanLine(a.Address) != a.Address {
		return ""
	}
	return a.Address
}
