package article

import (
	"bytes"
	"cmp"
	"iter"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/util"
)

// maxRefs bounds how many names an article may refer to others by.
const maxRefs = 1000

// A body may refer to another article by its file in a wikilink, in a link to a Markdown file, and
// in a shortcode or tag that takes a name. Too much does no harm: what no article is named stays as
// it is. Each is looked for at a mark that few bodies hold, for one search for all takes as long as
// parsing the rest.
var (
	wikilinkName = regexp.MustCompile(`^\[\[([^\[\]|#\n]{1,200})`)
	tagName      = regexp.MustCompile(`^\{[{%][<%]?-?\s*(?:ref|relref|link|post_url|post_path|post_link)\s+(?:lang=["']?[\w-]+["']?\s+)?(?:path=)?(?:"([^"#\n]+)|'([^'#\n]+)|((?:[^\s"'%}>#]|%[[:xdigit:]])+))`)
	tagLanguage  = regexp.MustCompile(`\slang=["']?([\w-]+)`)
	fileEnding   = regexp.MustCompile(`(?i)^\.(?:mdx?|mdown|markdown)\b`)
	linkStart    = regexp.MustCompile(`(?i)(?:\]\(|\]:|href=|src=|path=)\s*["'<]?$`)
)

const (
	maxMarks    = 20 * maxRefs // are looked at: to see that one is none takes longer than to find it
	maxTag      = 500          // of one with the name that it takes, in bytes
	maxFileName = 500          // of a file that is linked to
	maxLinkMark = 20           // what stands before it
)

// refs gives the names by which a body refers to other articles, sorted, in every form in which
// Render asks for them.
func (o Options) refs(from string, body []byte) []string {
	var names []string
	count := 0
	add := func(name, language string) {
		if count++; count > maxRefs {
			return
		}
		for _, key := range o.refKeys(from, name) {
			names = append(names, inLanguage(language, key))
		}
	}
	for at := range places(body, '[', "[") {
		if m := wikilinkName.FindSubmatch(body[at:]); m != nil {
			add(strings.TrimSuffix(string(m[1]), `\`), "")
		}
	}
	for at := range places(body, '{', "{%") {
		tag, _, _ := bytes.Cut(body[at:min(at+maxTag, len(body))], []byte("}"))
		if m := tagName.FindSubmatch(tag); m != nil {
			language := ""
			if l := tagLanguage.FindSubmatch(tag); l != nil {
				language = string(l[1])
			}
			add(cmp.Or(string(m[1]), string(m[2]), string(m[3])), language)
		}
	}
	for at := range places(body, '.', "mM") {
		if ending := fileEnding.Find(body[at:]); ending != nil {
			if name := linkedFile(body[:at+len(ending)]); name != nil {
				add(unescapeURL(string(util.URLEscape(name, true))), "") // as goldmark reads it
			}
		}
	}
	slices.Sort(names)
	return slices.Clip(slices.Compact(names))
}

// linkedFile gives the name with which s ends where a link to it begins, else nil. Between quotes and
// angle brackets a name may hold blanks.
func linkedFile(s []byte) []byte {
	s = s[max(0, len(s)-maxFileName):]
	begins := func(start int) bool { return linkStart.Match(s[max(0, start-maxLinkMark):start]) }
	for _, marks := range []string{"<>\n", "\"\n", "'\n"} {
		if at := bytes.LastIndexAny(s, marks); at >= 0 && s[at] == marks[0] && begins(at+1) {
			return s[at+1:]
		}
	}
	start := bytes.LastIndexAny(s, " \t\r\n\f\v<>") + 1
	if at := bytes.LastIndex(s[start:], []byte("](")); at >= 0 {
		start += at + len("](")
	}
	if !begins(start) {
		return nil
	}
	return s[start:]
}

// places yields where a mark stands in a body before one of those that may be behind it, [maxMarks] at most.
func places(body []byte, mark byte, behind string) iter.Seq[int] {
	return func(yield func(int) bool) {
		for at, found := 0, 0; found < maxMarks; at++ {
			next := bytes.IndexByte(body[at:], mark)
			if next < 0 || at+next+1 == len(body) {
				return
			}
			at += next
			if strings.IndexByte(behind, body[at+1]) < 0 {
				continue
			}
			if !yield(at) {
				return
			}
			found++
			at++ // "[[[" holds one mark
		}
	}
}

// refKeys are the names that ref, written in the file at from, may stand for, the likeliest first. With
// a slash before it, it is a whole path below the content folder: the one that a browser would find
// ("/a.md", "../a.md"), Zola's "@/a.md", or Docusaurus' "@site/blog/a.md". Without, it is the end of one,
// as in Obsidian: the mere name of a file, or some of the folders around it as well. A whole path may also
// begin with the name of the content folder, where authors think of the folder around that.
func (o Options) refKeys(from, ref string) []string {
	ref = strings.TrimRight(strings.TrimSpace(cleanText(ref)), "/")
	name := strings.TrimLeft(strings.TrimPrefix(ref, siteFolder), "@/")
	file := name
	if name == ref {
		file = path.Join(path.Dir(from), ref)
	}
	var keys []string
	if file != "" && !strings.HasPrefix(file, "../") {
		keys = append(keys, "/"+file)
	}
	if below, ok := strings.CutPrefix(strings.TrimPrefix(file, "../"), o.Layout.Folder+"/"); ok && below != "" && o.Layout.Folder != "" {
		keys = append(keys, "/"+below)
	}
	if name != "" && name[0] != '.' {
		keys = append(keys, name)
	}
	return keys
}

// inLanguage makes of a key that of the article in a language which its author names.
func inLanguage(language, key string) string {
	if language == "" {
		return key
	}
	return "//" + language + "/" + key // no other begins so
}
