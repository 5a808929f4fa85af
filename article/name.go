package article

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// fileName is what a file's name and place tell of the article in it.
type fileName struct {
	folder    string // with a slash at its end, or ""
	stem      string // without ending; "" for index.md, whose name is its folder's
	slug      string // of the file, or of its folder for an index: without date and language
	language  string // BCP 47, or ""
	published time.Time
}

func readName(name string, zone *time.Location) fileName {
	folder, base := path.Split(name)
	stem := strings.TrimSuffix(base, path.Ext(base))
	n := fileName{folder: folder, stem: stem, slug: stem}
	ending := path.Ext(stem)
	if n.language = languageOf(strings.TrimPrefix(ending, ".")); n.language != "" {
		n.slug = strings.TrimSuffix(stem, ending)
	}
	if strings.EqualFold(stem, "index") {
		n.stem = ""
	}
	if strings.EqualFold(n.slug, "index") && folder != "" {
		n.slug = path.Base(folder)
	}
	if n.language == "" {
		first, _, _ := strings.Cut(folder, "/")
		n.language = languageOf(first)
	}
	n.published = dateInPath(path.Join(folder, n.slug), zone)
	if m := dated(n.slug); m != "" && m != n.slug {
		n.slug = n.slug[len(m):]
	}
	return n
}

var (
	datePrefix = regexp.MustCompile(`^\d{4}[-_]\d{1,2}[-_]\d{1,2}(?:[-_ ]+|$)`)
	dateFolder = regexp.MustCompile(`(?:^|/)(\d{4}/\d{1,2}/\d{1,2})/`)
)

// dated gives the date that a name begins with, and what parts it from the rest.
func dated(name string) string {
	if len(name) < len("2024-3-9") || name[4] != '-' && name[4] != '_' {
		return ""
	}
	return datePrefix.FindString(name)
}

// dateInPath gives the day that a file's name begins with, or the nearest folder's, or that three
// folders tell: 2024-03-09-slug.md, 2024_03_09/index.md, 2024/03/09/slug.md. Digits that merely
// look like a date, as in 20240309A06.md, are none.
func dateInPath(name string, zone *time.Location) time.Time {
	parts := strings.Split(name, "/")
	for _, part := range slices.Backward(parts) {
		if prefix := strings.TrimRight(dated(part), "-_ "); prefix != "" {
			if t, err := parseDate(strings.ReplaceAll(prefix, "_", "-"), zone); err == nil {
				return t
			}
		}
	}
	if len(parts) <= 3 {
		return time.Time{}
	}
	if m := dateFolder.FindStringSubmatch(name); m != nil {
		if t, err := parseDate(m[1], zone); err == nil {
			return t
		}
	}
	return time.Time{}
}

// title makes a title of the slug: "rust-in_2024" becomes "Rust in 2024".
func (n fileName) title() string {
	s := cleanLine(strings.NewReplacer("-", " ", "_", " ").Replace(n.slug))
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return ""
	}
	return string(unicode.ToTitle(first)) + s[size:]
}

// written are the languages that a file's or a folder's name is believed to tell. Any two letters
// are some language's, but node.io.md is not in Ido, nor app.ts.md in Tsonga.
var written = strings.Fields(`ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fil fr ga gl gu he hi hr hu
	hy id is it ja ka kk km kn ko ky lo lt lv mk ml mn mr ms my nb ne nl nn no pa pl ps pt ro ru si sk sl so sq
	sr sv sw ta te th tl tr uk ur uz vi yue zh`)

// languageOf gives the language that a part of a name stands for, or "".
func languageOf(s string) string {
	base, _, _ := strings.Cut(strings.ReplaceAll(s, "_", "-"), "-")
	if !slices.Contains(written, strings.ToLower(base)) {
		return ""
	}
	return languageTag(s)
}
