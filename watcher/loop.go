package watcher

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	heartbeat = time.Second   // how often the root is looked at
	longPause = 3 * heartbeat // between two heartbeats: the process was stopped, or the machine asleep
)

// loop is a running [Watcher]. The goroutine that calls run owns all of it.
type loop struct {
	Options
	*Watcher

	tree      *tree
	sourceErr error // why the tree has no source of events
	root      fs.FileInfo
	rootErr   error    // why the tree cannot be watched at all
	mounts    mounts   // when the tree was last opened
	singles   []string // files that are mounted each by itself

	settler settler
	settled *time.Timer // runs while the settler holds paths
	pending Batch       // what the consumer gets next
	ahead   []string    // what it is to get soon
	lock    gitLock     // which holds back what is pending
	unlock  *time.Timer // runs while it does

	stale     string // why the tree is to be opened again, or ""
	overflows uint64
	beatAt    time.Time // the last heartbeat
}

func newLoop(o Options, w *Watcher) *loop {
	return &loop{
		Options: o,
		Watcher: w,
		tree:    newTree(o.Root, o.Logger),
		settler: settler{quiet: o.Settle, longest: o.MaxSettle, paths: map[string]span{}},
		settled: time.NewTimer(0), // fires once with nothing to settle
		unlock:  time.NewTimer(0),
	}
}

func (l *loop) run(ctx context.Context) {
	beat := time.NewTicker(heartbeat)
	reconcile := time.NewTicker(l.Reconcile)
	poll := time.NewTicker(l.PollInterval)
	defer func() {
		beat.Stop()
		reconcile.Stop()
		poll.Stop()
		l.settled.Stop()
		l.unlock.Stop()
		l.tree.close()
		l.report.Store(&idle)
	}()

	l.renew("start")
	for {
		l.publish()
		select {
		case <-ctx.Done():
			return
		case ev, ok := <-l.tree.source.events:
			l.event(ev, ok)
		case err := <-l.tree.source.errors:
			l.lost(cmp.Or(err, fsnotify.ErrClosed))
		case <-l.settled.C:
			l.settle(time.Now())
		case l.out() <- l.pending:
			l.pending = Batch{}
		case l.outEarly() <- l.ahead:
			l.ahead = nil
		case <-l.unlock.C: // another look at the lock
		case <-beat.C:
			l.beat()
		case <-reconcile.C:
			l.reconcile()
		case <-l.more():
			l.check()
		case <-poll.C:
			l.poll()
		}
	}
}

// out returns the channel for a batch, which is nil while there is none to send. The loop never
// waits for the consumer: a queue that is not read overflows. The first batch waits for nothing.
func (l *loop) out() chan<- Batch {
	if l.pending.empty() {
		return nil
	}
	if l.pending.Reason != "start" && l.lock.held(l.Root, 2*l.Settle, time.Now()) {
		l.unlock.Reset(lockPoll)
		return nil
	}
	return l.batches
}

// outEarly returns the channel for what is told early, which is nil while there is nothing to tell.
func (l *loop) outEarly() chan<- []string {
	if len(l.ahead) == 0 {
		return nil
	}
	return l.early
}

// event takes one event.
func (l *loop) event(ev fsnotify.Event, ok bool) {
	rel := l.tree.rel(ev.Name)
	switch {
	case !ok:
		l.lost(fsnotify.ErrClosed)
	case rel == "." && (ev.Op.Has(fsnotify.Remove) || ev.Op.Has(fsnotify.Rename)):
		l.renew("root")
	case rel == ".":
		l.stale = cmp.Or(l.stale, "root")
	case swapped(path.Base(rel)):
		l.touch(swap, false)
	case hidden(path.Base(rel)):
	default:
		folder := ev.Op != fsnotify.Write && l.tree.follow(rel, ev.Op, func(rel string) { l.touch(rel, false) })
		if !ignored(path.Base(rel), folder) {
			l.touch(rel, ev.Op.Has(fsnotify.Remove) || ev.Op.Has(fsnotify.Rename))
		}
	}
}

// lost closes a source that has failed to tell something. The next heartbeat opens another one, so
// that a source that fails again and again costs one walk a second.
func (l *loop) lost(err error) {
	l.stale = "error"
	if errors.Is(err, fsnotify.ErrEventOverflow) {
		l.stale = "overflow"
		l.overflows++
	}
	l.Logger.Warn("events lost", "error", err)
	l.tree.close()
}

