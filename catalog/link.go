package catalog

import (
	"iter"
	"maps"
	"path"
	"slices"
	"strings"

	"feedmill/article"
)

// links knows which article is meant where one refers to another by the name of its file, and
// which articles refer to a name. It is asked only where articles do so at all, and keeps nothing
// before the first that does.
type links struct {
	byPath map[string]*article.Article            // nil until the first reference
	named  map[string]map[string]*article.Article // by name → path
	asked  map[string]map[string]bool             // name → paths of the articles that refer to it
}

// names are those under which other articles may refer to the one at path: the path with and
// without its ending, that of a bundle's folder, and the last part of each. Case does not matter.
func names(p string) []string {
	p = strings.ToLower(p)
	stem := strings.TrimSuffix(p, path.Ext(p))
	ns := []string{p, stem, path.Base(p), path.Base(stem)}
	if path.Base(stem) == "index" && stem != "index" {
		ns = []string{p, stem, path.Dir(stem), path.Base(path.Dir(stem))}
	}
	slices.Sort(ns)
	return slices.Compact(ns)
}

// set notes that a is the article at path now; nil: there is none any more. all yields every
// article by its path. It returns the paths of articles whose references may lead elsewhere by it.
func (l *links) set(path string, a *article.Article, all iter.Seq2[string, *article.Article]) []string {
	if l.byPath == nil {
		if a == nil || len(a.Refs) == 0 {
			return nil
		}
		*l = links{byPath: map[string]*article.Article{}, named: map[string]map[string]*article.Article{}, asked: map[string]map[string]bool{}}
		for p, other := range all {
			l.replace(p, other)
		}
	}
	was := l.byPath[path]
	l.replace(path, a)
	if was != nil && a != nil && was.URL == a.URL {
		return nil
	}
	var affected []string
	for _, n := range names(path) {
		affected = slices.AppendSeq(affected, maps.Keys(l.asked[n]))
	}
	return affected
}

func (l *links) replace(path string, a *article.Article) {
	if was := l.byPath[path]; was != nil {
		for _, ref := range was.Refs {
			remove(l.asked, strings.ToLower(ref), path)
		}
		if a == nil {
			delete(l.byPath, path)
			for _, n := range names(path) {
				remove(l.named, n, path)
			}
			return
		}
	}
	if a == nil {
		return
	}
	l.byPath[path] = a
	for _, n := range names(path) {
		put(l.named, n, path, a)
	}
	for _, ref := range a.Refs {
		put(l.asked, strings.ToLower(ref), path, true)
	}
}

// resolve returns the URLs of the articles that a refers to, by the references it uses. Where
// several have the name, the nearest to a is meant: one in its own folder, else the first by path.
func (l *links) resolve(a *article.Article) map[string]string {
	if len(a.Refs) == 0 {
		return nil
	}
	urls := map[string]string{}
	for _, ref := range a.Refs {
		candidates := l.named[strings.ToLower(ref)]
		if len(candidates) == 0 {
			continue
		}
		nearest := slices.MinFunc(slices.Collect(maps.Values(candidates)), func(x, y *article.Article) int {
			xHere, yHere := path.Dir(x.Path) == path.Dir(a.Path), path.Dir(y.Path) == path.Dir(a.Path)
			switch {
			case xHere != yHere && xHere:
				return -1
			case xHere != yHere:
				return 1
			}
			return strings.Compare(x.Path, y.Path)
		})
		urls[ref] = nearest.URL
	}
	return urls
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
