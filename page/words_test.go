package page

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var used = regexp.MustCompile(`\.Counts "([^"]+)" "([^"]+)"|\.(?:T|N|Table) "([^"]+)"`)

// TestLanguages: the files of all languages have the texts that the pages show, and no others, with as
// many places for what the pages put into them.
func TestLanguages(t *testing.T) {
	want := map[string]bool{"date": true, "months": true, "thousands": true}
	files, err := htmlFiles.ReadDir("html")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := htmlFiles.ReadFile("html/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range used.FindAllStringSubmatch(string(text), -1) {
			for _, key := range m[1:] {
				if key != "" {
					want[key] = true
				}
			}
		}
	}
	english := languages[fallback]
	for key := range english {
		name, isOne := strings.CutSuffix(key, ".one")
		computed := slices.ContainsFunc(computedKeys, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
		if computed || isOne && want[name] {
			want[key] = true
		}
	}
	for language, texts := range languages {
		if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(texts))); diff != "" {
			t.Errorf("%s: keys (-want +have):\n%s", language, diff)
		}
		for key, text := range texts {
			if have, want := strings.Count(text, "%s"), strings.Count(english[key], "%s"); have != want && !strings.HasSuffix(key, ".one") {
				t.Errorf("%s: %s: has %d places for a value, want %d", language, key, have, want)
			}
		}
		if n := len(strings.Split(texts["months"], " ")); n != 12 {
			t.Errorf("%s: has %d months", language, n)
		}
	}
}

func TestWordsFor(t *testing.T) {
	for _, test := range []struct{ language, want, text, dir string }{
		{"en", "en", "Subscribe", "ltr"},
		{"zh-Hant-TW", "zh-Hant-TW", "订阅", "ltr"},
		{"zh", "zh", "订阅", "ltr"},
		{"ar-EG", "ar-EG", "اشترك", "rtl"},
		{"he", "en", "Subscribe", "ltr"}, // whoever has no words of its own is addressed in English
		{"", "en", "Subscribe", "ltr"},
	} {
		w := wordsFor(test.language)
		if w.Language != test.want || w.T("subscribe") != test.text || w.Dir != test.dir {
			t.Errorf("wordsFor(%q) = %q %q %q, want %q %q %q", test.language, w.Language, w.T("subscribe"), w.Dir, test.want, test.text, test.dir)
		}
	}
}

func TestDirection(t *testing.T) {
	for language, want := range map[string]string{
		"en": "ltr", "ar": "rtl", "he-IL": "rtl", "fa": "rtl", "az-Arab": "rtl", "ar-Latn": "ltr", "uz-Cyrl-UZ": "ltr", "de-1996": "ltr", "ar-1996": "rtl", "": "ltr",
	} {
		if have := direction(language); have != want {
			t.Errorf("direction(%q) = %q, want %q", language, have, want)
		}
	}
}

func TestNumbersAndDates(t *testing.T) {
	day := time.Date(2024, 3, 9, 23, 0, 0, 0, time.FixedZone("", 8*3600))
	for _, test := range []struct{ have, want string }{
		{wordsFor("en").Number(9999), "9999"},
		{wordsFor("en").Number(1234567), "1,234,567"},
		{wordsFor("en").N("articles", 1), "1 article"},
		{wordsFor("en").N("articles", 2), "2 articles"},
		{wordsFor("en").Date(day), "9 March 2024"},
		{wordsFor("zh").Date(day), "2024年3月9日"},
	} {
		if test.have != test.want {
			t.Errorf("have %q, want %q", test.have, test.want)
		}
	}
}

func TestSentences(t *testing.T) {
	for _, test := range []struct{ one, another, want string }{
		{"One.", "Two.", "One. Two."},
		{"一。", "二。", "一。二。"},
	} {
		if got := (words{}).Sentences(test.one, test.another); got != test.want {
			t.Errorf("Sentences(%q, %q) = %q, want %q", test.one, test.another, got, test.want)
		}
	}
}
