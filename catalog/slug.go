package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// maxSlug bounds a slug in bytes, so that it fits into a file name with room to spare.
const maxSlug = 150

// Slug is the part of a URL, unescaped, that stands for a term. It follows Hugo's rule, so that
// addresses of feeds that Hugo made go on: normal form C, lower case; letters, marks, digits and
// . _ # + ~ - stay, runs of white space and slashes become one hyphen, the rest goes.
// An empty result, or one of dots alone, which a URL would lose, gives way to a short hash.
func Slug(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range fold(name) {
		switch {
		case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsDigit(r), strings.ContainsRune("._#+~-", r):
			if gap && b.Len() > 0 && r != '-' && !strings.HasSuffix(b.String(), "-") {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case unicode.IsSpace(r), r == '/':
			gap = true
		}
	}
	s := b.String()
	if strings.Trim(s, ".") == "" {
		return shortHash(name)
	}
	if len(s) > maxSlug {
		cut := maxSlug - len("-") - 2*shortHashBytes
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "-" + shortHash(name)
	}
	return s
}

// fold gives names that differ only by case, width, composition or white space one form.
func fold(name string) string {
	return norm.NFC.String(strings.ToLower(width.Fold.String(strings.Join(strings.Fields(name), " "))))
}

const shortHashBytes = 4

func shortHash(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:shortHashBytes])
}
