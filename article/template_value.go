package article

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// value writes what {{ … }} means: a string, a captured text, an address of the site, what the front
// matter says, a shortcode of Zola's or a function's; the rest of them need data.
func (e *expander) value(inner string, at span) int {
	if written := e.out.Bytes(); bytes.HasSuffix(written, []byte(" style=")) {
		e.out.Truncate(len(written) - len(" style=")) // of JSX
		return 0
	}
	inner = strings.Trim(inner, " \t\n-")
	first, filters, _ := strings.Cut(inner, "|")
	switch first = strings.TrimSpace(first); {
	case first == "":
	case strings.HasPrefix(first, "range "):
		return e.goLoop(at.end)
	case strings.IndexByte("\"'`", first[0]) >= 0:
		e.out.WriteString(html.EscapeString(e.filtered(unquote(first), filters)))
	case e.captured[first] != "":
		e.release(first, filters, at)
	case first == "site.baseurl":
		e.out.WriteString(e.r.o.folder())
	case first == "site.url":
		e.out.WriteString(e.r.o.host())
	case first == "page.url":
		e.out.WriteString(html.EscapeString(e.filtered(e.pageAddress(), filters)))
	case strings.HasPrefix(first, "site."):
		e.siteValue(strings.TrimPrefix(first, "site."), filters, at)
	default:
		if text := e.frontMatter(first); text != "" && plainFilters.MatchString(filters) {
			e.known(text, filters)
		} else if t := parseTag(inner); len(t.args)+len(t.named) > 0 {
			e.write(t, at)
		} else {
			e.out.WriteString(e.unknownAddress(at))
		}
	}
	return 0
}

// pageAddress gives the article's path as Liquid has it, from the site's folder on.
func (e *expander) pageAddress() string {
	page, err := url.Parse(e.r.page)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(page.EscapedPath(), e.r.o.folder())
}

// ofRepository are the values of a site that lead to its repository.
var ofRepository = regexp.MustCompile(`^(?:repository|github)\b`)

// siteValue writes what the site's configuration has under a name. Where it has nothing, neither has
// the generator, and what follows in an address is a whole path of the site's own.
func (e *expander) siteValue(name, filters string, at span) {
	text := e.r.o.Layout.Site[name]
	switch {
	case text != "" && plainFilters.MatchString(filters):
		if e.released += len(text); e.released <= maxReleased {
			e.known(text, filters)
		}
	case ofRepository.MatchString(name) && e.beginsAddress():
		e.out.WriteString(unknownPart)
	default:
		e.out.WriteString(e.unknownAddress(at))
	}
}

// known writes what a configuration or front matter has, which may be written as in HTML.
func (e *expander) known(text, filters string) {
	e.out.WriteString(html.EscapeString(e.filtered(html.UnescapeString(text), filters)))
}

// goBlock begins or ends a block of Go's templates.
var goBlock = regexp.MustCompile(`\{\{-?\s*(?:range|if|with|block|define|end)\b[^{}]*\}\}`)

// goLoop gives the length of what a loop holds that begins at that place, its end included: what it
// makes of it needs data.
func (e *expander) goLoop(at int) int {
	if e.effort < 0 {
		return 0
	}
	depth := 1
	for end := at; ; {
		tag := goBlock.FindStringIndex(e.src[end:])
		if tag == nil {
			return e.inVain(len(e.src) - at)
		}
		if strings.HasPrefix(strings.TrimLeft(e.src[end+tag[0]:], "{- \t\n"), "end") {
			depth--
		} else {
			depth++
		}
		if end += tag[1]; depth == 0 {
			return end - at
		}
	}
}

// plainFilters are those that leave a text what it is, and those that make an address of it.
var plainFilters = regexp.MustCompile(`^(?:[\s|]*(?:safe|e|h|escape|escape_once|xml_escape|strip|url_encode|urlencode|cgi_escape|uri_escape|` +
	`url|relative_url|absolute_url|prepend:\s*site\.(?:base)?url)\b)*\s*$`)

