package preset

import (
	"cmp"
	"regexp"
	"strings"
)

// A configuration that is a script is only searched for plain values as people write them: key:
// 'text', key: true. What it computes nobody here knows.

// scriptParts are strings and comments, so that neither is taken for the other.
var scriptParts = regexp.MustCompile("(?s)" + `'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|` + "`(?:\\\\.|[^`\\\\])*`" + `|//[^\n]*|/\*.*?\*/`)

func withoutComments(src string) string {
	return scriptParts.ReplaceAllStringFunc(src, func(part string) string {
		if part[0] == '/' {
			return " "
		}
		return part
	})
}

// scriptKey is how a key begins.
const scriptKey = `(?s)(?:^|[\s{,;'"])%s['"]?\s*[:=]\s*`

func scriptRegexp(key, value string) *regexp.Regexp {
	return regexp.MustCompile(strings.Replace(scriptKey, "%s", key, 1) + value)
}

// scriptValue gives the first text, true or false that is written for a key, else "".
func scriptValue(src, key string) string {
	m := scriptRegexp(key, `(?:'([^']*)'|"([^"]*)"|`+"`([^`]*)`"+`|(true|false)\b)`).FindStringSubmatch(src)
	return strings.Join(m[min(1, len(m)):], "")
}

// scriptSays is scriptValue for a key of a script's result, which beats all that have its name elsewhere.
func scriptSays(src, key string) string {
	return cmp.Or(scriptValue(scriptTop(scriptExport(src)), key), scriptValue(src, key))
}

var (
	scriptObjectExport = regexp.MustCompile(`(?:\bexport\s+default|\bmodule\.exports\s*=)\s*(?:\w+\s*)?[\s(]*\{`)
	scriptNameExport   = regexp.MustCompile(`(?:\bexport\s+default|\bmodule\.exports\s*=)\s*(?:\w+\s*\(\s*)?(\w+)`)
	scriptReturn       = regexp.MustCompile(`\breturn[\s(]*\{`)
)

// scriptExport gives what stands in the braces of the object that is a script's result, by itself, under
// a name or from a function; else "".
func scriptExport(src string) string {
	code := blankScript(src)
	at := scriptObjectExport.FindStringIndex(code)
	if name := scriptNameExport.FindStringSubmatch(code); at == nil && name != nil {
		at = regexp.MustCompile(`\b(?:const|let|var)\s+` + name[1] + `\b[^={]*=[\s(]*\{`).FindStringIndex(code)
	}
	if at == nil {
		at = scriptReturn.FindStringIndex(code)
	}
	if at == nil {
		return ""
	}
	return scriptBlock(src, code, at[1]-1)
}

// scriptList gives the texts in the first list that is written for a key.
func scriptList(src, key string) []string {
	var texts []string
	for _, part := range scriptParts.FindAllString(scriptItems(src, key), -1) {
		texts = append(texts, part[1:len(part)-1])
	}
	return texts
}

// scriptItems gives what stands in the brackets of that list, else "".
func scriptItems(src, key string) string {
	at := scriptRegexp(key, `\[`).FindStringIndex(src)
	if at == nil {
		return ""
	}
	items := src[at[1]:]
	return items[:max(0, strings.IndexByte(blankScript(items), ']'))]
}

// scriptPatterns gives the texts in the list that is written for a key, or the one text that is. Of what
// else may stand there nobody here knows more than what is usual.
func (s *site) scriptPatterns(src, key string, usual []string) []string {
	patterns := scriptList(src, key)
	if text := scriptValue(src, key); patterns == nil && text != "" {
		patterns = []string{text}
	}
	unread := strings.Contains(blankScript(scriptItems(src, key)), "...") || scriptRegexp(key, `[\w$(]`).MatchString(src)
	if unread {
		s.warn(key, "%s: what is not written there as text cannot be read here, so articles may be shown that it leaves out; hint: write all patterns there", key)
	}
	if unread || patterns == nil {
		patterns = append(patterns, usual...)
	}
	return patterns
}

// scriptBlocks gives for every match of a pattern what stands in the braces behind it.
func scriptBlocks(src string, before *regexp.Regexp) []string {
	code := blankScript(src)
	var blocks []string
	for _, at := range before.FindAllStringIndex(src, -1) {
		blocks = append(blocks, scriptBlock(src, code, at[1]))
	}
	return blocks
}

// scriptObject gives what stands in the braces of the first object that is written for a key, else "".
func scriptObject(src, key string) string {
	at := scriptRegexp(key, `\{`).FindStringIndex(src)
	if at == nil {
		return ""
	}
	return scriptBlock(src, blankScript(src), at[1]-1)
}

// scriptTop gives what stands in an object outside of the objects and lists in it.
func scriptTop(object string) string {
	var top strings.Builder
	depth := 0
	for i, c := range []byte(blankScript(object)) {
		switch c {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if depth == 0 {
			top.WriteByte(object[i])
		}
	}
	return top.String()
}

// blankScript gives a script with strings and comments blank: their braces are none.
func blankScript(src string) string {
	return scriptParts.ReplaceAllStringFunc(src, func(part string) string { return strings.Repeat(" ", len(part)) })
}

func scriptBlock(src, code string, at int) string {
	start := strings.IndexByte(code[at:], '{')
	if start < 0 {
		return ""
	}
	start += at + 1
	depth := 1
	for i := start; i < len(code); i++ {
		switch code[i] {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth == 0 {
			return src[start:i]
		}
	}
	return src[start:]
}
