package article

import (
	"cmp"
	"html"
	"path"
	"regexp"
	"strings"
)

// picture writes an image, with its caption if it has one.
func (e *expander) picture(t tag, at span) {
	src := t.key("src", "url", "path", "file", "image")
	args := t.args
	for src == "" && len(args) > 0 { // Hexo puts class names before the file
		if path.Ext(args[0]) != "" || strings.Contains(args[0], "/") {
			src = args[0]
		}
		args = args[1:]
	}
	if src == "" {
		return
	}
	if t.name == "img" { // Hexo's own, which has it as in Markdown
		src = e.r.o.rooted(e.r.o.Layout.Rooted.Images, src)
	}
	for len(args) > 0 && strings.Trim(args[0], "0123456789") == "" {
		args = args[1:] // width and height
	}
	alt := t.key("alt")
	if alt == "" && len(args) > 0 {
		alt = args[0]
		if t.name == "asset_img" { // Hexo's are words
			alt = strings.Join(args, " ")
		}
	}
	caption := plainText(t.key("caption", "title", "description"))
	img := `<img src="` + attributeText(src) + `" alt="` + attributeText(alt) + `">`
	if caption != "" {
		img = "<figure>" + img + "<figcaption>" + html.EscapeString(caption) + "</figcaption></figure>"
	}
	e.block(img, at)
}

// codeBlock shows content as code in the language that t names.
func (e *expander) codeBlock(t tag, content string, at span) {
	lang := t.key("lang", "language")
	switch {
	case t.name == "mermaid":
		lang = t.name
	case lang == "" && t.name != "codeblock":
		lang = t.arg(0)
	}
	class := ""
	if lang != "" {
		class = ` class="language-` + attributeText(lang) + `"`
	}
	content = strings.TrimPrefix(strings.TrimLeft(content, " \t"), "\n")
	// On one line, for a blank one could be the end of the HTML that it stands in.
	content = strings.ReplaceAll(html.EscapeString(content), "\n", "&#10;")
	e.block("<pre><code"+class+">"+content+"</code></pre>", at)
}

// address writes the URL of the article that t names, or of the file that Jekyll's link does: it stands
// within the author's own link.
func (e *expander) address(t tag, at span) {
	name := t.arg(0) + t.key("path")
	switch {
	case strings.HasPrefix(name, "#"), strings.Contains(name, "://"):
		e.out.WriteString(html.EscapeString(name))
		return
	case t.name == "link" && name != "":
		name = "/" + name // Jekyll's begins at the site's source
	}
	if u, ok := e.r.articleURL(e.path, name, t.key("lang")); ok {
		e.wholeAddress(u)
	} else if t.name == "link" && len(t.args) == 1 && path.Ext(name) != "" && !IsContent(name) {
		e.wholeAddress(e.r.o.siteURL(name))
	} else if page := t.key("href"); page != "" {
		e.anchor(t, page, at)
	} else {
		e.out.WriteString(e.unknownAddress(at))
	}
}

// wholeAddress writes a URL of the site. Of Jekyll's tags, which give a path, the author may have put the
// host and the folder before it, {{ site.baseurl }}{% link a.md %}: these are taken back.
func (e *expander) wholeAddress(u string) {
	word, _ := e.begun()
	if path := strings.TrimPrefix(strings.TrimRight(string(word), "/"), e.r.o.host()); path == "" || path == e.r.o.folder() {
		e.out.Truncate(e.out.Len() - len(word))
	}
	e.out.WriteString(html.EscapeString(u))
}

// notMarkdown takes the meaning from what Markdown would read in text.
var notMarkdown = strings.NewReplacer("_", "&#95;", "*", "&#42;", "`", "&#96;", "[", "&#91;", "$", "&#36;", "~", "&#126;", "=", "&#61;")

// link writes a link that stands within a line.
func (e *expander) link(page, text string) {
	e.out.WriteString(`<a href="` + attributeText(page) + `">` + notMarkdown.Replace(html.EscapeString(text)) + `</a>`)
}

