// Package catalog knows every article of the site: it reads the files that a [Change] points at,
// and publishes an immutable [Snapshot] of what the feeds show.
//
// One goroutine owns a [Catalog] and calls [Catalog.Apply]; any number of others read
// [Catalog.Current]. The clock is asked by the caller alone, and decides only which articles are
// due and when a change was noticed. Feeds tell the latter only where it is kept: what they hold
// follows from the content and from what is kept, and from nothing else.
package catalog

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"feedmill/article"
	"feedmill/store"
)

// Options is what a [Catalog] needs. Open, Parser, Limit and MaxFileSize must be set.
type Options struct {
	// Open opens the content folder for one look at it. Where the file system is an
	// [io.Closer], it is closed after the look.
	Open        func() (fs.FS, error)
	Parser      *article.Parser
	Taxonomies  []string       // that have feeds, in order: those of [article.Terms], [Authors], [Languages]
	Language    string         // of articles that tell none
	Limit       int            // entries of a feed
	Limits      map[string]int // the same for the taxonomies that have another, and for "", the site
	Minimum     map[string]int // by taxonomy, how many articles a term must have for a feed, where that is more than one
	MaxFileSize int64          // bytes; larger files are a problem
	TextBytes   int64          // bound of the memory for the texts of articles
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

	// Kept is what earlier runs have kept of the site, and Keep keeps changes of it, which are safe when
	// it returns nil. But for the first snapshot, which follows from the content, readers see what follows
	// from them only then, or after an error, which [Report.Unkept] tells: the same changes come again
	// with the next ones. Nil keeps nothing.
	Kept store.State
	Keep func(store.Changes) error

	// Turn is set where other catalogs keep the same site at once, on content that is equal to this
	// one's, or will be. It waits for the turn of this one and returns what the others have kept since
	// its last; nil deletes. Keep then ends the turn, also with nothing, and Kept is empty, since the
	// first turn tells all. Nothing is published but what is kept.
	Turn func(context.Context) (store.Changes, error)

	// Recalled is what [Recall] has read of an earlier run, or nil; it counts where something is kept. Of Kept
	// the articles are left out that it tells. Where both agree, the first Apply may have an empty Change, and
	// publishes what follows without a look at the disk.
	Recalled *Recalled

	// Before is the last snapshot of the catalog whose place this one takes, which had other options;
	// nil: there was none. Where nothing is kept, Kept is then what [Catalog.Known] has given.
	Before *Snapshot

	Progress func(done, total int) // told of every file read, from several goroutines; may be nil
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
	Held     bool              // nothing of what was found counts yet, since files were still changing: see Later
	Missing  int               // articles kept though their files are missing, also by earlier calls; see Doubt
	Astray   bool              // on equal content, another catalog that keeps the site has agreed to other feeds: begin anew
	Again    time.Time         // when the whole folder should be looked at again; zero: never
	Later    time.Time         // when Apply should be called again, if only with an empty Change; zero: never
}

// Catalog owns the articles. See the package comment for who may call what.
type Catalog struct {
	o       Options
	current atomic.Pointer[Snapshot]

	// All below belongs to the goroutine that calls Apply.
	files    map[string]*file
	folders  map[string]int               // how many of the files lie in each folder and below
	faults   map[string][]article.Problem // by path
	blind    map[string]article.Problem   // folders that can't be listed, by path
	restored bool                         // files come from an earlier run,
	outdated bool                         // which was not the last to change what feeds show;
	untold   touches                      // paths at which the index does not tell yet what the files do
	retold   map[string]bool              // paths of which the problems are others than in the last snapshot
	local    map[string]bool              // articles with enclosures to be measured
	spared   bool                         // articles of earlier runs lie in folders that could not be read yet: see unseen
	index    *index
	memory   *memory
	kin      kin // of all files, where something is kept
	guard    guard
	shelf    *shelf
	replica  replica

	buffers sync.Pool         // of *[]byte, for files that are read
	ahead   map[string]parsed // what Prepare has made of files, by path

	settling settling
	looked   time.Time // when the last look was taken
	looks    uint32    // at everything, so far
}

// New returns an empty catalog, whose Current is nil until the first Apply.
func New(o Options) *Catalog {
	if o.Progress == nil {
		o.Progress = func(done, total int) {}
	}
	r := o.Recalled
	if r == nil || o.Keep == nil {
		r = &Recalled{entries: map[string]*Entry{}}
	}
	outdated := r.settle()
	m := newMemory(o, r.entries)
	c := &Catalog{
		o:       o,
		files:   map[string]*file{},
		folders: map[string]int{},
		faults:  map[string][]article.Problem{},
		blind:   map[string]article.Problem{},
		retold:  map[string]bool{},
		local:   map[string]bool{},
		untold:  touches{},
		index:   newIndex(o, m),
		memory:  m,
		guard:   guard{grace: o.DeleteGrace},
		shelf:   newShelf(o.TextBytes),

		buffers: sync.Pool{New: func() any { return new([]byte) }},
		ahead:   map[string]parsed{},

		settling: settling{quiet: o.Settle, later: map[string]bool{}, short: map[string]cutShort{}},
		replica:  replica{pending: touches{}},
	}
	if o.Before != nil {
		c.looked = o.Before.made
	}
	if len(r.files) > 0 {
		c.outdated = outdated
		c.restore(r)
	}
	for _, o := range []*Options{&c.o, &c.index.o} { // they need not stay in memory
		o.Kept, o.Recalled = store.State{}, nil
	}
	return c
}

