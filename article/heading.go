package article

import (
	"regexp"
	"strings"
)

const (
	maxHeading = 1000     // how long a heading may be that is taken for a title, in bytes
	maxSearch  = 64 << 10 // how far into the body it is looked for
)

var (
	atxHeading        = regexp.MustCompile(`^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$`)
	setextLine        = regexp.MustCompile(`^ {0,3}(?:(=)=*|-{2,})[ \t]*$`)
	silentLine        = regexp.MustCompile(`^\s*(?:$|[<{!]|%%|:::|import\s|export\s)`) // says nothing itself
	plainLine         = regexp.MustCompile(`^ {0,3}[^\s>|<#:{]`)
	listItem          = regexp.MustCompile(`^ {0,3}(?:[-*+]|\d+[.)])\s`)
	headingAttributes = regexp.MustCompile(`\s*\{[:#.][^{}]*\}$`)
	htmlHeading       = regexp.MustCompile(`(?is)<h[1-6]\b[^>]*>(.*?)</h[1-6]>`)
	htmlUnseen        = regexp.MustCompile(`(?s)<!--.*?(?:-->|$)|\{%-?\s*comment\b.*?(?:\bendcomment\b|$)`)
)

// blockClosers end the blocks that may hold lines like headings, by how such a block begins.
var blockClosers = []struct{ open, close string }{
	{"```", "```"},
	{"~~~", "~~~"},
	{"<!--", "-->"},
	{"<pre", "</pre>"},
	{"<script", "</script>"},
	{"<style", "</style>"},
	{"{% raw", "endraw"},
	{"{% highlight", "endhighlight"},
	{"{% codeblock", "endcodeblock"},
	{"{{< highlight", "/highlight"},
	{"%%", "%%"},
	{"{%", "%}"},
}

var (
	// unseenStart is the last place of a line at which something begins that readers do not see, or for a
	// password only: a tag that has a name, or a comment.
	unseenStart = regexp.MustCompile(`^(?:.*[^{])?(?:(?:(\{\{[<%]|\{%-?)\s*|(<))(comment\b|[\w.-]*(?i:encrypt|password)[\w.-]*)|(\{::comment|\{/\*|\{#(?:[\s-]|$)))(.*)$`)
	// lineComment is one that ends on its line.
	lineComment = regexp.MustCompile(`\{::comment\}.*?\{:/(?:comment)?\}|\{/\*.*?\*/\}|\{#[ -].*?#\}|(?:^|\s)%%.+?%%`)
)

// unseenClosers end such a comment, or begin what ends such a tag.
var unseenClosers = map[string]string{
	"{::comment": "{:/", "{/*": "*/}", "{#": "#}",
	"{{<": "/", "{{%": "/", "{%": "end", "{%-": "end", "<": "</",
}

// firstHeading gives the Markdown of the heading that is the article's title, or "": the first one
// if it is of the first level or nothing is said before it, for otherwise it is a section's; where names
// are titles, too, both. It knows as much of Markdown as it takes not to find one in code or in a comment.
func firstHeading(c cursor, named bool) string {
	c.src = c.src[:min(len(c.src), c.offset+maxSearch)]
	closer := ""   // of the block that c is in
	previous := "" // the line before, if it may be a heading with the line under it
	fresh := true  // the line before says nothing
	said := false  // one before that does
	isFirst := func(top, begins bool) bool { return top && begins || !named && (top || begins) }
	for {
		raw, ok := c.next()
		if !ok {
			return ""
		}
		line := string(raw)
		if closer != "" {
			if strings.Contains(line, closer) {
				closer = ""
			}
			continue
		}
		if closer = blockCloser(line); closer != "" {
			previous = ""
			continue
		}
		if m := atxHeading.FindStringSubmatch(line); m != nil && isFirst(m[1] == "#", fresh && !said) && isTitle(m[2]) {
			return headingText(m[2])
		}
		if m := setextLine.FindStringSubmatch(line); m != nil && isFirst(m[1] == "=", !said) && isTitle(previous) {
			return headingText(strings.TrimSpace(previous))
		}
		said = said || !fresh
		previous = ""
		if fresh && plainLine.MatchString(line) && !listItem.MatchString(line) {
			previous = line
		}
		fresh = silentLine.MatchString(line)
	}
}

// blockCloser gives what ends the block that begins with line, or "" if none does or it ends there.
func blockCloser(line string) string {
	line = strings.TrimSpace(line)
	for _, c := range blockClosers {
		if rest, ok := strings.CutPrefix(line, c.open); ok && !strings.Contains(rest, c.close) {
			return c.close
		}
	}
	if !strings.ContainsAny(line, "{<") {
		return ""
	}
	if m := unseenStart.FindStringSubmatch(line); m != nil {
		closer := unseenClosers[m[1]+m[2]+strings.TrimRight(m[4], " \t-")] + m[3]
		if !strings.Contains(m[5], closer) {
			return closer
		}
	}
	return ""
}

// headingText gives a heading without what is no part of its text.
func headingText(heading string) string {
	return headingAttributes.ReplaceAllString(lineComment.ReplaceAllString(heading, ""), "")
}

// isTitle reports whether a heading can stand as a title: it holds something, and no template.
func isTitle(heading string) bool {
	return strings.TrimSpace(heading) != "" && len(heading) <= maxHeading && !template.MatchString(heading)
}

// firstHTMLHeading gives the HTML within the first heading element, or "".
func firstHTMLHeading(c cursor) string {
	m := htmlHeading.FindSubmatch(htmlUnseen.ReplaceAll(c.src[c.offset:min(len(c.src), c.offset+maxSearch)], nil))
	if m == nil || !isTitle(string(m[1])) {
		return ""
	}
	return string(m[1])
}