// anchor writes a link whose text is an argument of t or what it holds, else the address itself.
func (e *expander) anchor(t tag, page string, at span) {
	if text := t.key("text", "name", "title", "label"); text != "" {
		e.link(page, text)
	} else if _, ok := e.closing(t.name, at.end); ok {
		e.openLink(t.name, page)
	} else if anyAddress.MatchString(page) && !t.holds {
		e.link(page, pageName(page))
	}
}

// openLink writes the start of a link that ends where name is closed.
func (e *expander) openLink(name, page string) {
	e.out.WriteString(`<a href="` + attributeText(page) + `">`)
	e.open = append(e.open, pair{name, "</a>"})
}

// beginsQuoted is an argument that is a text and no variable.
var beginsQuoted = regexp.MustCompile("^[\\s(]*[\"'`]")

// namedLink writes a link of which no more is known than its text, or a path of the site.
func (e *expander) namedLink(text string) {
	if strings.HasPrefix(text, "/") {
		e.link(text, text)
	} else {
		e.out.WriteString(notMarkdown.Replace(html.EscapeString(text)))
	}
}

// media writes a player for a file, or a link to the page that a player shows.
func (e *expander) media(t tag) {
	if page := mediaPage(t); page != "" {
		e.link(page, cmp.Or(t.key("title"), pageName(page)))
	} else if src := t.key("src", "url", "file", "mp4") + t.arg(0); path.Ext(src) != "" {
		e.out.WriteString("<" + t.name + ` src="` + attributeText(src) + `" controls></` + t.name + ">")
	}
}

// isPaired reports whether a closing tag may follow, be it one of Zola's, which closes anything.
func (e *expander) isPaired(t tag, at span) bool {
	_, named := e.closing(t.name, at.end)
	_, zola := e.closing("", at.end)
	return named || zola || t.holds
}

// pair writes what stands before and after the Markdown that t holds.
func (e *expander) pair(t tag, before, after string, at span) {
	if !e.isPaired(t, at) {
		return
	}
	// In a list the indentation says that it belongs to the item.
	line := e.src[max(0, at.start-maxMargin):at.start]
	indent := line[strings.LastIndexByte(line, '\n')+1:]
	if strings.Trim(indent, " ") != "" {
		indent = ""
	}
	e.out.WriteString("\n\n" + indent + before + "\n\n" + indent)
	e.open = append(e.open, pair{t.name, "\n\n" + indent + after + "\n\n" + indent})
}

// close writes the end of the pair that was opened last, if name is its; Zola's tags end in "end".
func (e *expander) close(name string) {
	if last := len(e.open) - 1; last >= 0 && (name == "" || name == e.open[last].name) {
		e.out.WriteString(e.open[last].html)
		e.open = e.open[:last]
	}
}

// maxMargin is how much may stand beside a block on its line, in bytes.
const maxMargin = 200

// block writes HTML that is a block of its own. Where it stands on a line of its own, a blank line
// follows: without one Markdown takes the next lines for HTML, too. Where the next one is HTML, and
// with a blank line before it would be code, the author wrote all of that as HTML.
func (e *expander) block(html string, at span) {
	e.out.WriteString(html)
	before, after, next := e.margins(at)
	if strings.Trim(before, " \t>") == "" && after == "" && !indentedTag.MatchString(next) {
		e.out.WriteString("\n" + before)
	}
}

// margins gives what stands beside a tag on its line, and the line after it.
func (e *expander) margins(at span) (before, after, next string) {
	before = e.src[max(0, at.start-maxMargin):at.start]
	before = before[strings.LastIndexByte(before, '\n')+1:]
	after, next, _ = strings.Cut(e.src[at.end:min(len(e.src), at.end+maxMargin)], "\n")
	return strings.TrimRight(before, " \t"), strings.TrimSpace(after), next
}

// indentedTag is a tag that would be code.
var indentedTag = regexp.MustCompile(`^(?: {4}| {0,3}\t)[ \t]*</?[a-zA-Z]`)

// attributeText makes s fit for a quoted attribute within a line of Markdown.
func attributeText(s string) string {
	return html.EscapeString(strings.Join(strings.Fields(s), " "))
}
