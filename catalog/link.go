package catalog

import (
	"cmp"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"feedmill/article"
)

// maxNamesakes is how many articles may share the last part of their paths before that part alone, or
// the part of a path that ends in it, means none of them: looking through them for every reference
// would cost the square of their number.
const maxNamesakes = 1000

// links knows which article is meant where one refers to another by its file, and which articles
// refer to a name. It is asked only where articles do so at all, and keeps nothing before the first
// that does.
type links struct {
	original func(path string) string // see [article.Parser.Original]

	byPath map[string]*article.Article            // nil until the first reference
	named  map[string]map[string]*article.Article // by place, and by "…/" and its last part → path
	asked  map[string]map[string]bool             // reference → paths of the articles that have it
}

// pathKey gives paths and references one form that differ in case alone, or in how a letter with a mark
// is written: macOS parts the two in the names of files.
func pathKey(s string) string { return strings.ToLower(norm.NFC.String(s)) }

// place is what all names of an article have in common: its path without the ending or, of a bundle,
// the path of the folder. It is of a [pathKey].
func place(p string) string {
	p = strings.TrimSuffix(p, path.Ext(p))
	if folder, ok := strings.CutSuffix(p, "/index"); ok {
		return folder
	}
	return p
}

// namesakes is the key of all places that end in the same part as this.
func namesakes(place string) string { return "…/" + path.Base(place) }

// names yields all references that may mean an article by its path, which is a [pathKey]: with a slash
// before it, the whole path; without, any part of it that begins a folder or file and goes on to the end.
func names(p string) iter.Seq[string] {
	forms := []string{p, strings.TrimSuffix(p, path.Ext(p))}
	bundle := place(p) != forms[1]
	if bundle {
		forms = append(forms, place(p))
	}
	return func(yield func(string) bool) {
		for _, form := range forms {
			if !yield("/" + form) {
				return
			}
			for part, more := form, true; more; _, part, more = strings.Cut(part, "/") {
				mere := bundle && (part == "index" || part == path.Base(p)) // as all bundles are called
				if !mere && !yield(part) {
					return
				}
			}
		}
	}
}

// set notes that a is the article at path now; nil: there is none any more. all yields every
// article by its path. It returns the paths of articles whose references may lead elsewhere by it.
func (l *links) set(path string, a *article.Article, all iter.Seq2[string, *article.Article]) []string {
	if l.byPath == nil {
		if a == nil || len(a.Refs) == 0 {
			return nil
		}
		l.byPath, l.named, l.asked = map[string]*article.Article{}, map[string]map[string]*article.Article{}, map[string]map[string]bool{}
		for p, other := range all {
			l.replace(p, other)
		}
	}
	was := l.byPath[path]
	l.replace(path, a)
	if was != nil && a != nil && was.URL == a.URL && was.Language == a.Language {
		return nil
	}
	var affected []string
	for _, p := range l.paths(path) {
		for n := range names(p) {
			affected = slices.AppendSeq(affected, maps.Keys(l.asked[n]))
		}
	}
	return affected
}

// paths are those by which references may mean the article at path, each a [pathKey]: that itself and,
// of a translation, that of the original.
func (l *links) paths(path string) []string {
	own, original := pathKey(path), pathKey(l.original(path))
	if own == original {
		return []string{own}
	}
	return []string{own, original}
}

func (l *links) replace(path string, a *article.Article) {
	if was := l.byPath[path]; was != nil {
		for _, ref := range was.Refs {
			_, name := wanted(was, ref)
			remove(l.asked, name, path)
		}
		if a == nil {
			delete(l.byPath, path)
			for _, p := range l.paths(path) {
				remove(l.named, place(p), path)
				remove(l.named, namesakes(place(p)), path)
			}
			return
		}
	}
	if a == nil {
		return
	}
	l.byPath[path] = a
	for _, p := range l.paths(path) {
		put(l.named, place(p), path, a)
		put(l.named, namesakes(place(p)), path, a)
	}
	for _, ref := range a.Refs {
		_, name := wanted(a, ref)
		put(l.asked, name, path, true)
	}
}

// resolve returns the URLs of the articles that a refers to, by the references it uses.
func (l *links) resolve(a *article.Article) map[string]string {
	if len(a.Refs) == 0 {
		return nil
	}
	urls := map[string]string{}
	for _, ref := range a.Refs {
		language, name := wanted(a, ref)
		// Only a language that is told must be that of the article.
		if meant := l.find(a.Path, language, name); meant != nil && (language == a.Language || foreign(meant, language) < 2) {
			urls[ref] = meant.URL
		}
	}
	return urls
}

// wanted gives what is looked for where a refers by ref: the name, a [pathKey], and the language, which
// is its own unless the reference tells another.
func wanted(a *article.Article, ref string) (language, name string) {
	if rest, ok := strings.CutPrefix(ref, "//"); ok {
		language, name, _ = strings.Cut(rest, "/")
		return language, pathKey(name)
	}
	return a.Language, pathKey(ref)
}

// find gives the article in a language that the one at from means by ref, or nil. A whole path comes first,
// then the nearest of those with the name: see [nearer].
func (l *links) find(from, language, ref string) *article.Article {
	whole, exact := strings.CutPrefix(ref, "/")
	if !exact {
		if a := l.find(from, language, "/"+ref); a != nil {
			return a
		}
	}
	var best *article.Article
	for _, key := range []string{place(whole), place(whole + ".")} { // the last part may be an ending, or not
		if !exact {
			key = namesakes(key)
		}
		if len(l.named[key]) > maxNamesakes {
			continue
		}
		for p, a := range l.named[key] {
			if l.hasName(p, ref) && (best == nil || nearer(from, language, a, best) < 0) {
				best = a
			}
		}
	}
	return best
}

func (l *links) hasName(p, ref string) bool {
	for _, p := range l.paths(p) {
		for n := range names(p) {
			if n == ref {
				return true
			}
		}
	}
	return false
}

// nearer is negative if x is nearer to the file at from than y: it is rather in the language, else more of
// the folders around it are the same, else it lies less deep, else its path is the first, where an original
// comes before translations.
func nearer(from, language string, x, y *article.Article) int {
	return cmp.Or(
		cmp.Compare(foreign(x, language), foreign(y, language)),
		cmp.Compare(shared(from, y.Path), shared(from, x.Path)),
		cmp.Compare(strings.Count(x.Path, "/"), strings.Count(y.Path, "/")),
		strings.Compare(place(x.Path), place(y.Path)),
		strings.Compare(x.Path, y.Path),
	)
}

// foreign is 0 for an article in the language, 1 in a variety of it, else 2.
func foreign(a *article.Article, language string) int {
	own, language := strings.ToLower(a.Language), strings.ToLower(language)
	switch {
	case own == language:
		return 0
	case language != "" && strings.HasPrefix(own, language+"-"):
		return 1
	}
	return 2
}

// shared counts the folders that lie around both p and q.
func shared(p, q string) int {
	n := 0
	for i := 0; i < min(len(p), len(q)) && p[i] == q[i]; i++ {
		if p[i] == '/' {
			n++
		}
	}
	return n
}

func put[V any](m map[string]map[string]V, key, path string, v V) {
	if m[key] == nil {
		m[key] = map[string]V{}
	}
	m[key][path] = v
}

func remove[V any](m map[string]map[string]V, key, path string) {
	delete(m[key], path)
	if len(m[key]) == 0 {
		delete(m, key)
	}
}
