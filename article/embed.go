package article

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// player writes a link to the page that an iframe, embed or object shows. Feed readers show none of
// them, and a player's page knows more of itself than its address.
func (c *cleaner) player(n *html.Node) {
	attrs := c.attributes(n)
	src := attribute(attrs, "src")
	if n.DataAtom == atom.Object {
		src = attribute(attrs, "data")
	}
	if !strings.HasPrefix(src, "http") {
		if n.DataAtom == atom.Object {
			c.children(n)
		}
		return
	}
	page := watchPage(src)
	text := attribute(attrs, "title")
	if text == "" {
		text = pageName(page)
	}
	link := `<a href="` + html.EscapeString(page) + `">` + html.EscapeString(text) + `</a>`
	if parent := n.Parent; parent == nil || isContainer(parent.DataAtom) {
		link = "<p>" + link + "</p>"
	}
	c.out.WriteString(link)
}

// fallback writes the pictures that stand in for what a script would show, but for one that the script
// would only have loaded later, and those that count readers.
func (c *cleaner) fallback(n *html.Node) {
	isTwin := c.pictured
	c.pictured = false
	for image := range n.Descendants() {
		size := func(key string) string { return strings.TrimSuffix(attribute(image.Attr, key), "px") }
		counts := len(size("width")) == 1 || len(size("height")) == 1 || strings.Contains(attribute(image.Attr, "style"), "none")
		if image.DataAtom == atom.Img && !isTwin && !counts {
			c.element(image)
		}
	}
}

// lazy maps the attributes in which scripts look for a picture's address to the real ones.
var lazy = map[string]string{
	"data-src": "src", "data-original": "src", "data-lazy-src": "src",
	"data-srcset": "srcset", "data-lazy-srcset": "srcset",
}

// promoteLazy gives the address of a picture that a script would load to the picture itself. A src
// that is no placeholder stays.
func promoteLazy(attrs []html.Attribute) []html.Attribute {
	if !slices.ContainsFunc(attrs, func(a html.Attribute) bool { return lazy[a.Key] != "" }) {
		return attrs
	}
	var out []html.Attribute
	for _, a := range attrs {
		key, isLazy := lazy[a.Key]
		if isLazy {
			a.Key = key
		}
		own := strings.TrimSpace(attribute(attrs, a.Key))
		if isLazy == (own == "" || strings.HasPrefix(own, "data:")) || (a.Key != "src" && a.Key != "srcset") {
			out = append(out, a)
		}
	}
	return out
}

// pageName shortens the address of a page to the text of a link. It does not begin like a URL, which
// Markdown would make another link of.
func pageName(page string) string {
	_, name, _ := strings.Cut(page, "://")
	return strings.TrimPrefix(name, "www.")
}

// isContainer reports whether an element holds paragraphs.
func isContainer(a atom.Atom) bool {
	switch a {
	case 0, atom.Html, atom.Body, atom.Div, atom.Section, atom.Article, atom.Main, atom.Figure, atom.Blockquote,
		atom.Li, atom.Dd, atom.Td, atom.Center, atom.Details, atom.Object:
		return true
	}
	return false
}

// watchPage gives the address of the page for people that belongs to a player's address.
func watchPage(player string) string {
	u, err := url.Parse(player)
	if err != nil {
		return player
	}
	last := url.PathEscape(path.Base(u.Path))
	query := u.Query()
	switch host := strings.TrimPrefix(u.Hostname(), "www."); {
	case (host == "youtube.com" || host == "youtube-nocookie.com") && hasPathPrefix(u, "/embed/", "/v/", "/shorts/"):
		if last == "videoseries" && query.Has("list") {
			return "https://www.youtube.com/playlist?list=" + url.QueryEscape(query.Get("list"))
		}
		return "https://www.youtube.com/watch?v=" + last
	case host == "player.vimeo.com" && hasPathPrefix(u, "/video/"):
		return "https://vimeo.com/" + last
	case host == "player.bilibili.com" && query.Has("bvid"):
		return "https://www.bilibili.com/video/" + url.PathEscape(query.Get("bvid"))
	case host == "player.bilibili.com" && query.Has("aid"):
		return "https://www.bilibili.com/video/av" + url.PathEscape(query.Get("aid"))
	case host == "player.youku.com" && hasPathPrefix(u, "/embed/"):
		return "https://v.youku.com/v_show/id_" + last + ".html"
	case host == "v.qq.com" && query.Has("vid"):
		return "https://v.qq.com/x/page/" + url.PathEscape(query.Get("vid")) + ".html"
	case host == "w.soundcloud.com" && strings.HasPrefix(query.Get("url"), "https://"):
		if track, ok := absoluteURL(u, query.Get("url")); ok {
			return track
		}
	case host == "open.spotify.com" && hasPathPrefix(u, "/embed/"):
		u.Path, u.RawPath, u.RawQuery = strings.TrimPrefix(u.Path, "/embed"), "", ""
		return u.String()
	case host == "codepen.io" && strings.Contains(u.Path, "/embed/"):
		u.Path, u.RawPath, u.RawQuery = strings.Replace(u.Path, "/embed/", "/pen/", 1), "", ""
		return u.String()
	}
	return player
}

func hasPathPrefix(u *url.URL, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(u.Path, p) {
			return true
		}
	}
	return false
}