// touch notes that something happened to a path, or that it is gone.
func (l *loop) touch(rel string, gone bool) {
	if len(l.settler.paths) == 0 {
		l.settled.Reset(min(l.Settle, l.MaxSettle))
		select {
		case l.stirs <- struct{}{}:
		default:
		}
	}
	l.settler.touch(rel, gone, time.Now())
}

// settle moves the paths that are quiet now to the next batch.
func (l *loop) settle(now time.Time) {
	l.pending = l.pending.withPaths(l.settler.due(now))
	if len(l.ahead) == 0 {
		l.ahead = l.settler.early(now)
	}
	if next, ok := l.settler.next(); ok {
		pause := max(next.Sub(now), time.Millisecond)
		if len(l.settler.paths) >= manyPaths { // not for each path by itself, nor for all at once
			pause = min(max(pause, l.Settle/10), l.Settle/2)
		}
		l.settled.Reset(pause)
	}
}

// beat looks for what no event tells: that the root or a mount in it is another one, and that the
// process, or the machine, did not run for a while.
func (l *loop) beat() {
	now := time.Now()
	// Round strips the monotonic clock, which stands still while a machine sleeps.
	paused := now.Round(0).Sub(l.beatAt.Round(0)) > longPause
	l.beatAt = now
	if info, err := os.Stat(l.Root); err != nil || !os.SameFile(info, l.root) {
		l.stale = cmp.Or(l.stale, "root")
	}
	if readMounts(l.mountinfo, l.Root) != l.mounts {
		l.stale = cmp.Or(l.stale, "mounts")
	}
	switch {
	case l.stale != "":
		l.renew(l.stale)
	case paused:
		l.rescan("pause")
	}
}

// reconcile begins to bring the watches in line with the tree, in case an event was misread; when that is
// done it asks for a rescan. The source stays, lest what it has yet to tell be lost.
func (l *loop) reconcile() {
	switch {
	case l.stale != "": // the heartbeat sees to it
	case l.tree.source.closed():
		l.rescan(routine)
	case len(l.tree.unchecked) == 0:
		l.tree.unchecked = []string{"."}
	}
}

// more returns a channel that is ready while folders are to be checked, which is done one by one so that no
// event waits for all of them.
func (l *loop) more() <-chan struct{} {
	if len(l.tree.unchecked) == 0 {
		return nil
	}
	return always
}

// always is ready to be received from.
var always = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// check goes on with what reconcile has begun.
func (l *loop) check() {
	l.tree.check()
	switch {
	case l.tree.denied["."] != nil:
		l.renew("root")
	case len(l.tree.unchecked) == 0:
		l.rescan(routine)
	}
}

// poll asks for a look at what events do not tell of, or renews the tree if there could be some.
func (l *loop) poll() {
	switch {
	case l.stale != "": // the heartbeat sees to it
	case l.sourceErr != nil && l.room():
		l.renew("limit")
	case l.status().State == Polling:
		l.rescan("poll")
	case !l.tree.source.closed():
		l.pollUncovered()
	}
}

func (l *loop) rescan(reason string) { l.pending = l.pending.withRescan(reason) }

// renew watches the whole tree anew and asks for a rescan. While the root is not there it does
// neither, and heartbeats try again.
func (l *loop) renew(reason string) {
	l.stale = reason
	l.mounts = readMounts(l.mountinfo, l.Root)
	l.root, l.rootErr = os.Stat(l.Root)
	if l.rootErr == nil && !l.root.IsDir() {
		l.rootErr = &fs.PathError{Op: "watch", Path: l.Root, Err: syscall.ENOTDIR}
	}
	if l.rootErr == nil && l.Mode != Poll {
		l.openTree()
	}
	l.findSingles()
	// A long walk is no pause.
	l.beatAt = time.Now()
	if l.rootErr != nil {
		// What is pending would only say, path by path, that all is gone.
		l.tree.close()
		l.pending, l.ahead = Batch{}, nil
		clear(l.settler.paths)
		return
	}
	l.rescan(l.stale)
	l.stale = ""
}

// openTree opens the tree with a fresh source.
func (l *loop) openTree() {
	l.tree.close() // first, since the old source counts towards the limit
	var s source
	if s, l.sourceErr = l.open(); l.sourceErr != nil {
		return
	}
	l.tree.open(s)
	l.rootErr = l.tree.denied["."]
}

// room reports whether the limit that left the tree without a source has been lifted.
func (l *loop) room() bool {
	s, err := l.open()
	if err != nil {
		return false
	}
	// It was only a try.
	_ = s.Close()
	return true
}