// filtered gives what the filters make of a text that is part of an address, as far as they are known.
func (e *expander) filtered(s, filters string) string {
	return escapedBy(filters, e.r.o.rootedBy(filters, s))
}

var (
	prependsFolder = regexp.MustCompile(`\bprepend:\s*site\.baseurl\b`)
	urlFilter      = regexp.MustCompile(`(?:^|\|)\s*url\s*(?:\||$)`)
)

// rootedBy gives a path as those filters have it that put the site's folder before it. Eleventy's url
// does so with what begins with a slash alone.
func (o Options) rootedBy(filters, path string) string {
	switch {
	case webAddress.MatchString(path):
	case strings.Contains(filters, "relative_url"), strings.Contains(filters, "absolute_url"):
		return o.folder() + "/" + strings.TrimPrefix(path, "/")
	case prependsFolder.MatchString(filters), urlFilter.MatchString(filters) && strings.HasPrefix(path, "/"):
		return o.folder() + path
	}
	return path
}

// escapedBy gives s as a filter among those escapes it for an address.
func escapedBy(filters, s string) string {
	switch {
	case strings.Contains(filters, "urlencode"): // of Nunjucks, as JavaScript does
		return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
	case strings.Contains(filters, "url_encode"), strings.Contains(filters, "cgi_escape"):
		return url.QueryEscape(s)
	case strings.Contains(filters, "uri_escape"):
		return escapeURL(s)
	}
	return s
}

// frontMatterName is how templates call what the front matter of their page holds.
var frontMatterName = regexp.MustCompile(`^(?:page\.|front[mM]atter\.)?(\w+(?:\.\w+)*)$`)

// frontMatter gives the text or number that the article's front matter has under such a name, or "".
func (e *expander) frontMatter(name string) string {
	m := frontMatterName.FindStringSubmatch(name)
	if m == nil || e.r.front == nil {
		return ""
	}
	v := e.r.front().at(m[1])
	if v == nil || v.kind != textKind && v.kind != numberKind {
		return ""
	}
	return strings.TrimSpace(v.text)
}

// addressStart is what stands before an address.
var addressStart = regexp.MustCompile(`(?:\]\(<?|\]:[ \t]*<?|(?:href|src|poster)=["'])$`)

// unknownPart stands for what nobody here knows of an address, which makes it none: the rest of it
// would lead elsewhere. At the start of an address it is no scheme of ours.
const unknownPart = "unknown-part-of-address:"

// withoutUnknown leaves out [unknownPart] where no address was made of it.
func withoutUnknown(nodes []*html.Node) {
	for _, top := range nodes {
		if top.Type == html.TextNode {
			top.Data = strings.ReplaceAll(top.Data, unknownPart, "")
		}
		for n := range top.Descendants() {
			if n.Type == html.TextNode {
				n.Data = strings.ReplaceAll(n.Data, unknownPart, "")
			}
		}
	}
}

// maxAddress is how much of an address is looked at, in bytes.
const maxAddress = 500

// beginsAddress reports whether what is written next begins an address.
func (e *expander) beginsAddress() bool {
	return addressStart.Match(e.out.Bytes()[max(0, e.out.Len()-maxLinkMark):])
}

// begun gives what is written of the word, or the address, that goes on here, and what stands before it.
func (e *expander) begun() (word, before []byte) {
	written := e.out.Bytes()
	written = written[max(0, len(written)-maxAddress):]
	start := bytes.LastIndexAny(written, " \t\n\"'<>()") + 1
	return written[start:], written[max(0, start-maxLinkMark):start]
}

// unknownAddress gives [unknownPart] for a tag at that place that is part of an address, "" for any
// other, and at the start of an address for one before a whole path.
func (e *expander) unknownAddress(at span) string {
	word, before := e.begun()
	if !addressStart.Match(before) {
		return ""
	}
	if len(word) == 0 && strings.IndexByte("/)\"'> ", e.src[min(at.end, len(e.src)-1)]) >= 0 {
		return ""
	}
	return unknownPart
}
