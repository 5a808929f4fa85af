package article

import (
	"cmp"
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// noteTags are called by what they are, where their author gives them no title.
var noteTags = []string{"note", "tip", "important", "caution", "warning", "danger", "info"}

// titled writes a quotation that begins with a title, as [admonitionParser] makes one: a callout's or
// a tab's. Without a title what t holds stands for itself.
func (e *expander) titled(t tag, at span) {
	title := t.key("title", "header")
	switch {
	case strings.HasPrefix(t.name, "tab"):
		title = cmp.Or(title, t.key("label", "name", "value"), t.arg(0))
	case slices.Contains(noteTags, t.name) && e.isPaired(t, at):
		title = cmp.Or(title, t.heading(), strings.ToUpper(t.name[:1])+t.name[1:])
	default:
		title = cmp.Or(title, t.heading())
	}
	switch {
	case title == "":
	case e.isPaired(t, at):
		e.quotation(t, title, at)
	case !strings.HasPrefix(t.name, "tab"): // the title is all that there is
		e.block("<blockquote><p>"+notMarkdown.Replace(html.EscapeString(title))+"</p></blockquote>", at)
	}
}

func (e *expander) quotation(t tag, title string, at span) {
	e.pair(t, "<blockquote><p><strong>"+notMarkdown.Replace(html.EscapeString(title))+"</strong></p>", "</blockquote>", at)
}

var quotedArgument = regexp.MustCompile("(?:^|[\\s,(])[\"'`]")

// heading gives the words for people among the arguments without a name, or "". The others say of which
// kind something is: "info", "md", "alert alert-warning". Where nothing is quoted, as in Hexo, they come last.
func (t tag) heading() string {
	if quotedArgument.MatchString(t.rest) {
		if i := slices.IndexFunc(t.args, isHeading); i >= 0 {
			return t.args[i]
		}
		return ""
	}
	words := strings.Fields(t.rest)
	if i := slices.IndexFunc(words, isHeading); i >= 0 {
		return strings.Join(words[i:], " ")
	}
	return ""
}

// isHeading reports whether s has a capital or a letter beyond ASCII where no word of a program has one.
func isHeading(s string) bool {
	tells := func(r rune) bool { return unicode.IsUpper(r) || r >= 0x80 && unicode.IsLetter(r) }
	first := strings.IndexFunc(s, tells)
	return first >= 0 && (strings.Contains(s, " ") || strings.IndexFunc(s, unicode.IsLetter) == first && !strings.ContainsAny(s, "=/"))
}

// titledBlock writes the title of a tag whose name nobody knows, where it holds lines of its own. What
// lays a whole page out has one for the page.
func (e *expander) titledBlock(t tag, at span) {
	title := t.key("title")
	if before, after, _ := e.margins(at); title != "" && before+after == "" && !strings.HasSuffix(t.name, "layout") {
		e.quotation(t, title, at)
	}
}
