// Package catalog knows every article of the site: it reads the files that a [Change] points at,
// and publishes an immutable [Snapshot] of what the feeds show.
//
// One goroutine owns a [Catalog] and calls [Catalog.Apply]; any number of others read
// [Catalog.Current]. The clock is asked by the caller alone, and decides only which articles are
// due and when a change was noticed, never what is written into a feed.
package catalog

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"path"
	"slices"
	"sync/atomic"
	"time"

	"feedmill/article"
	"feedmill/store"
)

// Options is what a [Catalog] needs. All fields but Limits and Minimum must be set.
type Options struct {
	// Open opens the content folder for one look at it. Where the file system is an
	// [io.Closer], it is closed after the look.
	Open        func() (fs.FS, error)
	Parser      *article.Parser
	Taxonomies  []string       // that have feeds, in order: keys of [article.Article.Terms], [Authors], [Languages]
	Language    string         // of articles that tell none
	Limit       int            // entries of a feed
	Limits      map[string]int // the same for the taxonomies that have another, and for "", the site
	Minimum     map[string]int // by taxonomy, how many articles a term must have for a feed, where that is more than one
	MaxFileSize int64          // bytes; larger files are a problem
	DeleteGrace time.Duration  // how long a sudden loss of most articles is doubted
	Settle      time.Duration  // how long what a look finds by itself must rest; 0: not at all
	Tombstones  time.Duration  // how long feeds tell of deleted articles, where something is kept
	Resurface   bool           // articles that were updated come to the top again
	Archive     bool           // feeds that do not hold all articles have pages for the others

	// Worktree tells apart the states that a version control system gives the folder, and reports
	// whether it is changing it: a look that saw two of them is not believed. Nil: there is none.
	Worktree func() (state string, changing bool)

	// Settings is what the bytes of a taxonomy's feeds, or of the site's, which is "", depend on
	// beside the articles. Nil stands for nothing.
	Settings func(taxonomy string) []byte

	// Kept is what earlier runs have kept of the site, and Keep keeps changes of it: when it returns
	// nil they are safe, and only then readers see what follows from them. After an error the same
	// changes come again with the next ones. Nil keeps nothing.
	Kept store.State
	Keep func(store.Changes) error

	// Before is the last snapshot of the catalog whose place this one takes, which had other options;
	// nil: there was none. Where nothing is kept, Kept is then what [Catalog.Known] has given.
	Before *Snapshot

	Progress func(done, total int) // told of every file read, from several goroutines
}

// Change says where to look.
type Change struct {
	Paths  []string // files or folders, slash-separated, below the content folder
	Rescan bool     // look everywhere
	Reread bool     // read files again even where the disk says that they are the same
}

// Report tells what a call of [Catalog.Apply] did.
type Report struct {
	Scanned int // files looked at
	Parsed  int // files whose bytes were new
	Changed int // articles added or changed in the feeds
	Removed int // articles gone from the feeds
	Feeds   int // feeds that have a new version

	Problems []article.Problem // those not told by an earlier report, by path and line
	Doubt    string            // why missing files were kept; "" where none were
	Unkept   error             // why changes are not safe yet
	Missing  int               // how many were, also by earlier calls, and still are
	Again    time.Time         // when the whole folder should be looked at again; zero: never
	Later    time.Time         // when Apply should be called again, if only with an empty Change; zero: never
}

// Catalog owns the articles. See the package comment for who may call what.
type Catalog struct {
	o       Options
	current atomic.Pointer[Snapshot]

	// All below belongs to the goroutine that calls Apply.
	files  map[string]*file
	faults map[string][]article.Problem // by path, of files and of folders that can't be listed
	local  map[string]bool              // articles with enclosures to be measured
	index  *index
	memory *memory
	guard  guard

	settling settling
	looked   time.Time // when the last look was taken
}

// New returns an empty catalog, whose Current is nil until the first Apply.
func New(o Options) *Catalog {
	m := newMemory(o)
	c := &Catalog{
		o:      o,
		files:  map[string]*file{},
		faults: map[string][]article.Problem{},
		local:  map[string]bool{},
		index:  newIndex(o, m),
		memory: m,
		guard:  guard{grace: o.DeleteGrace},

		settling: settling{quiet: o.Settle, later: map[string]bool{}, short: map[string]cutShort{}},
	}
	if o.Before != nil {
		c.looked = o.Before.made
	}
	return c
}

// Current returns the newest snapshot, or nil before the first. It is safe for concurrent use.
func (c *Catalog) Current() *Snapshot { return c.current.Load() }

// Apply looks where ch says, and publishes a new snapshot if anything has changed at the time now.
// On an error (the content folder can't be opened, ctx is done) everything stays as it was.
func (c *Catalog) Apply(ctx context.Context, now time.Time, ch Change) (Report, error) {
	now = c.steady(now)
	ch = c.settling.takeLater(ch, now)
	var fsys fs.FS
	if ch.Rescan || len(ch.Paths) > 0 { // else it is only about the time, and needs no disk
		var err error
		if fsys, err = c.o.Open(); err != nil {
			return Report{}, fmt.Errorf("content folder: %w", err)
		}
		if cl, ok := fsys.(io.Closer); ok {
			defer cl.Close()
		}
	}
	found, err := c.survey(ctx, fsys, now, ch)
	if err != nil {
		return Report{}, fmt.Errorf("content folder: %w", err)
	}
	r := Report{Scanned: len(found.files), Later: c.settling.at}
	touched := c.take(found, &r)
	if !found.held {
		c.lose(append(found.missing, c.left(fsys, touched)...), ch.Rescan, now, touched, &r)
	}
	r.Again, r.Missing = c.guard.again(), c.guard.missing
	if c.Current() == nil && r.Doubt != "" {
		clear(c.files) // nothing is served yet, and little would be: the next look is the first again
		return r, nil
	}
	c.measure(fsys, ch, touched, r.Doubt != "")
	c.publish(now, touched, &r)
	return r, nil
}

