// Package origin brings content from elsewhere into a folder of its own. The branch of a git
// repository, or a bucket of an S3-compatible storage, goes in; out comes a path at which one generation
// of it lies, a commit or a listing, whole, at any moment.
//
// Each generation has a folder, written completely before a symbolic link is led to it, so that neither
// a look at the path nor the end of the process, wherever it comes, finds half of one. What two
// generations share is written once. What can't be pulled leaves the last one where it is.
//
// It refuses what is larger than allowed, of git protocols other than https, ssh and file, and never runs
// what a repository brings along: no hooks, no filters, no submodules. Links that lead out of the
// commit, and names that no file can have, are left out and told. A bucket that has suddenly lost most of
// its objects is doubted for a while.
package origin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"feedmill/internal/s3"
)

// Git is a branch of a repository.
type Git struct {
	URL      string // https, ssh or file, host:path for ssh, or the path of a folder
	Branch   string // "": that to which the repository's HEAD points
	User     string // for https
	Password string // for https; "" gives neither
}

// Bucket is a bucket of an S3-compatible storage.
type Bucket = s3.Bucket

// Options is what an [Origin] needs to know. Git or Bucket, Folder, Interval and Size must be set.
type Options struct {
	Git      Git           // with a URL
	Bucket   Bucket        // where Git has none
	Dir      string        // folder that a generation must have, slash-separated; "": the root
	Secret   string        // that webhooks bear; "": there are none
	Interval time.Duration // between pulls
	Size     int64         // bytes that the files of a generation may have
	Grace    time.Duration // how long a sudden loss of most objects of a bucket is doubted; 0: it is not
	Folder   string        // that all is kept in; nobody else writes there
	Logger   *slog.Logger  // may be nil

	Progress func(done, total int) // told of objects received and files written, step by step; may be nil
}

// Origin follows a branch or a bucket. Its methods are safe for concurrent use, Run may be called once.
// Several processes may share a folder.
type Origin struct {
	o    Options
	from source
	at   folder
	log  *slog.Logger
	wake chan struct{} // holds one when a webhook has come

	mu     sync.Mutex
	status Status
}

// source is where content comes from. One goroutine at a time uses it, which has the lock of the folder.
type source interface {
	// name tells it from others, of whose generations nothing is used. It holds no secret.
	name() string
	// newest asks for the newest generation and returns what it is called, which is the name of a folder. Programs
	// that it starts hold the lock too, for the case that they outlive the process.
	newest(ctx context.Context, lock *os.File) (revision string, err error)
	// export writes the generation that newest has found last to the folder of that name, which is not there
	// yet or was left by somebody else.
	export(ctx context.Context, revision string) (exported, error)
	// concerns reports whether a webhook may tell of it. It may be called at any time.
	concerns(body []byte) bool
}

// exported is what became of a generation.
type exported struct {
	revision string
	written  bool // it was not here yet
	files    int
	fresh    int      // files that the generation before did not have
	leftOut  []string // files without a place, and why
}

// Status is how it goes with an origin.
type Status struct {
	From     string    // the repository or bucket
	Revision string    // the commit, or the digest of the listing, that lies at the path; "": none
	Pulled   time.Time // when the origin was last asked with success; zero: not in this run
	Error    string    // why the last attempt was in vain; "": it was not. It names no secret.
	Hint     string    // what can be done about that; "": unknown
	Since    time.Time // when the first of the failures in a row was
	LeftOut  int       // files of the generation that have no place
	Pulls    uint64    // attempts so far
	Failures uint64    // of which were in vain
}

const (
	patience = 15 * time.Minute // for one pull
	rest     = 2 * time.Second  // between two pulls, however many webhooks come
	keep     = 2 * time.Minute  // that a generation stays which is not the current one: a look may be at it

	longestPause = 5 * time.Minute // after failures, or the interval where that is longer
)

// New returns an origin that does nothing yet. It fails where a bucket is described in a way that makes
// no sense.
func New(o Options) (*Origin, error) {
	o.Git.URL = strings.TrimSpace(o.Git.URL)
	if o.Progress == nil {
		o.Progress = func(int, int) {}
	}
	or := &Origin{
		o: o, at: folder(o.Folder), log: cmp.Or(o.Logger, slog.New(slog.DiscardHandler)), wake: make(chan struct{}, 1),
	}
	if o.Git.URL != "" {
		or.from = &repository{Git: o.Git, size: o.Size, at: or.at, log: or.log, progress: o.Progress}
	} else {
		b, err := newBucket(o, or.at)
		if err != nil {
			return nil, err
		}
		or.from = b
	}
	or.status.From, _, _ = strings.Cut(or.from.name(), "\n")
	or.status.Revision = or.at.current()
	return or, nil
}