// Restored reports whether what is known comes from an earlier run, and nothing was published yet.
func (c *Catalog) Restored() bool { return c.restored && c.Current() == nil }

// Current returns the newest snapshot, or nil before the first. It is safe for concurrent use.
func (c *Catalog) Current() *Snapshot { return c.current.Load() }

// Apply looks where ch says, and publishes a new snapshot if anything has changed at the time now.
// On an error (the content folder can't be opened, ctx is done) everything stays as it was. Where the
// error is [ErrApart], what was found is published once it can be agreed on: a Rescan leads to that.
func (c *Catalog) Apply(ctx context.Context, now time.Time, ch Change) (Report, error) {
	now = c.steady(now)
	c.shelf.sweep(now)
	if err := c.hear(ctx); err != nil {
		return Report{}, err
	}
	unsettled := c.settling.due(now)
	ch.Rescan, ch.Paths = ch.Rescan || slices.Contains(unsettled, "."), slices.Concat(ch.Paths, unsettled)
	fsys, close, err := c.openFor(ch)
	defer close()
	var found survey
	if err == nil {
		found, err = c.survey(ctx, fsys, now, ch)
	}
	if err != nil {
		if len(unsettled) > 0 {
			c.settling.again(now, unsettled...)
		}
		if ctx.Err() == nil {
			c.guard.blinded(now)
		}
		return Report{}, fmt.Errorf("content folder: %w", err)
	}
	touched, err := c.begin(ctx)
	if err != nil {
		return Report{}, err
	}
	defer c.end()
	now = c.steady(now) // which may have come to be later
	r := Report{Scanned: found.scanned, Later: c.settling.at, Held: found.held}
	if !c.takeUp(fsys, found, ch, now, touched, &r) {
		return r, nil
	}
	c.measure(fsys, ch, touched, r.Doubt != "")
	first := c.Restored()
	c.publish(now, touched, &r)
	if first && c.Current() != nil {
		c.retain(ctx) // before anything is known to have changed, and after readers are served
	}
	if err = c.agreed(&r); err == nil && ch.Rescan && !r.Held {
		r.Astray = c.astray(&r)
	}
	return r, err
}

// openFor opens the content folder for a look where ch says. A change that is about the time alone needs no disk:
// fsys is nil then.
func (c *Catalog) openFor(ch Change) (fsys fs.FS, close func(), err error) {
	if !ch.Rescan && len(ch.Paths) == 0 {
		return nil, func() {}, nil
	}
	return c.open()
}

// takeUp makes what was found part of what is known, and reports whether it is to be published. Of fsys, see
// openFor.
func (c *Catalog) takeUp(fsys fs.FS, found survey, ch Change, now time.Time, touched touches, r *Report) bool {
	c.take(found, now, touched, r)
	if c.Restored() {
		if fsys == nil && !c.agrees(now) {
			return false // the first look will tell
		}
		maps.Copy(touched, c.untold)
		c.untold = nil
	}
	if fsys != nil && !found.held {
		c.lose(append(found.missing, c.left(fsys, touched)...), ch.Rescan, now, touched, r)
		c.ahead = map[string]parsed{}
	}
	r.Again, r.Missing = c.guard.again(), c.guard.missing
	if c.Current() != nil || r.Doubt == "" {
		return true
	}
	// Nothing is served yet, and little would be.
	if c.restored {
		c.untold = touched
	} else {
		c.forget() // the next look is the first again
	}
	return false
}

// Blind is how many files are known to lie in a folder that can't be read now, and the folder; 0: there is none
// such. The goroutine that owns c may call it.
func (c *Catalog) Blind() (folder string, files int) {
	for p := range c.blind {
		if n := c.folders[p]; n > files || n == files && p < folder {
			folder, files = p, n
		}
	}
	return folder, files
}

// forget drops all that is known of files.
func (c *Catalog) forget() {
	clear(c.files)
	clear(c.folders)
	clear(c.faults)
	clear(c.blind)
	clear(c.local)
	c.kin = nil
	clear(c.replica.pending)
}

// little is by how much clocks may go wrong so that what they have told before counts.
const little = 24 * time.Hour

// steady is now, or the time of the last look where the clock has been set back by less than a day:
// what was published in between would vanish when it is touched, and come again.
func (c *Catalog) steady(now time.Time) time.Time {
	if !now.Before(c.looked) || c.looked.Sub(now) >= little {
		c.looked = now
	}
	return c.looked
}

// lose forgets the files that are missing, unless they lie somewhere else now or there is reason to
// doubt that they are gone.
func (c *Catalog) lose(missing []string, rescan bool, now time.Time, touched touches, r *Report) {
	missing = c.follow(slices.Concat(missing, c.unseen(), slices.Collect(maps.Keys(c.replica.unsure))), now, touched)
	missing = slices.DeleteFunc(missing, func(p string) bool { return c.replica.unsure[p] })
	r.Doubt = c.guard.doubt(len(missing), max(len(c.files), c.memory.size()), rescan, now)
	if r.Doubt != "" {
		return
	}
	missing = c.sure(missing, rescan, now)
	for _, p := range missing {
		c.drop(p, now, touched)
	}
}
