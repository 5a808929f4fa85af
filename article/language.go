package article

import (
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/text/language"
)

// languageTag gives the canonical form of a language tag (BCP 47), or "" for what is none.
func languageTag(s string) string {
	if tag, ok := languageTags.Load(s); ok {
		return tag.(string)
	}
	tag, err := language.Parse(s)
	if err != nil || tag == language.Und {
		return ""
	}
	canonical := strings.Clone(tag.String()) // it may be a part of s
	if languagesKept.Add(1) <= maxLanguages {
		languageTags.Store(strings.Clone(s), canonical)
	}
	return canonical
}

// Every article names its language, and all of a site the same few: what they are is kept, within
// bounds, as authors may write what they like.
var (
	languageTags  sync.Map
	languagesKept atomic.Int64
)

const maxLanguages = 1000
