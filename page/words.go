package page

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A language is one file, words/TAG.txt, of lines "key: text"; where it has the words of another
// file's keys is tested. In a text "%s" stands for what the page puts there.
//
//go:embed words
var wordFiles embed.FS

var languages = readWords()

// words is what pages say in one language.
type words struct {
	Language string // BCP 47
	Dir      string // of writing: "ltr" or "rtl"
	texts    map[string]string
}

const fallback = "en"

// wordsFor returns the words of a language, or of what comes nearest: "zh-Hant-TW", "zh-Hant", "zh", "en".
func wordsFor(language string) words {
	for tag := strings.ToLower(language); tag != ""; {
		if texts, ok := languages[tag]; ok {
			return words{language, direction(language), texts}
		}
		tag = tag[:max(strings.LastIndexByte(tag, '-'), 0)]
	}
	return words{fallback, direction(fallback), languages[fallback]}
}

func readWords() map[string]map[string]string {
	files, err := wordFiles.ReadDir("words")
	if err != nil {
		panic(err) // can't be: they are part of the program
	}
	all := map[string]map[string]string{}
	for _, f := range files {
		text, err := wordFiles.ReadFile("words/" + f.Name())
		if err != nil {
			panic(err)
		}
		texts := map[string]string{}
		for line := range strings.Lines(string(text)) {
			if key, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok {
				texts[key] = value
			}
		}
		all[strings.ToLower(strings.TrimSuffix(f.Name(), ".txt"))] = texts
	}
	return all
}

// T is the text of a key, with the parts in their places.
func (w words) T(key string, parts ...any) string {
	text := w.texts[key]
	if len(parts) == 0 {
		return text
	}
	return fmt.Sprintf(text, parts...)
}

// Sentences puts one sentence after another. A full stop of Chinese needs no space behind it.
func (words) Sentences(one, another string) string {
	if strings.HasSuffix(one, "。") {
		return one + another
	}
	return one + " " + another
}

// N is the text of a key with a number. One may have a text of its own.
func (w words) N(key string, n int) string {
	if one, ok := w.texts[key+".one"]; ok && n == 1 {
		return one
	}
	return w.T(key, w.Number(n))
}

// Number writes n with marks between groups of three digits, where there are many.
func (w words) Number(n int) string {
	digits := strconv.Itoa(n)
	if len(digits) < 5 {
		return digits
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(w.texts["thousands"])
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Date writes the day of t, in its own zone.
func (w words) Date(t time.Time) string {
	months := strings.Split(w.texts["months"], " ")
	return strings.NewReplacer(
		"{year}", strconv.Itoa(t.Year()), "{month}", months[t.Month()-1], "{day}", strconv.Itoa(t.Day()),
	).Replace(w.texts["date"])
}

// Stamp writes t for programs, as HTML's datetime wants it.
func (w words) Stamp(t time.Time) string { return t.Format(time.RFC3339) }

// direction tells how a language is written: by its script where the tag names one, else as usual.
func direction(language string) string {
	parts := strings.Split(strings.ToLower(language), "-")
	for _, part := range parts[1:] {
		switch part {
		case "arab", "hebr", "thaa", "syrc", "nkoo", "adlm", "rohg", "mand", "samr":
			return "rtl"
		}
		if len(part) == 4 && part[0] > '9' { // RFC 5646 §2.2.3: a script
			return "ltr"
		}
	}
	switch parts[0] {
	case "ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi":
		return "rtl"
	}
	return "ltr"
}

// computedKeys are how keys begin that no page names, since they follow from what it shows.
var computedKeys = []string{"taxonomy.", "state.", "reason.", "refusal.", "way."}
