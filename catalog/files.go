package catalog

import (
	"crypto/sha256"
	"maps"
	"path"
	"slices"
	"time"

	"feedmill/article"
	"feedmill/store"
)

// file is what is known of one content file.
type file struct {
	stamp    stamp
	refused  bool              // by the layout of the site: no article, and never read
	again    bool              // the stamp can't be trusted: read the file at the next look whatever it says
	ragged   bool              // the bytes on disk do not end with a line end
	cut      bool              // the bytes on disk are held back, since they seem to lack their end: all else is of those before
	relative int32             // its index in kin
	hash     digest            // of the bytes on disk; zero: they could not be read
	good     source            // the newest version that could be parsed
	problems []article.Problem // of the version on disk
}

// lastGood gives the bytes of an older version that stands in for the one on disk, or nil.
func (c *Catalog) lastGood(f *file) []byte {
	if f.good.article == nil || f.good.article.Hash == f.hash && !f.cut {
		return nil
	}
	return c.shelf.get(f.good.article.Hash)
}

func hashOf(src []byte) digest { return sha256.Sum256(src) }

// source is an article and by what its text is known again.
type source struct {
	article *article.Article // nil: no version could be parsed yet, or the file is no article
	traits  *traits          // nil: there is no article
	broken  bool             // there is no article only because no version could be parsed
}

// traits are by what a text is known again.
type traits struct {
	content store.Digest // see contentOf
	sketch  store.Sketch
}

func newSource(a *article.Article, src []byte) source {
	if a == nil {
		return source{}
	}
	body := a.Body(src)
	return source{article: a, traits: &traits{contentOf(a, body), sketchOf(body)}}
}

func (s source) trace() trace {
	return trace{store.Digest(s.article.Hash[:]), s.traits.sketch, s.article.Published}
}

// touches are paths at which articles are to be looked at. Where the value is false, only what other replicas
// have kept is new: nothing of it is kept again.
type touches map[string]bool

func (t touches) add(path string, own bool) { t[path] = t[path] || own }

// take makes what a survey has read what is known of the files. It adds to touched the paths at which
// the article is another one.
func (c *Catalog) take(found survey, now time.Time, touched touches, r *Report) {
	for i, s := range found.dirty {
		old, is := c.files[s.path], found.read[i]
		if is == nil {
			continue // the watcher tells, or the next look finds, that it is gone
		}
		if is.hash != (digest{}) && (old == nil || old.hash != is.hash) {
			r.Parsed++
		}
		if old == nil || old.good.article != is.good.article {
			touched.add(s.path, true)
			c.leave(old, is.good, now)
		}
		c.relate(s.path, old, is)
		c.set(s.path, is)
		c.fault(s.path, is.problems)
		if c.adopt(s.path, now) {
			touched.add(s.path, true)
		}
		c.memory.keepSource(s.path, c.lastGood(c.files[s.path]))
	}
}

// leave gives the text of a file away, unless that of is, its next version, is the same.
func (c *Catalog) leave(f *file, is source, now time.Time) {
	if f != nil && f.good.article != nil && (is.article == nil || is.article.Hash != f.good.article.Hash) {
		c.shelf.leave(f.good.article, now)
	}
}

// set makes is what is known of the file at path; nil forgets it.
func (c *Catalog) set(name string, is *file) {
	was := c.files[name]
	by := +1
	if is == nil {
		by = -1
		delete(c.files, name)
	} else {
		c.files[name] = is
	}
	if (was == nil) == (is == nil) {
		return
	}
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		if c.folders[dir] += by; c.folders[dir] == 0 {
			delete(c.folders, dir)
		}
		if dir == "." {
			return
		}
	}
}

// drop forgets the file at path, which is gone.
func (c *Catalog) drop(path string, now time.Time, touched touches) {
	c.leave(c.files[path], source{}, now)
	c.relate(path, c.files[path], nil)
	c.set(path, nil)
	c.fault(path, nil)
	c.memory.keepSource(path, nil)
	touched.add(path, true)
}

// fault notes the problems of the file at path.
func (c *Catalog) fault(path string, problems []article.Problem) {
	if len(problems) > 0 || len(c.faults[path]) > 0 {
		c.retold[path] = true
	}
	if len(problems) == 0 {
		delete(c.faults, path)
		return
	}
	c.faults[path] = problems
}

// missing returns the known files that lie in the scope and that the view does not hold, but for
// those in folders that could not be listed.
func (c *Catalog) missing(scope []string, v view) []string {
	within := make(map[string]bool, len(scope))
	folders := false
	for _, p := range scope {
		within[p] = true
		folders = folders || c.folders[p] > 0
	}
	seen := make(map[string]bool, len(v.files))
	for _, s := range v.files {
		seen[s.path] = true
	}
	blind := map[string]bool{}
	for _, p := range v.blind {
		blind[p.Path] = true
	}
	for p := range c.blind {
		if !blind[p] && inside(p, within) {
			delete(c.blind, p)
			c.retold[p] = true
		}
	}
	for _, p := range v.blind {
		if c.folders[p.Path] > 0 {
			p.Message += "; what was known of its articles stays"
		}
		c.blind[p.Path] = p
		c.retold[p.Path] = true
	}

	candidates := maps.Keys(c.files)
	if !folders {
		candidates = slices.Values(scope)
	}
	var missing []string
	for p := range candidates {
		if c.files[p] != nil && !seen[p] && inside(p, within) && !inside(p, blind) {
			missing = append(missing, p)
		}
	}
	return missing
}

// inside reports whether name is one of the paths or lies below one of them.
func inside(name string, paths map[string]bool) bool {
	for len(paths) > 0 {
		if paths[name] {
			return true
		}
		if name == "." {
			return false
		}
		name = path.Dir(name)
	}
	return false
}

// articles yields the newest good version of every article by its path.
func (c *Catalog) articles(yield func(string, *article.Article) bool) {
	for p, f := range c.files {
		if f.good.article != nil && !yield(p, f.good.article) {
			return
		}
	}
}

// at is the newest good version of the article at path, if there is one.
func (c *Catalog) at(path string) source {
	f := c.files[path]
	if f == nil {
		return source{}
	}
	s := f.good
	s.broken = s.article == nil && len(f.problems) > 0
	return s
}
