package article

import (
	"errors"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/idna"
)

// schemes are those that a link in a feed may have. Whatever else an author writes before a colon
// is either a script in disguise or nothing that a feed reader can open.
var schemes = []string{"http", "https", "mailto", "tel", "sms", "ftp", "geo", "xmpp", "irc", "ircs", "magnet", "matrix", "gemini"}

// absoluteURL resolves ref, as an author or a browser would write it, against base and gives an
// absolute RFC 3986 URL. It reports false for an empty reference, for one that is no URL at all,
// and for a scheme outside [schemes].
func absoluteURL(base *url.URL, ref string) (string, bool) {
	ref = strings.TrimFunc(ref, func(r rune) bool { return r <= ' ' })
	if ref == "" || strings.Contains(ref, unknownPart) {
		return "", false
	}
	u, err := url.Parse(escapeURL(ref))
	if err != nil {
		return "", false
	}
	u = base.ResolveReference(u)
	if !slices.Contains(schemes, u.Scheme) {
		return "", false
	}
	if u.Host, err = asciiHost(u.Host); err != nil {
		return "", false
	}
	if u.Host == "" && (u.Scheme == "http" || u.Scheme == "https" || u.Scheme == "ftp") {
		return "", false
	}
	return u.String(), true
}

// linkURL is [absoluteURL] for what the article in the file at from links to: there may be another
// article's file instead of its page.
func (r *renderer) linkURL(base *url.URL, from, ref string) (string, bool) {
	name, rest := ref, ""
	if i := strings.IndexAny(ref, "?#"); i >= 0 {
		name, rest = ref[:i], ref[i:]
	}
	if strings.HasPrefix(name, "@/") || isArticleFile(name) {
		if u, ok := r.pageOf(from, unescapeURL(name), ""); ok {
			query, fragment, _ := strings.Cut(rest, "#")
			return u + escapeURL(query) + headingURL(fragment), true
		}
	}
	if strings.HasPrefix(ref, siteFolder) {
		return "", false // whose address only Docusaurus knows
	}
	return absoluteURL(base, strings.TrimPrefix(ref, "pathname://")) // with which Docusaurus has a file's address
}

// embedURL gives the URL of a picture that the article at from embeds by its name, or by a path from
// the site's root; one that begins with a dot stays relative to the page.
func (r *renderer) embedURL(from, name string) string {
	if r.o.Layout.Attached == nil || strings.HasPrefix(name, ".") {
		return name
	}
	if !strings.Contains(name, "/") {
		name = path.Join(r.o.Layout.Attached(from), name)
	}
	return r.o.siteURL(name)
}

// siteURL gives the URL of what lies at a path from the site's root.
func (o Options) siteURL(name string) string {
	return o.Site.ResolveReference(&url.URL{Path: "./" + strings.TrimLeft(name, "/")}).String()
}

// attached gives the URL of a picture that ref, in the article at from, calls by its name alone, where the
// site has a folder for such files. Any other reference stays as it is.
func (r *renderer) attached(from, ref string) string {
	if r.o.Layout.Attached == nil || ref == "" || strings.ContainsAny(ref, "/:?#") {
		return ref
	}
	return r.embedURL(from, unescapeURL(ref))
}

// published gives the address of a file that ref names by its place in the repository, as editors show
// it: "../static/a.png", or in Docusaurus from the site's folder. Any other reference stays as it is.
func (r *renderer) published(ref string) string {
	rest, ok := strings.CutPrefix(ref, siteFolder)
	if !ok && strings.HasPrefix(ref, "../") {
		rest, ok = strings.TrimLeft(ref, "./"), true
	}
	name, below := strings.CutPrefix(rest, r.o.Layout.Static+"/")
	if !ok || !below || r.o.Layout.Static == "" {
		return ref
	}
	return r.o.folder() + "/" + name
}

// siteFolder is the folder of a Docusaurus site where references to its files begin.
const siteFolder = "@site/"

// isArticleFile reports whether ref is the relative path of a Markdown file.
func isArticleFile(ref string) bool {
	ending := strings.ToLower(path.Ext(ref))
	return !strings.Contains(ref, ":") && !strings.HasPrefix(ref, "//") && !isHTML(ref) && slices.Contains(endings, ending)
}

// articleURL gives the URL of the article, or of a heading of it, that the author of the file at from
// calls ref: in its own language, unless that names another.
func (r *renderer) articleURL(from, ref, language string) (string, bool) {
	name, fragment, _ := strings.Cut(ref, "#")
	u, ok := r.pageOf(from, name, language)
	if !ok {
		return "", false
	}
	return u + headingURL(fragment), true
}

