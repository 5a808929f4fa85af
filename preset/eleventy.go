package preset

import (
	"cmp"
	"maps"
	"path"
	"regexp"
	"strings"

	"feedmill/article"
)

// eleventy is https://www.11ty.dev/docs/permalinks/. Every template in the input folder is a page;
// those with a date, in their front matter or anywhere in their path, are for feeds. The address is
// the page's permalink, which a data file may give to all in a folder, else its path.
var eleventy = &generator{
	name:   "eleventy",
	takes:  "templates in its input folder that have a date, in their front matter or their path",
	read:   readScript("eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs", "eleventy.config.ts", ".eleventy.js"),
	seems:  func(t *tree) bool { return t.has(".11tydata.") || t.has("/.eleventyignore") },
	tokens: plainDialect,
	origin: eleventyOrigin,
	layout: func(s *site) article.Layout {
		e := newEleventy(s)
		prefixes := strings.Contains(s.script, "HtmlBasePlugin") // pathPrefix, before all addresses
		return article.Layout{
			Place:  e.place,
			Link:   e.link,
			Keys:   map[string][]string{"url": {"permalink"}},
			Dated:  true,
			Rooted: article.Rooting{HTML: prefixes, Again: prefixes},
			Emoji:  strings.Contains(s.script, "markdown-it-emoji") || strings.Contains(s.script, "emoji-shortcodes"),
		}
	},
}

type eleventySite struct {
	*site
	input   string
	ignore  []*regexp.Regexp               // of paths below the root
	formats map[string]string              // of Go's time package, by the site's filter that writes them
	data    map[string]map[string][]string // front matter for all in a folder, by its path below input
}

var (
	eleventySetInput = regexp.MustCompile(`setInputDirectory\(\s*['"]([^'"]*)['"]`)
	eleventyDirs     = regexp.MustCompile(`\bdir(?:ectories)?\s*[:=]`)
)

// eleventyFolders is what a configuration says of folders.
func eleventyFolders(script string) string {
	return strings.Join(scriptBlocks(script, eleventyDirs), "\n")
}

// eleventyInput is the folder of all templates, below the root.
func eleventyInput(script string) string {
	if m := eleventySetInput.FindStringSubmatch(script); m != nil {
		return clean(m[1])
	}
	return clean(scriptValue(eleventyFolders(script), "input"))
}

func newEleventy(s *site) *eleventySite {
	e := &eleventySite{site: s, formats: dateFilters(s.script), data: map[string]map[string][]string{}}
	dirs := eleventyFolders(s.script)
	e.input = eleventyInput(s.script)
	e.ignoreAll(join(e.input, cmp.Or(scriptValue(dirs, "includes"), "_includes")))
	e.ignoreAll(join(e.input, cmp.Or(scriptValue(dirs, "layouts"), "_includes")))
	data := clean(join(e.input, cmp.Or(scriptValue(dirs, "data"), "_data")))
	e.ignoreAll(data)
	s.values = e.about(data)
	e.ignoreAll(clean(cmp.Or(scriptValue(dirs, "output"), "_site")))
	e.ignoreAll("**/node_modules")
	e.readIgnores()
	for name := range s.files() {
		e.readData(name)
	}
	return e
}

// ignoreAll leaves out what matches a pattern, and all in folders that do. The input folder itself, and
// those that it lies in, are never meant.
func (e *eleventySite) ignoreAll(pattern string) {
	if pattern != e.input {
		e.ignore = append(e.ignore, glob(pattern))
	}
}

// ignores reports whether a file, or a folder between it and the input folder, is left out.
func (e *eleventySite) ignores(file string) bool {
	for ; file != e.input && file != "."; file = path.Dir(file) {
		if anyGlob(e.ignore, file) {
			return true
		}
	}
	return false
}

var (
	eleventyIgnores   = regexp.MustCompile(`\bignores\s*\.\s*add\(\s*(?:'([^']*)'|"([^"]*)"|` + "`([^`$]*)`" + `)?`)
	eleventyNoGitRule = regexp.MustCompile(`\bsetUseGitIgnore\(\s*false\b`)
)

