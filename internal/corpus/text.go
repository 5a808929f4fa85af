package corpus

import (
	"math/rand/v2"
	"strconv"
)

// length is about how many bytes a text has.
const length = 5000

// Append appends the article as its file holds it to b.
func (a Article) Append(b []byte) []byte {
	w := writer{b: b, Rand: a.random(1), english: a.English}
	w.frontMatter(a)
	for want := len(w.b) + length*3/5 + w.IntN(length*4/5); len(w.b) < want; {
		w.paragraph()
	}
	w.put("![](https://images.example.org/mill/", w.code(), "/641)\n\n")
	w.bold(w.title)
	w.put("\n\n")
	if a.Note != "" {
		w.put(a.Note, "\n\n")
	}
	w.put("[", a.Category, "](https://news.example.org/a/", a.Date.Format("20060102"), w.code(), ")\n")
	return w.b
}

// writer appends words, drawn at random, in one of two languages.
type writer struct {
	b []byte
	*rand.Rand
	english bool
}

func (w *writer) put(parts ...string) {
	for _, p := range parts {
		w.b = append(w.b, p...)
	}
}

// one appends one of the words.
func (w *writer) one(words []string) { w.b = append(w.b, words[w.IntN(len(words))]...) }

func (w *writer) number(n int) { w.b = strconv.AppendInt(w.b, int64(n), 10) }

func (w *writer) code() string { return strconv.FormatUint(w.Uint64(), 36) }

// bold appends something in bold type.
func (w *writer) bold(what func()) {
	w.put("**")
	what()
	w.put("**")
}

// frontMatter appends the keys that an importer for a theme of Hugo writes, most of which tell
// nothing about the article.
func (w *writer) frontMatter(a Article) {
	language := "zh-CN"
	if a.English {
		language = "en"
	}
	w.put("---\ntitle: \"")
	w.title()
	w.put("\"\ndate: \"", a.Date.Format("2006-01-02 15:04:05"), "\"\nsummary: \"")
	w.sentence()
	w.put("...\"\ncategories:\n  - \"", a.Category, "\"\nlang:\n  - \"", language, "\"\ntranslations:\n  - \"", language, "\"\ntags:\n")
	for _, t := range a.Tags {
		w.put("  - \"", t, "\"\n")
	}
	w.put("menu: \"\"\nthumbnail: \"https://images.example.org/mill/", w.code(), "_640360/0\"\nlead: \"\"\n",
		"comments: false\nauthorbox: false\npager: true\ntoc: false\nmathjax: false\nsidebar: \"right\"\n",
		"widgets:\n  - \"search\"\n  - \"recent\"\n  - \"taglist\"\n---\n\n")
}

func (w *writer) title() {
	if w.english {
		w.one(placesEN)
		w.put(": ")
		w.one(thingsEN)
		w.put(" ")
		w.one(verbsEN)
		w.put(" ")
		w.one(traitsEN)
		w.put(" ")
		w.one(thingsEN)
		return
	}
	w.one(placesZH)
	w.put("：")
	w.one(traitsZH)
	w.one(thingsZH)
	w.one(verbsZH)
	w.one(thingsZH)
}

// paragraph appends one, now and then with a beginning in bold type, and the blank that importers
// leave behind.
func (w *writer) paragraph() {
	if w.IntN(4) == 0 {
		w.bold(w.title)
		w.put([]string{"，", ", "}[w.language()])
	}
	for range 2 + w.IntN(4) {
		w.sentence()
	}
	w.put("\n\n  \n\n\n")
}

func (w *writer) language() int {
	if w.english {
		return 1
	}
	return 0
}

func (w *writer) sentence() {
	if w.english {
		w.sentenceEN()
		return
	}
	w.one(timesZH)
	w.put("，")
	w.clauseZH()
	for range w.IntN(3) {
		w.put("，")
		w.clauseZH()
	}
	if w.IntN(3) == 0 {
		w.put("，同比增长")
		w.number(w.IntN(100))
		w.put(".")
		w.number(w.IntN(10))
		w.put("%")
	}
	w.put("。")
}

func (w *writer) clauseZH() {
	w.one(placesZH)
	w.one(traitsZH)
	w.one(thingsZH)
	w.one(waysZH)
	w.one(verbsZH)
	w.one(thingsZH)
	if w.IntN(2) == 0 {
		w.put("、")
		w.one(thingsZH)
		w.put("和")
		w.one(thingsZH)
	}
}

func (w *writer) sentenceEN() {
	w.one(timesEN)
	w.put(" the ")
	w.clauseEN()
	for range w.IntN(3) {
		w.put(", while the ")
		w.clauseEN()
	}
	if w.IntN(3) == 0 {
		w.put(", up by ")
		w.number(1 + w.IntN(99))
		w.put(" percent")
	}
	w.put(". ")
}

func (w *writer) clauseEN() {
	w.one(traitsEN)
	w.put(" ")
	w.one(thingsEN)
	w.put(" of ")
	w.one(placesEN)
	w.put(" ")
	w.one(waysEN)
	w.put(" ")
	w.one(verbsEN)
	w.put(" a ")
	w.one(traitsEN)
	w.put(" ")
	w.one(thingsEN)
}
