// Package origin brings content from elsewhere into a folder of its own. The branch of a git
// repository goes in; out comes a path at which one commit lies, whole, at any moment.
//
// Each commit has a folder, written completely before a symbolic link is led to it, so that neither
// a look at the path nor the end of the process, wherever it comes, finds half of one. What two commits
// share is written once. What can't be pulled leaves the last commit where it is.
//
// It refuses protocols other than https, ssh and file, commits that are larger than allowed, and
// never runs what a repository brings along: no hooks, no filters, no submodules. Links that lead out
// of the commit, and names that no file can have, are left out and told.
package origin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Options is what a [Git] needs to know. URL, Folder, Interval and Size must be set.
type Options struct {
	URL      string        // https, ssh or file, host:path for ssh, or the path of a folder
	Branch   string        // "": that to which the repository's HEAD points
	Dir      string        // folder that a commit must have, slash-separated; "": the root
	User     string        // for https
	Password string        // for https; "" gives neither
	Secret   string        // that webhooks bear; "": there are none
	Interval time.Duration // between pulls
	Size     int64         // bytes that the files of a commit may have
	Folder   string        // that all is kept in; nobody else writes there
	Logger   *slog.Logger  // may be nil

	Progress func(done, total int) // told of objects received; may be nil
}

// Git follows a branch. Its methods are safe for concurrent use, Run may be called once. Several
// processes may share a folder.
type Git struct {
	o    Options
	log  *slog.Logger
	wake chan struct{} // holds one when a webhook has come

	mu     sync.Mutex
	status Status
}

// Status is how it goes with an origin.
type Status struct {
	Revision string    // the commit that lies at the path; "": none
	Pulled   time.Time // when the repository was last asked with success; zero: not in this run
	Error    string    // why the last attempt was in vain; "": it was not. It names no secret.
	Hint     string    // what can be done about that; "": unknown
	Since    time.Time // when the first of the failures in a row was
	LeftOut  int       // files of the commit that have no place
	Pulls    uint64    // attempts so far
	Failures uint64    // of which were in vain
}

const (
	patience = 15 * time.Minute // for one pull
	rest     = 2 * time.Second  // between two pulls, however many webhooks come
	keep     = 2 * time.Minute  // that a commit stays which is not the current one: a look may be at it
)

// New returns an origin that does nothing yet.
func New(o Options) *Git {
	o.URL = strings.TrimSpace(o.URL)
	g := &Git{o: o, log: cmp.Or(o.Logger, slog.New(slog.DiscardHandler)), wake: make(chan struct{}, 1)}
	g.status.Revision = g.current()
	return g
}

// Path is where the content lies once something was pulled: a folder behind a symbolic link.
func (g *Git) Path() string { return Path(g.o.Folder, g.o.Dir) }

// Path is that of an origin with this folder and this Dir.
func Path(folder, dir string) string {
	return filepath.Join(folder, "current", filepath.FromSlash(dir))
}

// Ready reports whether a commit of this repository and branch lies at the path, from an earlier run too.
func (g *Git) Ready() bool {
	src, err := os.ReadFile(g.file("source"))
	if err != nil || string(src) != g.source() {
		return false
	}
	fi, err := os.Stat(g.Path())
	return err == nil && fi.IsDir()
}

// Status says how it goes. It does not wait for a pull.
func (g *Git) Status() Status {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.status
}

// Run pulls at once, in every interval and after every webhook, until ctx is done. Changed is called
// when another commit lies at the path; it must not wait.
func (g *Git) Run(ctx context.Context, changed func()) {
	for ctx.Err() == nil {
		started := time.Now()
		if other, err := g.Pull(ctx); err == nil && other {
			changed()
		}
		if !g.sleep(ctx, time.Until(started.Add(rest)), nil) || !g.sleep(ctx, time.Until(started.Add(g.o.Interval)), g.wake) {
			return
		}
	}
}

