package catalog

import (
	"io/fs"
	"path"
	"slices"

	"feedmill/article"
)

// measure brings the lengths of enclosures that lie in the content folder up to date: those of the
// articles touched, and where a change may have come upon the file of others, those too. It adds to
// touched the articles that this changes. Where it is doubted that files are gone, what was measured
// before stays.
func (c *Catalog) measure(fsys fs.FS, ch Change, touched touches, doubted bool) {
	for p := range touched {
		delete(c.local, p)
		if f := c.files[p]; f != nil && f.good.article != nil && slices.ContainsFunc(f.good.article.Enclosures, isLocal) {
			c.local[p] = true
		}
	}
	changed := make(map[string]bool, len(ch.Paths))
	for _, p := range ch.Paths {
		changed[p] = true
	}
	for p := range c.local {
		f := c.files[p]
		concerned := touched[p] || !doubted && (ch.Rescan || slices.ContainsFunc(f.good.article.Enclosures, func(e article.Enclosure) bool {
			return isLocal(e) && inside(e.Path, changed)
		}))
		if !concerned || fsys == nil {
			continue
		}
		if a := measured(fsys, f.good.article); a != f.good.article {
			f.good.article = a
			touched.add(p, true)
		}
	}
}

// isLocal reports whether the length of an enclosure is that of a file here, if there is one.
func isLocal(e article.Enclosure) bool { return e.Path != "" }

// measured returns a with the lengths that the files of its enclosures have now: a itself where it
// has them already.
func measured(fsys fs.FS, a *article.Article) *article.Article {
	enclosures := slices.Clone(a.Enclosures)
	for i, e := range enclosures {
		if isLocal(e) {
			enclosures[i].Length = size(fsys, e.Path)
		}
	}
	if slices.Equal(enclosures, a.Enclosures) {
		return a
	}
	b, extras := *a, *a.Extras
	extras.Enclosures = enclosures
	b.Extras = &extras
	return &b
}

// size is that of a regular file in bytes, or 0 where there is none.
func size(fsys fs.FS, name string) int64 {
	fi, err := fs.Stat(fsys, path.Clean(name))
	if err != nil || !fi.Mode().IsRegular() {
		return 0
	}
	return fi.Size()
}
