package article

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
)

// maxRefs bounds how many names an article may refer to others by.
const maxRefs = 1000

// mention finds what may refer to another article by its file: a wikilink, a relative link to a
// Markdown file, or a shortcode or tag that takes a name. Too much does no harm: what no article is
// named stays as it is.
var mention = regexp.MustCompile(`(?i)\[\[([^\[\]|#\n]{1,200})` +
	`|(?:\]\(|\]:|href=|src=|path=)\s*["'<]?([^\s"'<>()#]{1,500}\.(?:mdx?|mdown|markdown))\b` +
	`|\b(?:ref|relref|link|post_url|post_path|post_link)\s+["']?([^\s"'%}>#]{1,500})`)

// refs gives the names by which a body refers to other articles, sorted, in every form in which
// Render asks for them.
func refs(from string, body []byte) []string {
	if !bytes.Contains(body, []byte("[[")) && !bytes.Contains(body, []byte(".m")) && !bytes.Contains(body, []byte("{%")) && !bytes.Contains(body, []byte("{{")) {
		return nil
	}
	var names []string
	for _, m := range mention.FindAllSubmatch(body, maxRefs) {
		name := strings.TrimSpace(strings.TrimSuffix(string(slices.Concat(m[1:]...)), `\`))
		names = append(names, refKeys(from, name)...)
	}
	slices.Sort(names)
	return slices.Clip(slices.Compact(names))
}

// refKeys are the names that ref, written in the file at from, may stand for: the path of a file
// below the content folder ("/a.md", Zola's "@/a.md"), one relative to that file ("../a.md"), or the
// mere name of a file somewhere.
func refKeys(from, ref string) []string {
	file := strings.TrimLeft(ref, "@/")
	if file == ref {
		file = path.Join(path.Dir(from), ref)
	}
	var keys []string
	for _, key := range []string{file, strings.TrimLeft(ref, "@/")} {
		if key = cleanText(key); key != "" && !strings.HasPrefix(key, "../") && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}