// sleep waits so long, or until early holds something; it is false when ctx is done.
func (g *Git) sleep(ctx context.Context, d time.Duration, early <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-early:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// Pull asks the repository once, and reports whether another commit lies at the path than before.
// Its errors name no secret; [Hint] knows what may be done.
func (g *Git) Pull(ctx context.Context) (changed bool, err error) {
	parent := ctx
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	before := g.Status().Revision
	e, err := g.pull(ctx)
	if parent.Err() != nil {
		return false, parent.Err()
	}
	g.note(e, err)
	return err == nil && e.revision != before, err
}

// note tells the status and, what is new, the log.
func (g *Git) note(e exported, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := &g.status
	s.Pulls++
	if err != nil {
		s.Failures++
		if s.Error != err.Error() {
			g.log.Warn("origin: not pulled, what is here stays", "error", err, "hint", Hint(err))
		}
		if s.Error == "" {
			s.Since = time.Now()
		}
		s.Error, s.Hint = err.Error(), Hint(err)
		return
	}
	if s.Error != "" {
		g.log.Info("origin: pulled again", "after", time.Since(s.Since).Round(time.Second))
	}
	s.Error, s.Hint, s.Since, s.Pulled = "", "", time.Time{}, time.Now()
	if e.written {
		s.LeftOut = len(e.leftOut)
		g.log.Info("origin", "revision", e.revision, "files", e.files, "new", e.fresh)
		for _, what := range e.leftOut[:min(len(e.leftOut), mostTold)] {
			g.log.Warn("origin: left out", "what", what)
		}
	}
	s.Revision = e.revision
}

// mostTold is how many files that were left out the log names.
const mostTold = 10

func (g *Git) pull(ctx context.Context) (exported, error) {
	if err := os.MkdirAll(g.file("trees"), 0o755); err != nil {
		return exported{}, err
	}
	unlock, err := lock(ctx, g.file("lock"))
	if err != nil {
		return exported{}, err
	}
	defer unlock()
	rev, err := g.fetch(ctx)
	if err != nil {
		return exported{}, err
	}
	e := exported{revision: rev}
	if rev != g.current() {
		if e, err = g.export(ctx, rev); err != nil {
			return exported{}, err
		}
	}
	if fi, err := os.Stat(filepath.Join(g.tree(rev), filepath.FromSlash(g.o.Dir))); err != nil || !fi.IsDir() {
		return exported{}, fmt.Errorf("%w %q in commit %s", errNoDir, g.o.Dir, rev)
	}
	return e, errors.Join(g.swap(rev), g.sweep())
}

// swap leads the path to the commit.
func (g *Git) swap(rev string) error {
	if was := g.current(); was != rev {
		now := time.Now()
		_ = os.Chtimes(g.tree(was), now, now) // sweep counts from here; there may be none
		link := g.file("current.part")
		if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.Symlink(filepath.Join("trees", rev), link); err != nil {
			return err
		}
		if err := os.Rename(link, g.file("current")); err != nil {
			return err
		}
	}
	if src, err := os.ReadFile(g.file("source")); err == nil && string(src) == g.source() {
		return nil
	}
	return os.WriteFile(g.file("source"), []byte(g.source()), 0o600)
}

// sweep removes what nobody needs any more: commits that have been replaced for a while, and halves
// of some.
func (g *Git) sweep() error {
	entries, err := os.ReadDir(g.file("trees"))
	errs := []error{err}
	for _, d := range entries {
		fi, err := d.Info()
		old := err == nil && time.Since(fi.ModTime()) > keep && d.Name() != g.current()
		if old || filepath.Ext(d.Name()) == part {
			errs = append(errs, os.RemoveAll(g.tree(d.Name())))
		}
	}
	return errors.Join(errs...)
}

// current is the commit at the path, or "".
func (g *Git) current() string {
	to, err := os.Readlink(g.file("current"))
	if err != nil {
		return ""
	}
	rev := filepath.Base(to)
	if fi, err := os.Stat(g.tree(rev)); err != nil || !fi.IsDir() {
		return ""
	}
	return rev
}

func (g *Git) source() string          { return g.o.URL + "\n" + g.o.Branch + "\n" }
func (g *Git) file(name string) string { return filepath.Join(g.o.Folder, name) }
func (g *Git) tree(rev string) string  { return filepath.Join(g.o.Folder, "trees", rev) }
func (g *Git) repository() string      { return g.file("repository.git") }
