package article

import (
	"cmp"
	"html"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// tag is a shortcode of Hugo or Zola, a tag of Liquid or Nunjucks, or a component of JSX.
type tag struct {
	name   string // lower case
	closes bool   // it ends what name began
	holds  bool   // a component's closing tag follows
	rest   string // what follows the name, as it is written
	args   []string
	named  map[string]string
}

// tagPart is a name, a value, or a name and its value.
var tagPart = regexp.MustCompile("([\\w.-]+)\\s*[=:]\\s*(\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|`[^`]*`|[^\\s,()\"'`]+)" +
	"|(\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|`[^`]*`|[^\\s,()\"'`]+)")

// parseTag reads what stands between the delimiters of a tag.
func parseTag(inner string) tag {
	inner = strings.Trim(inner, " \t\n-")
	inner, slash := strings.CutPrefix(strings.TrimSuffix(inner, "/"), "/")
	name := strings.TrimSpace(inner)
	rest := ""
	if i := strings.IndexAny(name, " \t\n("); i >= 0 {
		name, rest = name[:i], name[i:]
	}
	t := tag{name: strings.ToLower(name), closes: slash, rest: rest, named: map[string]string{}}
	if opened, ok := strings.CutPrefix(t.name, "end"); ok && !slash {
		t.name, t.closes = strings.TrimPrefix(opened, "_"), true
	}
	for _, m := range tagPart.FindAllStringSubmatch(rest, -1) {
		if m[1] != "" && m[1] != "http" && m[1] != "https" {
			t.named[strings.ToLower(m[1])] = unquote(m[2])
		} else {
			t.args = append(t.args, unquote(m[0]))
		}
	}
	if file := t.arg(0); strings.HasPrefix(t.name, "include") && file != "" {
		// Jekyll: {% include figure.html src="…" %}
		t.name, t.args = strings.TrimSuffix(path.Base(file), path.Ext(file)), t.args[1:]
	}
	return t
}

var unescapeQuotes = strings.NewReplacer(`\"`, `"`, `\'`, `'`)

func unquote(s string) string {
	if len(s) > 1 && strings.IndexByte("\"'`", s[0]) >= 0 && s[len(s)-1] == s[0] {
		return unescapeQuotes.Replace(s[1 : len(s)-1])
	}
	return s
}

// arg gives the argument at that place; "" if there is none.
func (t tag) arg(i int) string {
	if i < len(t.args) {
		return t.args[i]
	}
	return ""
}

// webArg gives the place of the first argument that is the address of a page, -1 if there is none.
func (t tag) webArg() int {
	return slices.IndexFunc(t.args, func(s string) bool { return anyAddress.MatchString(s) })
}

// key gives the first of the named arguments that is there.
func (t tag) key(names ...string) string {
	for _, name := range names {
		if v := t.named[name]; v != "" {
			return v
		}
	}
	return ""
}

// closingTag finds what ends a shortcode or a tag of Liquid.
var closingTag = regexp.MustCompile(`\{\{[<%]\s*/\s*([\w./-]+)\s*[<%>]\}\}|\{%-?\s*end_?(\w*(?:-\w+)*)[^%{}]*%\}`)

// closingTags lists where the closing tags stand, by the name of what they close.
func closingTags(src string) map[string][]span {
	ends := map[string][]span{}
	for _, at := range closingTag.FindAllStringSubmatchIndex(src, -1) {
		name := ""
		if at[2] >= 0 {
			name = src[at[2]:at[3]]
		} else {
			name = src[at[4]:at[5]]
		}
		name = strings.ToLower(name)
		ends[name] = append(ends[name], span{at[0], at[1]})
	}
	return ends
}

// closing gives the first tag after the given place that closes name.
func (e *expander) closing(name string, after int) (span, bool) {
	ends := e.ends[name]
	i, _ := slices.BinarySearchFunc(ends, after, func(s span, after int) int { return s.start - after })
	if i == len(ends) {
		return span{}, false
	}
	return ends[i], true
}

var (
	// codeTags show what they hold as code, rawTags as it is written.
	codeTags = []string{"highlight", "codeblock", "code", "prism", "mermaid"}
	rawTags  = []string{"raw", "verbatim"}
	// mathTags hold TeX.
	mathTags   = []string{"katex", "latex", "math", "mathjax", "tex"}
	blankLines = regexp.MustCompile(`\n\s*\n`)
	// includes begins a tag for another file, which may hold anything.
	includes = regexp.MustCompile(`^[\s-]*(?:include|render)`)
	// hiddenTags hold nothing to read, or what needs data to be read.
	hiddenTags = []string{"comment", "capture", "css", "for", "javascript", "js", "schema", "set", "style", "stylesheet"}
)

// isLiquidComment tells a comment, whatever else its tag says, from a shortcode that shows a reader's.
func (e *expander) isLiquidComment(t tag, at span) bool {
	return t.name == "comment" && strings.HasPrefix(e.src[at.start:], "{%")
}

// protects reports whether what a tag of that name holds is shown for a password only.
func protects(name string) bool {
	return strings.Contains(name, "encrypt") || strings.Contains(name, "password")
}

// tag writes what a tag means and gives the length of what it holds, where that is written too.
func (e *expander) tag(inner string, at span) int {
	t := parseTag(inner)
	if t.closes {
		e.close(t.name)
		return 0
	}
	e.defines = e.defines || includes.MatchString(inner)
	protected := protects(t.name)
	hidden := protected || slices.Contains(hiddenTags, t.name) && (!strings.Contains(inner, "=") || e.isLiquidComment(t, at))
	isCode, isRaw, isMath := slices.Contains(codeTags, t.name), slices.Contains(rawTags, t.name), slices.Contains(mathTags, t.name)
	if hidden || isCode || isRaw || isMath {
		closing, ok := e.closing(t.name, at.end)
		if end, zola := e.closing("", at.end); (isMath || protected) && zola && (!ok || end.start < closing.start) {
			closing, ok = end, true
		}
		if !ok {
			return 0
		}
		content := e.src[at.end:closing.start]
		switch {
		case isCode:
			e.codeBlock(t, content, span{at.start, closing.end})
		case isRaw:
			e.out.WriteString(content)
		case isMath && strings.Contains(strings.Trim(content, "$"), "\n"):
			e.out.WriteString("\n\n$$\n" + blankLines.ReplaceAllString(strings.Trim(content, "$\n "), "\n") + "\n$$\n\n")
		case isMath:
			e.out.WriteString("$" + strings.Trim(content, "$ ") + "$")
		case t.name == "for":
			e.defines = e.defines || strings.Contains(content, "]:")
		case t.name == "set", t.name == "capture":
			e.capture(t.arg(0), content, span{at.start, closing.end})
		}
		return closing.end - at.end
	}
	e.write(t, at)
	return 0
}

// write writes what t means by itself. A tag without a meaning leaves nothing.
func (e *expander) write(t tag, at span) {
	switch t.name {
	case "figure", "fig", "image", "img", "picture", "asset_img", "imgproc":
		e.picture(t, at)
	case "ref", "relref", "link", "post_url", "post_path":
		if i := t.webArg(); t.name == "link" && i >= 0 {
			// Hexo: {% link text https://… %}
			e.link(t.args[i], cmp.Or(strings.Join(t.args[:i], " "), pageName(t.args[i])))
		} else {
			e.address(t, at)
		}
	case "post_link":
		title := strings.Join(t.args[min(1, len(t.args)):], " ")
		if title == "" {
			title = t.arg(0)
		}
		if u, ok := e.r.articleURL(e.path, t.arg(0), ""); ok {
			e.link(u, title)
		} else {
			e.out.WriteString(html.EscapeString(title))
		}
	case "asset_path":
		e.out.WriteString(html.EscapeString(t.arg(0)))
	case "asset_link":
		e.link(t.arg(0), strings.Join(t.args[min(1, len(t.args)):], " "))
	case "video", "audio":
		e.media(t)
	case "blockquote", "quote", "pullquote", "centerquote", "cq":
		e.pair(t, "<blockquote>", e.attribution(t)+"</blockquote>", at)
	case "label", "mark", "kbd", "emp", "wavy", "badge":
		e.words(t, at)
	case "emoji":
		e.out.WriteString(html.EscapeString(emojiNamed(t.arg(0))))
	case "tab", "tabitem", "alert", "admonition", "aside", "callout", "hint", "notice", "panel", "note", "tip", "important", "caution",
		"warning", "danger", "info":
		e.titled(t, at)
	case "details", "expand", "collapse", "spoiler", "fold", "folding", "toggle", "hidetoggle", "accordion":
		title := cmp.Or(t.key("title", "summary"), firstPart(t.heading()), t.arg(0))
		e.pair(t, "<details><summary>"+html.EscapeString(title)+"</summary>", "</details>", at)
	default:
		e.guess(t, at)
	}
}

// guess writes what a tag that has no name of those means, by its arguments.
func (e *expander) guess(t tag, at span) {
	if page := mediaPage(t); page != "" {
		e.link(page, cmp.Or(t.key("title"), pageName(page)))
	} else if page := t.key("href", "url", "link"); page != "" {
		e.anchor(t, page, at)
	} else if to := t.arg(1); strings.HasSuffix(t.name, "link") && (t.webArg() == 1 || strings.HasPrefix(to, "/")) {
		// Eleventy: {% weblink "text", "https://…" %}
		e.link(to, cmp.Or(t.arg(0), pageName(to)))
	} else if t.webArg() == 0 && e.src[at.start-1] == '[' {
		// the icon of a link, which holds no other: [{% avatar "https://…" %} text](page)
	} else if t.webArg() == 0 && !t.holds {
		if words := firstPart(t.heading()); words != "" && t.key("text", "name", "title", "label") == "" {
			e.link(t.arg(0), words) // Hexo: {% button https://…, Words, icon %}
		} else {
			e.anchor(t, t.arg(0), at)
		}
	} else if _, ok := e.closing(t.name, at.end); ok || t.holds {
		e.titledBlock(t, at)
	} else if strings.HasSuffix(t.name, "link") && beginsQuoted.MatchString(t.rest) && !e.beginsAddress() {
		e.namedLink(t.arg(0))
	} else if strings.HasSuffix(t.name, "title") && beginsQuoted.MatchString(t.rest) {
		// of the code that follows: {% codetitle "a.js" %}
		e.block("<p><strong>"+html.EscapeString(t.arg(0))+"</strong></p>", at)
	} else {
		e.out.WriteString(cmp.Or(html.EscapeString(t.text()), e.unknownAddress(at)))
	}
}

// text gives the words for a reader among the arguments of a tag, or "".
func (t tag) text() string {
	name := t.key("name")
	word := isASCII(name) && name == strings.ToLower(name) || strings.ContainsAny(name, "/.")
	if word && !strings.Contains(name, " ") {
		name = "" // an icon's or a file's
	}
	return t.key("text", "label") + name
}

// mediaPage gives the address of the page for people that a player's shortcode shows, or "".
func mediaPage(t tag) string {
	id := t.key("id", "url", "src", "video", "link") + t.arg(0)
	name := strings.TrimSuffix(strings.ReplaceAll(t.name, "_", ""), "embed")
	player := slices.Contains([]string{"youtube", "vimeo", "bilibili", "video", "tweet", "twitter", "x", "gist"}, name)
	escaped := url.PathEscape(id)
	switch {
	case id == "":
	case player && (strings.HasPrefix(id, "https://") || strings.HasPrefix(id, "http://")):
		if page := watchPage(id); page != id || name != "video" || path.Ext(id) == "" {
			return page
		}
		return "" // the address of a file
	case name == "youtube":
		return "https://www.youtube.com/watch?v=" + url.QueryEscape(id)
	case name == "vimeo":
		return "https://vimeo.com/" + escaped
	case name == "bilibili":
		return "https://www.bilibili.com/video/" + escaped
	case name == "tweet" || name == "twitter" || name == "x":
		if strings.Trim(path.Base(id), "0123456789") != "" {
			return ""
		}
		user := t.key("user")
		if user == "" {
			user = "i"
		}
		return "https://x.com/" + url.PathEscape(user) + "/status/" + url.PathEscape(path.Base(id))
	case name == "instagram":
		return "https://www.instagram.com/p/" + escaped + "/"
	case name == "gist" && t.arg(1) != "":
		return "https://gist.github.com/" + escaped + "/" + url.PathEscape(t.arg(1))
	case name == "gist":
		return "https://gist.github.com/" + strings.ReplaceAll(escaped, "%2F", "/")
	case name == "asciinema":
		return "https://asciinema.org/a/" + escaped
	}
	return ""
}
