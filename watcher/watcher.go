// Package watcher says where in a folder tree to look for changes.
//
// In goes a root folder, out come [Batch] values: paths at which something may have happened, or
// the request to look everywhere. They are hints. A batch never says what happened, only the disk
// does; a path may be told twice, or told though nothing changed. What the system loses (a full
// event queue, too few watches, file systems without events, a pause of the process) comes back
// as a rescan, and every [Options].Reconcile one is asked for on mere suspicion.
//
// Hidden files and folders and editors' temporaries are never told, and symlinked folders are not
// entered. Nothing in the tree is opened but its folders, and nothing is written.
package watcher

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"time"
)

// Mode says how changes are found.
type Mode string

// The modes.
const (
	Auto   Mode = "auto"   // by events, and by polling where these do not suffice
	Events Mode = "events" // by events alone, and the rescans of Options.Reconcile
	Poll   Mode = "poll"   // by polling alone
)

// Options of a [Watcher]. Zero values stand for the defaults.
type Options struct {
	Root         string        // folder to watch; may be a symlink, need not exist yet
	Mode         Mode          // default Auto
	Settle       time.Duration // how long a path has to be quiet before it is told; default 100 ms
	MaxSettle    time.Duration // longest wait from a path's first event; default 1 s
	Reconcile    time.Duration // between rescans that need no event; default 60 s
	PollInterval time.Duration // between rescans while polling; default 2 s, at most Reconcile
	Logger       *slog.Logger  // default: discard
}

// withDefaults returns o completed, with an absolute root, or all that is wrong with it.
func (o Options) withDefaults() (Options, error) {
	o.Mode = cmp.Or(o.Mode, Auto)
	o.Settle = cmp.Or(o.Settle, 100*time.Millisecond)
	o.MaxSettle = cmp.Or(o.MaxSettle, time.Second)
	o.Reconcile = cmp.Or(o.Reconcile, time.Minute)
	o.PollInterval = min(cmp.Or(o.PollInterval, 2*time.Second), o.Reconcile)
	o.Logger = cmp.Or(o.Logger, slog.New(slog.DiscardHandler))

	var problems []error
	if o.Root == "" {
		problems = append(problems, errors.New("no root folder"))
	}
	switch o.Mode {
	case Auto, Events, Poll:
	default:
		problems = append(problems, fmt.Errorf("mode: want auto, events or poll, have %q", o.Mode))
	}
	if min(o.Settle, o.MaxSettle, o.Reconcile, o.PollInterval) < 0 {
		problems = append(problems, errors.New("negative duration"))
	}
	root, err := filepath.Abs(o.Root)
	o.Root = root
	return o, errors.Join(append(problems, err)...)
}

// Watcher watches one folder tree. Make one with [New].
type Watcher struct {
	options   Options
	open      func() (source, error) // where events come from
	mountinfo string                 // file that lists what is mounted; may be missing
	batches   chan Batch
	early     chan []string
	stirs     chan struct{}
	report    atomic.Pointer[report]
}

// New returns a watcher that does nothing before [Watcher.Run].
func New(o Options) *Watcher {
	w := &Watcher{
		options:   o,
		open:      openInotify,
		mountinfo: "/proc/self/mountinfo",
		batches:   make(chan Batch),
		early:     make(chan []string),
		stirs:     make(chan struct{}),
	}
	w.report.Store(&idle)
	return w
}

// Run watches until ctx is done and then returns nil. It may be called once. It fails only at once,
// and only for Options that make no sense: a root that is missing, unreadable or replaced, and
// limits of the system, are waited out and told by [Watcher.Status].
//
// The first batch asks for a rescan. It is sent when all watches are in place, so that a consumer
// who scans then, and follows the batches from there, misses nothing.
func (w *Watcher) Run(ctx context.Context) error {
	defer close(w.batches)
	defer close(w.early)
	defer close(w.stirs)
	o, err := w.options.withDefaults()
	if err != nil {
		return err
	}
	newLoop(o, w).run(ctx)
	return nil
}

// Batches returns the channel on which Run sends what changed; Run closes it when it returns.
// A consumer may take its time: meanwhile paths gather in the next batch, of bounded size.
func (w *Watcher) Batches() <-chan Batch { return w.batches }

// Early returns the channel on which Run sends, while a batch of many paths still gathers, those that are
// quiet already. They come again with the batch, so that a consumer who has time may prepare for it, and
// none need read them. Run closes the channel when it returns.
func (w *Watcher) Early() <-chan []string { return w.early }

// Stirs returns the channel on which Run tells that something has happened after a rest: in some Settle there
// will be a batch. It is for who has something to do that would be in the way then, and none need read it: what
// nobody waits for is not sent. Run closes the channel when it returns.
func (w *Watcher) Stirs() <-chan struct{} { return w.stirs }

// Status says how well the tree is watched. It may be called at any time from any goroutine, and
// does not wait for the disk.
func (w *Watcher) Status() Status { return w.report.Load().status() }
