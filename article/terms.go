package article

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
	"unique"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// maxTermName bounds the name of a term, in runes.
const maxTermName = 200

// terms gives the names of every taxonomy that the article has any of.
func (d *draft) terms() Terms {
	var terms Terms
	for _, taxonomy := range d.p.o.Taxonomies {
		if names := d.names(taxonomy, d.r); len(names) > 0 {
			terms = append(terms, TermNames{taxonomy, names})
		}
	}
	return terms
}

// names gives those of one taxonomy: of the strongest key that holds any, or of all where the layout
// has it so.
func (d *draft) names(taxonomy string, r *report) []string {
	words := d.p.o.Layout.Words
	// Hexo writes a category within a category as a list in a list. Tags have no such order.
	l := termList{r: r, flatten: taxonomy != "tags", words: words, known: &d.p.terms}
	if taxonomy == "tags" {
		l.labels = d.p.o.Layout.Tags
	}
	if taxonomy == "categories" {
		for _, name := range d.place.Categories {
			l.add(name, 1)
		}
	}
	for _, l.fact = range d.facts[taxonomy] {
		l.read()
		if len(l.names) > 0 && !words {
			break
		}
	}
	return l.names
}

// termList gathers the names under one key, each once, in the author's order.
type termList struct {
	r *report
	fact
	flatten bool // lists within the list count as if they were part of it
	words   bool // a text is parted at blanks
	labels  map[string]string
	known   *termMemo
	names   []string
	folded  []string // the names as they are compared
	full    bool
}

func (l *termList) read() {
	switch l.kind {
	case listKind:
		l.addAll(l.items)
	case tableKind:
		l.r.warnf(l.line, "%s: want names, have a map; left out", l.key)
	case numberKind, timeKind, textKind:
		for _, name := range l.split(l.text) {
			l.add(name, l.line)
		}
	}
}

func (l *termList) addAll(items []*value) {
	for _, item := range items {
		if label := item.child("label"); label != nil { // as Docusaurus has it, beside a permalink
			item = label
		}
		switch {
		case item.kind == listKind && l.flatten:
			l.addAll(item.items)
		case item.kind == listKind, item.kind == tableKind:
			l.r.warnf(item.line, "%s: want a name, have a list or map in the list; left out", l.key)
		case item.empty():
			l.r.warnf(item.line, "%s: an empty name is left out", l.key)
		default:
			l.add(item.text, item.line)
		}
	}
}

func (l *termList) add(name string, line int) {
	t := l.known.term(cmp.Or(l.labels[name], noteName(name)))
	switch {
	case t.name == "" || l.full || slices.Contains(l.folded, t.folded):
	case utf8.RuneCountInString(t.name) > maxTermName:
		l.r.warnf(line, "%s: a name of more than %d characters is left out", l.key, maxTermName)
	case len(l.names) == l.r.limits.Terms:
		l.full = true
		l.r.warnf(line, "%s: only the first %d names are used", l.key, l.r.limits.Terms)
	default:
		l.names, l.folded = append(l.names, t.name), append(l.folded, t.folded)
	}
}

// split parts names that stand in one text: "a, b", "甲、乙", "#a #b".
func (l *termList) split(s string) []string {
	words := strings.Fields(s)
	if l.words {
		// To Jekyll "category: a b" is one name, "categories: a b" two.
		if strings.HasSuffix(foldKey(l.key), "s") {
			return words
		}
		return []string{s}
	}
	for i, w := range words {
		if !strings.HasPrefix(w, "#") {
			break
		}
		if i == len(words)-1 {
			return words
		}
	}
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '，' || r == '、' })
}

// term is the name of one, and the form in which it is compared.
type term struct{ name, folded string }

func newTerm(written string) term {
	name := cleanLine(plainText(written))
	if tag := strings.TrimLeft(name, "#"); tag != "" {
		name = strings.TrimSpace(tag) // Obsidian's #tag
	}
	name = unique.Make(name).Value() // articles have many names in common
	return term{name, foldTerm(name)}
}

// termMemo remembers what [newTerm] gave, since articles name the same terms again and again. The zero
// one is empty. It is safe for concurrent use.
type termMemo struct {
	mu    sync.RWMutex
	terms map[string]term // as they are written
}

func (m *termMemo) term(written string) term {
	const most, longest = 4096, 200 // names, and bytes of one
	m.mu.RLock()
	t, ok := m.terms[written]
	m.mu.RUnlock()
	if ok {
		return t
	}
	if t = newTerm(written); len(written) > longest {
		return t
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.terms == nil || len(m.terms) == most {
		m.terms = map[string]term{}
	}
	m.terms[strings.Clone(written)] = t // else all of the front matter would stay
	return t
}

// foldTerm gives the form in which names are compared: without case and width.
func foldTerm(name string) string {
	if isASCII(name) {
		return strings.ToLower(name)
	}
	return strings.ToLower(norm.NFC.String(width.Fold.String(name)))
}