// headingURL gives the end of a URL that leads to a heading, from what an author writes behind "#".
func headingURL(fragment string) string {
	if heading, err := url.PathUnescape(fragment); err == nil && strings.Contains(heading, " ") { // Obsidian's are as they are written
		fragment = string(headingIDs{}.Generate([]byte(heading), ast.KindHeading))
	}
	if fragment == "" {
		return ""
	}
	return "#" + escapeURL(fragment)
}

// pageOf gives the URL of the article that name means, in a language or "", which the author of the file
// at from wrote: see [Options.refKeys].
func (r *renderer) pageOf(from, name, language string) (string, bool) {
	for _, key := range r.o.refKeys(from, name) {
		if u, ok := r.links[inLanguage(language, key)]; ok {
			return u, true
		}
		if folder, ok := strings.CutSuffix(key, "_index.md"); ok { // a section, no article
			return r.o.Site.ResolveReference(&url.URL{Path: "./" + strings.TrimPrefix(folder, "/")}).String(), true
		}
	}
	if page, ok := strings.CutPrefix(name, "@/"); ok {
		return r.pageURL(page), true
	}
	return "", false
}

// pageURL gives the address at which the layout has the page of a file that is no article, as far as
// its path tells.
func (r *renderer) pageURL(name string) string {
	p := &Parser{o: r.o}
	d := draft{p: p, r: &report{path: name, limits: r.o.Limits}, name: readName(name, r.o.Zone), front: &value{kind: tableKind}, facts: facts{}}
	u, _ := d.url(d.page(&Article{Title: d.name.title(), Published: d.name.published}))
	return u
}

// escapeURL percent-encodes what RFC 3986 does not allow in a URL and leaves every encoding that is
// already there. Like a browser it drops line breaks and takes a backslash in the path for a slash.
func escapeURL(s string) string {
	s = lineBreaks.Replace(s)
	path := s
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		path = s[:i]
	}
	s = strings.ReplaceAll(path, `\`, "/") + s[len(path):]

	const hex = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(s))
	host, fragment := authorityLength(s), false
	for i := range len(s) {
		c := s[i]
		bracket := c == '[' || c == ']' // RFC 3986 §3.2.2: only around an IPv6 address
		switch {
		case !isURLByte(c), c == '%' && !isEscape(s[i:]), bracket && i >= host, c == '#' && fragment:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		default:
			b.WriteByte(c)
		}
		fragment = fragment || c == '#'
	}
	return b.String()
}

// unescapeURL gives what the path s of a URL names: that of a file, with blanks and letters as they are.
func unescapeURL(s string) string {
	name, err := url.PathUnescape(escapeURL(s))
	if err != nil {
		return s
	}
	return name
}

var lineBreaks = strings.NewReplacer("\t", "", "\n", "", "\r", "")

// authorityLength gives the length of the scheme and authority at the start of s, 0 if it has none.
func authorityLength(s string) int {
	scheme, rest, ok := strings.Cut(s, "//")
	if !ok || strings.ContainsAny(scheme, "/?#") || scheme != "" && !strings.HasSuffix(scheme, ":") {
		return 0
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return len(scheme) + len("//") + len(rest)
}

// isEscape reports whether s begins with a percent sign and two hexadecimal digits.
func isEscape(s string) bool {
	return len(s) > 2 && isHex(s[1]) && isHex(s[2])
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// isURLByte reports whether c may stand in a URL as it is.
func isURLByte(c byte) bool {
	// RFC 3986 §2: reserved and unreserved characters, and the sign of an encoding.
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c < 0x80 && urlMarks[c]
}

var urlMarks = func() (set [utf8.RuneSelf]bool) {
	for _, c := range "-._~:/?#[]@!$&'()*+,;=%" {
		set[c] = true
	}
	return set
}()

// asciiHost turns the labels of an international host into A-labels and keeps the port.
func asciiHost(host string) (string, error) {
	name, port := host, ""
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		name, port = host[:i], host[i:]
	}
	if strings.ContainsAny(name, "!$&'()*+,;=") {
		return "", errors.New("no name of a host") // though RFC 3986 §3.2.2 would let it pass
	}
	if isASCII(name) {
		return strings.ToLower(name) + port, nil
	}
	name, err := idna.Lookup.ToASCII(name)
	return name + port, err
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