// readIgnores reads the files of patterns, of which those of the root hold for what git leaves out, too,
// and the patterns of the configuration.
func (e *eleventySite) readIgnores() {
	files := []string{".eleventyignore"}
	if e.input != "" {
		files = append(files, join(e.input, ".eleventyignore"))
	}
	if !eleventyNoGitRule.MatchString(e.script) {
		files = append(files, ".gitignore")
	}
	for _, file := range files {
		e.readIgnore(file)
	}
	for _, m := range eleventyIgnores.FindAllStringSubmatch(e.script, -1) {
		if pattern := m[1] + m[2] + m[3]; pattern != "" {
			e.ignoreAll(clean(pattern))
		} else {
			e.warn("ignores", "ignores.add: what is not written there as text cannot be read here; hint: write it into .eleventyignore")
		}
	}
}

// readIgnore reads a file of patterns, each of which begins at the file's folder.
func (e *eleventySite) readIgnore(file string) {
	folder, _ := cutLast(file)
	for line := range strings.Lines(e.text(file)) {
		if line = strings.TrimSpace(line); line != "" && !strings.ContainsAny(line[:1], "#!") {
			e.ignoreAll(clean(join(folder, line)))
		}
	}
}

// eleventyKeys are the front matter that matters here and may stand in a data file.
var eleventyKeys = []string{"permalink", "date", "draft", "eleventyExcludeFromCollections"}

// readData reads the data file of a folder, which has its name: posts/posts.json,
// posts/posts.11tydata.js.
func (e *eleventySite) readData(name string) {
	dir, base := cutLast(e.path(name))
	folder, ok := cutFolder(dir, e.input)
	stem, ending, _ := strings.Cut(base, ".")
	if !ok || stem != path.Base(dir) {
		return
	}
	front := map[string][]string{}
	switch ending {
	case "json", "11tydata.json":
		v := e.decode(name)
		for _, key := range eleventyKeys {
			front[key] = v.texts(key)
		}
	case "11tydata.js", "11tydata.cjs", "11tydata.mjs":
		src := withoutComments(e.head(name, maxFile))
		for _, key := range eleventyKeys {
			if s := scriptValue(src, key); s != "" {
				front[key] = []string{s}
			}
		}
		if template, ok := permalinkFunction(src); ok && front["permalink"] == nil {
			if template == "" {
				e.tell(e.at(name), max(1, lineOf(e.at(name), "permalink")), "the function for permalink cannot be read here; the usual addresses are used")
			} else {
				front["permalink"] = []string{template}
			}
		}
	}
	maps.DeleteFunc(front, func(_ string, texts []string) bool { return texts == nil })
	if e.data[folder] == nil {
		e.data[folder] = map[string][]string{}
	}
	maps.Copy(e.data[folder], front)
}

var anyDate = regexp.MustCompile(`\d{4}-\d{2}-\d{2}`)

func (e *eleventySite) place(name string) (article.Place, bool) {
	file := e.path(name)
	rest, ok := cutFolder(file, e.input)
	if !ok || e.ignores(file) {
		return article.Place{}, false
	}
	front := map[string][]string{}
	folder := ""
	for _, element := range append([]string{""}, elements(path.Dir(rest))...) {
		folder = join(folder, element)
		maps.Copy(front, e.data[folder])
	}
	return article.Place{Date: anyDate.FindString(file), Front: front}, true
}

func (e *eleventySite) link(page article.Page) string {
	rest, _ := cutFolder(e.path(page.Path), e.input)
	p := newPost(page, rest)
	p.name = withoutDate(p.stem)
	if p.URL != "" {
		if link, ok := eleventyLink(p, rest, e.formats); ok {
			return indexName.ReplaceAllString(link, "/")
		}
		p.Warn("the template cannot be read here; the usual address is used")
	}
	if link := e.patternLink(p); link != "" {
		return link
	}
	folder, stem := cutName(rest)
	if stem == "index" || stem == path.Base(folder) {
		return literal(folder) + "/"
	}
	return literal(join(folder, stem)) + "/"
}

var (
	eleventyDate = regexp.MustCompile(`\d{4}-\d{2}-\d{2}-(.*)`)
	indexName    = regexp.MustCompile(`(?:^|/)index(?:\.html|/)?$`)
)

// withoutDate gives what follows a date in a name, else the name.
func withoutDate(name string) string {
	if m := eleventyDate.FindStringSubmatch(name); m != nil {
		return m[1]
	}
	return name
}