// steady is now, or the time of the last look where the clock has been set back by less than a day:
// what was published in between would vanish when it is touched, and come again.
func (c *Catalog) steady(now time.Time) time.Time {
	const little = 24 * time.Hour
	if !now.Before(c.looked) || c.looked.Sub(now) >= little {
		c.looked = now
	}
	return c.looked
}

// take makes what a survey has read what is known of the files. It returns the paths at which the
// article is another one.
func (c *Catalog) take(found survey, r *Report) (touched map[string]bool) {
	touched = make(map[string]bool, len(found.dirty))
	for i, s := range found.dirty {
		old, is := c.files[s.path], found.read[i]
		if is == nil {
			continue // the watcher tells, or the next look finds, that it is gone
		}
		if is.hash != (digest{}) && (old == nil || old.hash != is.hash) {
			r.Parsed++
		}
		if old == nil || old.good.article != is.good.article {
			touched[s.path] = true
		}
		c.files[s.path] = is
		c.fault(s.path, is.problems)
		c.memory.keepSource(s.path, is.lastGood())
	}
	return touched
}

// lose forgets the files that are missing, unless they lie somewhere else now or there is reason to
// doubt that they are gone.
func (c *Catalog) lose(missing []string, rescan bool, now time.Time, touched map[string]bool, r *Report) {
	missing = c.follow(append(missing, c.unseen()...), now, touched)
	r.Doubt = c.guard.doubt(len(missing), max(len(c.files), len(c.memory.articles)), rescan, now)
	if r.Doubt != "" {
		return
	}
	for _, p := range missing {
		c.drop(p, touched)
	}
}

// drop forgets the file at path, which is gone.
func (c *Catalog) drop(path string, touched map[string]bool) {
	delete(c.files, path)
	delete(c.faults, path)
	c.memory.keepSource(path, nil)
	touched[path] = true
}

// scope is where to look: at the paths of a change, and at the whole folder of one that claims or
// claimed it.
func (c *Catalog) scope(ch Change) []string {
	if ch.Rescan {
		return []string{"."}
	}
	scope := slices.Clone(ch.Paths)
	for i, p := range scope {
		if slices.Contains(c.o.Parser.Indexes(), path.Base(p)) {
			scope[i] = path.Dir(p)
		}
	}
	return scope
}

func (c *Catalog) fault(path string, problems []article.Problem) {
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
		folders = folders || c.files[p] == nil
	}
	seen := make(map[string]bool, len(v.files))
	for _, s := range v.files {
		seen[s.path] = true
	}
	blind := map[string]bool{}
	for _, p := range v.blind {
		blind[p.Path] = true
	}
	for p := range c.faults {
		if c.files[p] == nil && !blind[p] && inside(p, within) {
			delete(c.faults, p) // a folder that can be listed again
		}
	}
	for _, p := range v.blind {
		c.faults[p.Path] = []article.Problem{p}
	}

	candidates := maps.Keys(c.files)
	if !folders {
		candidates = slices.Values(scope)
	}
	var missing []string
	for p := range candidates {
		if !seen[p] && inside(p, within) && !inside(p, blind) {
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

// publish makes the snapshot that follows from the files touched and from the time, unless it
// would equal the present one. What it takes to make the same one in a later run is safe on the
// disk before readers see it.
func (c *Catalog) publish(now time.Time, touched map[string]bool, r *Report) {
	was := cmp.Or(c.current.Load(), c.o.Before)
	reread := maps.Clone(touched)
	c.index.update(now, touched, c.at, c.articles, r)
	next := c.index.snapshot(now, was == nil && !c.memory.begun, r)
	next.Modified = newest(was, next, now, r.Feeds > 0)
	next.Problems = slices.AppendSeq(c.index.problems(), joined(maps.Values(c.faults)))
	slices.SortFunc(next.Problems, article.Problem.Compare)

	told := map[article.Problem]bool{}
	if was != nil {
		for _, p := range was.Problems {
			told[p] = !reread[p.Path] || was == c.o.Before
		}
		next.Generation = was.Generation
		if was != c.o.Before && r.Feeds == 0 && r.Changed+r.Removed == 0 && next.Next.Equal(was.Next) && slices.Equal(was.Problems, next.Problems) {
			r.Unkept = c.memory.write()
			return
		}
	}
	for _, p := range next.Problems {
		if !told[p] {
			r.Problems = append(r.Problems, p)
		}
	}
	next.Generation++
	c.o.Before = nil // it need not stay in memory
	if c.memory.begun {
		r.Unkept = c.memory.write()
		c.current.Store(next)
		return
	}
	// All of the first snapshot follows from the content, and readers need not wait for the disk.
	c.current.Store(next)
	c.memory.begun = true
	r.Unkept = c.memory.write()
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

// newest is when any feed of next changed last.
func newest(was, next *Snapshot, now time.Time, changed bool) time.Time {
	if was == nil {
		m := undated
		for s := range next.Selections() {
			if s.Modified.After(m) {
				m = s.Modified
			}
		}
		return m
	}
	if !changed {
		return was.Modified
	}
	return later(now, was.Modified)
}

func joined[T any](lists iter.Seq[[]T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		for l := range lists {
			for _, v := range l {
				if !yield(v) {
					return
				}
			}
		}
	}
}
