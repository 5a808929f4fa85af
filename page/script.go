package page

import (
	"unicode"

	"golang.org/x/text/language"
)

// text is one that an author wrote, with its language (BCP 47) and how that is written: "ltr" or "rtl".
type text struct{ Text, Language, Dir string }

// scripts are those that articles are written in, by their names in ISO 15924, but for those of East
// Asia. A word of theirs counts as much as one letter of those.
var scripts = []struct {
	name  string
	table *unicode.RangeTable
}{
	{"Latn", unicode.Latin}, {"Cyrl", unicode.Cyrillic}, {"Arab", unicode.Arabic}, {"Hebr", unicode.Hebrew}, {"Grek", unicode.Greek},
	{"Deva", unicode.Devanagari}, {"Beng", unicode.Bengali}, {"Guru", unicode.Gurmukhi}, {"Gujr", unicode.Gujarati}, {"Orya", unicode.Oriya},
	{"Taml", unicode.Tamil}, {"Telu", unicode.Telugu}, {"Knda", unicode.Kannada}, {"Mlym", unicode.Malayalam}, {"Sinh", unicode.Sinhala},
	{"Thai", unicode.Thai}, {"Laoo", unicode.Lao}, {"Khmr", unicode.Khmer}, {"Mymr", unicode.Myanmar}, {"Tibt", unicode.Tibetan},
	{"Geor", unicode.Georgian}, {"Armn", unicode.Armenian}, {"Ethi", unicode.Ethiopic}, {"Syrc", unicode.Syriac}, {"Thaa", unicode.Thaana},
	{"Nkoo", unicode.Nko}, {"Adlm", unicode.Adlam}, {"Mong", unicode.Mongolian}, {"Cher", unicode.Cherokee},
}

// told is the language of a text whose author names none, on a site in a language: that one, unless
// two thirds of the text are in a script which it is not written in. A script seldom tells the
// language, so the tag is often of the script alone.
func told(s, site string) string {
	if tag, script := toldByScript(s); script != "" && !isWritten(site, script) {
		return tag
	}
	return site
}

// toldByScript tells the script that most of a text is in, and the language as far as that tells it.
func toldByScript(s string) (tag, script string) {
	var han, kana, hangul, all int
	words := map[string]int{}
	within := "" // the script of the word
	for _, r := range s {
		before := within
		within = ""
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			kana++
		case unicode.Is(unicode.Hangul, r):
			hangul++
		case unicode.IsMark(r) || r == '\'' || r == '’':
			within = before
			continue
		case unicode.IsLetter(r):
			within = scriptOf(r)
			if within == before {
				continue
			}
			words[within]++
		default:
			continue
		}
		all++
	}
	most := func(n int) bool { return 3*n >= 2*all && all > 0 }
	switch {
	case most(hangul):
		return "ko", "Kore"
	case most(han+kana) && 3*kana > han+kana:
		return "ja", "Jpan"
	case most(han+kana) && kana == 0 && han >= 10: // so many in a row are not Japanese
		return "zh", "Hani"
	case most(han + kana):
		return "und-Hani", "Hani"
	}
	for name, n := range words {
		if most(n) && name != "" {
			return "und-" + name, name
		}
	}
	return "", ""
}

func scriptOf(r rune) string {
	for _, s := range scripts {
		if unicode.Is(s.table, r) {
			return s.name
		}
	}
	return ""
}

// isWritten reports whether a language is written in a script, or may be.
func isWritten(tag, script string) bool {
	usual, sure := language.Make(tag).Script()
	switch usual.String() {
	case "Hans", "Hant", "Hani", "Bopo":
		return script == "Hani"
	case "Jpan":
		return script == "Jpan" || script == "Hani"
	case "Kore":
		return script == "Kore" // Chinese characters alone are no Korean of today
	}
	return sure < language.High || usual.String() == script
}