// permalinkFunctions match how a function is given for all of a folder: permalink: (data) => …,
// permalink(data) {…}.
var permalinkFunctions = regexp.MustCompile(`\bpermalink['"]?\s*(?::\s*(?:async\s+)?(?:function\b\s*\w*\s*\([^()]*\)|\w+\s*=>|\([^()]*\)\s*=>)|\([^()]*\)\s*\{)`)

var (
	scriptTemplate = regexp.MustCompile("^\\s*\\{?\\s*(?:return\\b\\s*)?\\(?\\s*(?:`([^`]*)`|'([^']*)'|\"([^\"]*)\")")
	scriptField    = regexp.MustCompile(`\$\{\s*(?:data\.)?([\w.]+)\s*\}`)
)

// permalinkFunction gives the template that a function for permalink is no more than, "" where there is
// more to it, and false where there is none.
func permalinkFunction(src string) (template string, ok bool) {
	at := permalinkFunctions.FindStringIndex(src)
	if at == nil {
		return "", false
	}
	m := scriptTemplate.FindStringSubmatch(src[at[1]:])
	template = strings.Join(m[min(1, len(m)):], "")
	return scriptField.ReplaceAllString(template, "{{ $1 }}"), true
}

// placeholder is a value in a template, with a filter or none.
var placeholder = regexp.MustCompile(`\{\{-?\s*([\w.]+)\s*(?:\|\s*(\w+)\s*(?:[:(]\s*['"]([^'"]*)['"]\)?)?\s*)?-?\}\}`)

// eleventyLink fills in the values that permalinks commonly have, formats being the site's own filters
// for dates. It reports false for a template with others.
func eleventyLink(p post, file string, formats map[string]string) (string, bool) {
	ok := true
	link := placeholder.ReplaceAllStringFunc(p.URL, func(s string) string {
		m := placeholder.FindStringSubmatch(s)
		value, filter, argument := m[1], m[2], m[3]
		if strings.TrimPrefix(value, "page.") == "date" {
			layout, known := formats[filter]
			if filter == "date" {
				layout, known = strftime.Replace(argument), true
			}
			ok = ok && known && !p.date.IsZero()
			return p.date.Format(layout)
		}
		text := p.Field(value)
		switch value {
		case "page.fileSlug":
			text = p.name
		case "page.filePathStem":
			folder, stem := cutName(file)
			text = join(folder, withoutDate(stem))
		}
		switch filter {
		case "slug", "slugify":
			text, _ = asciiSlug(text)
		case "":
		default:
			ok = false
		}
		ok = ok && text != ""
		return literal(text)
	})
	return link, ok && !template.MatchString(link)
}

var (
	addsFilter  = regexp.MustCompile(`\badd\w*Filter\(\s*['"](\w+)['"]`)
	luxonFormat = regexp.MustCompile(`\.toFormat\(\s*['"]([^'"]*)['"]`)
	luxonToken  = regexp.MustCompile(`[A-Za-z]+`)
	luxonTokens = map[string]string{"yyyy": "2006", "yy": "06", "y": "2006", "LLLL": "January", "MMMM": "January", "LLL": "Jan",
		"MMM": "Jan", "LL": "01", "MM": "01", "L": "1", "M": "1", "dd": "02", "d": "2"}
)

// dateFilters finds the filters of a configuration that write a date by a pattern of Luxon's.
func dateFilters(script string) map[string]string {
	formats := map[string]string{}
	starts := addsFilter.FindAllStringSubmatchIndex(script, -1)
	for i, at := range starts {
		end := len(script)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		m := luxonFormat.FindAllStringSubmatch(script[at[1]:end], -1)
		if len(m) != 1 {
			continue // none, or who knows which
		}
		known := true
		layout := luxonToken.ReplaceAllStringFunc(m[0][1], func(token string) string {
			known = known && luxonTokens[token] != ""
			return luxonTokens[token]
		})
		if known {
			formats[script[at[2]:at[3]]] = layout
		}
	}
	return formats
}

// strftime makes a layout of Go's time package of the directives that permalinks commonly have.
var strftime = strings.NewReplacer("%Y", "2006", "%y", "06", "%m", "01", "%-m", "1", "%d", "02", "%-d", "2", "%B", "January", "%b", "Jan")
