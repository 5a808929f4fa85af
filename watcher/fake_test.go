package watcher

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/google/go-cmp/cmp"
)

// fake stands in for fsnotify. What it refuses, and how long it takes, is for a test to say.
type fake struct {
	events chan fsnotify.Event
	errors chan error

	mu      sync.Mutex
	openErr error
	opened  int
	limit   int              // of watches
	refuse  map[string]error // by absolute path
	slow    time.Duration    // an Add takes
	held    map[string]bool  // paths with a watch
}

func newFake() *fake {
	return &fake{
		events: make(chan fsnotify.Event),
		errors: make(chan error),
		limit:  1 << 30,
		refuse: map[string]error{},
		held:   map[string]bool{},
	}
}

func (f *fake) open() (source, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.opened++
	if f.openErr != nil {
		return source{}, f.openErr
	}
	return source{f, f.events, f.errors}, nil
}

func (f *fake) Add(path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	time.Sleep(f.slow)
	if err := f.refuse[path]; err != nil {
		return err
	}
	if len(f.held) >= f.limit && !f.held[path] {
		return syscall.ENOSPC
	}
	f.held[path] = true
	return nil
}

func (f *fake) Remove(path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.held[path] {
		return fsnotify.ErrNonExistentWatch
	}
	delete(f.held, path)
	return nil
}

func (f *fake) Close() error {
	f.set(func() { clear(f.held) })
	return nil
}

// set changes f while a watcher uses it.
func (f *fake) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *fake) watched() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(maps.Keys(f.held))
}

// rig is a watcher of a real folder on fake events, in a bubble with a fake clock.
type rig struct {
	*testing.T
	*fake
	w     *Watcher
	root  string
	log   *bytes.Buffer
	start time.Time
}

// withRig runs test in a bubble. The folder holds an article a.md and the folders given.
func withRig(t *testing.T, o Options, folders []string, test func(*rig)) {
	t.Helper()
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{T: t, fake: newFake(), root: root, log: new(bytes.Buffer), start: time.Now()}
		for _, f := range folders {
			r.mkdir(f)
		}
		if err := os.WriteFile(r.abs("a.md"), nil, 0o666); err != nil {
			t.Fatal(err)
		}
		o.Root = root
		o.Logger = slog.New(slog.NewTextHandler(r.log, nil))
		r.w = New(o)
		r.w.open = r.open
		r.w.mountinfo = filepath.Join(t.TempDir(), "mountinfo")
		test(r)
	})
}

// run starts the watcher until the end of the test.
func (r *rig) run() {
	ctx, cancel := context.WithCancel(r.Context())
	done := make(chan error, 1)
	go func() { done <- r.w.Run(ctx) }()
	r.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			r.Errorf("Run = %v, want nil", err)
		}
		if got := r.watched(); len(got) != 0 {
			r.Errorf("watches left after Run: %q", got)
		}
	})
}

func (r *rig) abs(rel string) string { return filepath.Join(r.root, rel) }

func (r *rig) mkdir(rel string) {
	r.Helper()
	if err := os.MkdirAll(r.abs(rel), 0o777); err != nil {
		r.Fatal(err)
	}
}

// event sends an event on a path below the root.
func (r *rig) event(op fsnotify.Op, rel string) {
	r.events <- fsnotify.Event{Name: r.abs(rel), Op: op}
}

// want receives a batch and compares it with paths, and its time with that since the start.
func (r *rig) want(at time.Duration, paths ...string) {
	r.Helper()
	r.wantBatch(at, Batch{Paths: paths})
}

// wantRescan receives a batch, which must be a rescan for this reason.
func (r *rig) wantRescan(at time.Duration, reason string) {
	r.Helper()
	r.wantBatch(at, Batch{Rescan: true, Reason: reason})
}

func (r *rig) wantBatch(at time.Duration, want Batch) {
	r.Helper()
	got := <-r.w.Batches()
	if diff := cmp.Diff(want, got); diff != "" {
		r.Errorf("batch at %v (-want +got):\n%s", at, diff)
	}
	if now := time.Since(r.start); now != at {
		r.Errorf("batch %v at %v, want it at %v", got, now, at)
	}
}

// wantNone fails if a batch comes in the next d.
func (r *rig) wantNone(d time.Duration) {
	r.Helper()
	select {
	case got := <-r.w.Batches():
		r.Errorf("batch %v at %v, want none", got, time.Since(r.start))
	case <-time.After(d):
	}
}

func (r *rig) wantStatus(state State, reason string) {
	r.Helper()
	synctest.Wait()
	if got := r.w.Status(); got.State != state || got.Reason != reason {
		r.Errorf("status at %v = %v %q, want %v %q", time.Since(r.start), got.State, got.Reason, state, reason)
	}
}

func (r *rig) wantLogged(lines int, text string) {
	r.Helper()
	synctest.Wait()
	if got := bytes.Count(r.log.Bytes(), []byte(text)); got != lines {
		r.Errorf("%q is in the log %d times, want %d:\n%s", text, got, lines, r.log)
	}
}
