package preset

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// hyphenated joins the runs of characters that may stay by hyphens.
func hyphenated(s string, stays func(rune) bool) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return !stays(r) }), "-")
}

// isWord reports whether r is a letter, a mark or a decimal digit.
func isWord(r rune) bool { return unicode.In(r, unicode.L, unicode.M, unicode.Nd) }

// withoutAccents takes the marks off letters: é becomes e. Letters that are no composition, such as
// ł, stay.
func withoutAccents(s string) string {
	plain, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), s)
	if err != nil {
		return s
	}
	return plain
}

// latin are letters with a spelling in ASCII that is no matter of accents alone.
var latin = strings.NewReplacer("ß", "ss", "æ", "ae", "Æ", "AE", "œ", "oe", "Œ", "OE", "ø", "o", "Ø", "O", "ł", "l", "Ł", "L",
	"đ", "d", "Đ", "D", "ð", "d", "Ð", "D", "þ", "th", "Þ", "Th", "ı", "i", "ħ", "h", "Ħ", "H")

// asciiSlug is a slug of lower case letters and digits alone. It reports false where characters had
// to go that may be spelled in ASCII: letters of other scripts, and symbols. Tables for them disagree
// on common ones (the kana tsu, the Chinese me), and a guess would make a wrong address of them.
func asciiSlug(s string) (slug string, whole bool) {
	whole = true
	slug = hyphenated(strings.ToLower(withoutAccents(latin.Replace(s))), func(r rune) bool {
		if r >= 0x80 && (isWord(r) || unicode.In(r, unicode.N, unicode.S)) {
			whole = false
		}
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9'
	})
	return slug, whole
}
