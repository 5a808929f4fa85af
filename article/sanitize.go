package article

import (
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
)

// keptElements are those that feed readers show. Of any other element only the content is left,
// and of [droppedElements] not even that.
var keptElements = []string{
	"a", "abbr", "address", "article", "aside", "audio", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite",
	"code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure",
	"footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "main", "mark",
	"nav", "ol", "p", "picture", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "source", "span",
	"strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr",
	"track", "u", "ul", "var", "video", "wbr",
}

var droppedElements = []string{
	"annotation", "annotation-xml", "applet", "area", "base", "basefont", "bgsound", "button", "canvas", "datalist",
	"dialog", "frame", "frameset", "head", "link", "map", "meta", "noembed", "noframes", "noscript", "optgroup",
	"option", "param", "script", "select", "style", "svg", "template", "textarea", "title",
}

// maxDataImage is the size of the largest image that may stand in the text as a data: URI.
const maxDataImage = 32 << 10

// newPolicy says which attributes an element may keep. It is the last to touch an article's HTML,
// so that nothing that goes wrong before can let a script pass. URLs are absolute by then and are
// only looked at: bluemonday's own check writes their queries anew.
func newPolicy() *bluemonday.Policy {
	var ( // without bounds: each of them would be a copy of the class, of letters some 20 KB
		word   = regexp.MustCompile(`^[^\s"'<>]+$`)
		words  = regexp.MustCompile(`^[\pL\pN_ ,.:/+#-]*$`)
		flag   = regexp.MustCompile(`^[a-zA-Z]*$`)
		number = regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,4})?(px|%)?$`)
		link   = regexp.MustCompile(`^(?:` + strings.Join(schemes, "|") + `):`)
		media  = regexp.MustCompile(`^https?://`)
		image  = regexp.MustCompile(`^(?:https?://|data:image/)`)
	)
	p := bluemonday.NewPolicy()
	p.AllowElements(keptElements...)
	p.AllowNoAttrs().OnElements(keptElements...)

	p.AllowAttrs("title").Globally()
	p.AllowAttrs("id").Matching(word).Globally()
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`(?i)^(?:ltr|rtl|auto)$`)).Globally()
	p.AllowAttrs("lang").Matching(regexp.MustCompile(`^[a-zA-Z0-9-]{1,35}$`)).Globally()

	p.AllowAttrs("href").Matching(link).OnElements("a")
	p.AllowAttrs("rel", "hreflang", "name", "type").Matching(words).OnElements("a")
	p.AllowAttrs("cite").Matching(media).OnElements("blockquote", "q", "del", "ins")
	p.AllowAttrs("datetime").Matching(words).OnElements("time", "del", "ins")

	p.AllowAttrs("src").Matching(image).OnElements("img")
	p.AllowAttrs("srcset").Matching(media).OnElements("img", "source")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("loading").Matching(flag).OnElements("img")
	p.AllowAttrs("sizes", "media").Matching(regexp.MustCompile(`^[\w ,.:()%*/+<>=-]*$`)).OnElements("img", "source")
	p.AllowAttrs("width", "height").Matching(number).OnElements("img", "source", "video", "td", "th", "col", "table")
	p.AllowAttrs("src", "poster").Matching(media).OnElements("audio", "video", "source", "track")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^[\w/.+=;," -]+$`)).OnElements("source")
	p.AllowAttrs("controls", "loop", "muted", "playsinline", "preload").Matching(flag).OnElements("audio", "video")
	p.AllowAttrs("kind", "srclang", "label", "default").Matching(words).OnElements("track")

	p.AllowAttrs("align", "valign").Matching(flag).OnElements("td", "th", "tr", "col", "table", "p", "div", "img")
	p.AllowAttrs("colspan", "rowspan", "span").Matching(number).OnElements("td", "th", "col", "colgroup")
	p.AllowAttrs("scope", "headers", "abbr").Matching(words).OnElements("td", "th")
	p.AllowAttrs("start", "value").Matching(regexp.MustCompile(`^-?[0-9]{1,9}$`)).OnElements("ol", "li")
	p.AllowAttrs("reversed", "type").Matching(regexp.MustCompile(`^[a-zA-Z1]{0,8}$`)).OnElements("ol", "ul")
	p.AllowAttrs("open").Matching(flag).OnElements("details")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^language-[\w+#.-]{1,40}$`)).OnElements("code", "pre")
	return p
}