// Path is where the content lies once something was pulled: a folder behind a symbolic link.
func (o *Origin) Path() string { return filepath.Join(o.at.file(current), filepath.FromSlash(o.o.Dir)) }

// Ready reports whether a generation of this very origin lies at the path, from an earlier run too.
func (o *Origin) Ready() bool {
	if !o.at.holds(o.from.name()) {
		return false
	}
	fi, err := os.Stat(o.Path())
	return err == nil && fi.IsDir()
}

// Status says how it goes. It does not wait for a pull.
func (o *Origin) Status() Status {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.status
}

// Run pulls at once, in every interval and after every webhook, until ctx is done; while that fails later
// and later. Changed is called when another generation lies at the path; it must not wait.
func (o *Origin) Run(ctx context.Context, changed func()) {
	failures := 0
	for ctx.Err() == nil {
		started := time.Now()
		other, err := o.Pull(ctx)
		switch {
		case err != nil:
			failures++
		case other:
			failures = 0
			changed()
		default:
			failures = 0
		}
		next := started.Add(pause(o.o.Interval, failures, err))
		if !sleep(ctx, time.Until(started.Add(rest)), nil) || !sleep(ctx, time.Until(next), o.wake) {
			return
		}
	}
}

// pause is how long after an attempt the next one comes. Of many who fail together, all come at times
// of their own.
func pause(interval time.Duration, failures int, err error) time.Duration {
	d, doubted := errors.AsType[doubt](err)
	switch {
	case doubted:
		return min(interval, time.Until(d.until))
	case failures == 0:
		return interval
	}
	p := interval
	for range failures - 1 {
		if p >= longestPause {
			break
		}
		p = min(2*p, longestPause)
	}
	return p - rand.N(p/10+1)
}

// sleep waits so long, or until early holds something; it is false when ctx is done.
func sleep(ctx context.Context, d time.Duration, early <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-early:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// Pull asks the origin once, and reports whether another generation lies at the path than before.
// Its errors name no secret; [Hint] knows what may be done.
func (o *Origin) Pull(ctx context.Context) (changed bool, err error) {
	parent := ctx
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	before := o.Status().Revision
	e, err := o.pull(ctx)
	if parent.Err() != nil {
		return false, parent.Err()
	}
	o.note(e, err)
	return err == nil && e.revision != before, err
}

// note tells the status and, what is new, the log.
func (o *Origin) note(e exported, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := &o.status
	s.Pulls++
	if err != nil {
		s.Failures++
		if s.Error != err.Error() {
			about := []any{"error", err}
			if hint := Hint(err); hint != "" {
				about = append(about, "hint", hint)
			}
			o.log.Warn("origin: not pulled, what is here stays", about...)
		}
		if s.Error == "" {
			s.Since = time.Now()
		}
		s.Error, s.Hint = err.Error(), Hint(err)
		return
	}
	if s.Error != "" {
		o.log.Info("origin: pulled again", "after", time.Since(s.Since).Round(time.Second))
	}
	s.Error, s.Hint, s.Since, s.Pulled = "", "", time.Time{}, time.Now()
	if e.written {
		s.LeftOut = len(e.leftOut)
		o.log.Info("origin", "revision", e.revision, "files", e.files, "new", e.fresh)
		for _, what := range e.leftOut[:min(len(e.leftOut), mostTold)] {
			o.log.Warn("origin: left out", "what", what)
		}
	}
	s.Revision = e.revision
}

// mostTold is how many files that were left out the log names.
const mostTold = 10

func (o *Origin) pull(ctx context.Context) (exported, error) {
	if err := o.at.make(); err != nil {
		return exported{}, err
	}
	held, err := lock(ctx, o.at.file("lock"))
	if err != nil {
		return exported{}, err
	}
	defer held.Close()
	rev, err := o.from.newest(ctx, held)
	if err != nil {
		return exported{}, err
	}
	e := exported{revision: rev}
	if rev != o.at.current() {
		if e, err = o.from.export(ctx, rev); err != nil {
			return exported{}, err
		}
	}
	if fi, err := os.Stat(filepath.Join(o.at.tree(rev), filepath.FromSlash(o.o.Dir))); err != nil || !fi.IsDir() {
		return exported{}, fmt.Errorf("%w %q in %s", errNoDir, o.o.Dir, rev)
	}
	return e, errors.Join(o.at.swap(rev, o.from.name()), o.at.sweep())
}
