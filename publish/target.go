package publish

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

// target is one place and what is known of it.
type target struct {
	name    string
	at      place
	gzip    bool
	caches  *purger // nil: none
	log     *slog.Logger
	wake    chan struct{} // holds one when there is a newer generation
	tickets int           // documents under way at a time

	checkpoint int // after how many documents the manifest is written, though there are more

	book     *manifest // as the place has it, or is to have it next; nil: not read yet; the loop's own
	tag      string    // of the manifest that the place has; the loop's own
	saved    [32]byte  // SHA-256 of that; the loop's own
	damaged  bool      // nothing of what the place has is known; the loop's own
	compared time.Time // when the place itself was last looked at; the loop's own

	mu     sync.Mutex
	newest Generation // with nil Documents: none yet
	told   Status
}

const (
	// compareEvery is after which time the place is compared with the manifest, though nobody else
	// is known to have written there.
	compareEvery = time.Hour

	firstPause, longestPause = time.Second, 5 * time.Minute // between two attempts
)

func newTarget(t Target, at place, log *slog.Logger) *target {
	n := &target{name: t.Name(), at: at, gzip: t.Gzip, log: log, wake: make(chan struct{}, 1), tickets: at.tickets(), checkpoint: 1000}
	n.told.Name = n.name
	if t.Purge.URL != "" {
		n.caches = newPurger(t.Purge)
	}
	return n
}

func (t *target) follow(g Generation) {
	t.mu.Lock()
	t.newest = g
	t.told.Current = false
	t.mu.Unlock()
	select {
	case t.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// run brings the place to the newest generation whenever there is one, compares it from time to
// time, and after a failure leaves it alone for longer and longer.
func (t *target) run(ctx context.Context) {
	var pause time.Duration
	var due <-chan time.Time
	wake := t.wake
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-due:
		}
		t.mu.Lock()
		g := t.newest
		t.mu.Unlock()
		if g.Documents == nil {
			continue
		}
		err := t.sync(ctx, g, func(int, int) {})
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			if pause == 0 {
				t.warn(err)
			}
			pause = min(max(2*pause, firstPause), longestPause)
			due, wake = time.After(pause+rand.N(pause/10)), nil
		default:
			if pause > 0 {
				t.log.Info("published again", "target", t.name, "generation", g.Number)
			}
			pause, wake, due = 0, t.wake, time.After(compareEvery)
		}
	}
}

func (t *target) warn(err error) {
	told := []any{"target", t.name, "error", err}
	if h := Hint(err); h != "" {
		told = append(told, "hint", h)
	}
	t.log.Warn("not published", told...)
}

// sync brings the place to g, and keeps account of how that went.
func (t *target) sync(ctx context.Context, g Generation, tell func(done, total int)) error {
	err := t.bring(ctx, g, tell)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.book != nil {
		t.told.Documents = len(t.book.Documents)
	}
	if err == nil {
		t.told.Generation, t.told.Error, t.told.Hint, t.told.Since = g.Number, "", "", time.Time{}
		t.told.Current = t.newest.Number == g.Number
		t.told.Published = time.Now()
		return nil
	}
	if ctx.Err() == nil {
		t.told.Failures++
		if t.told.Error == "" {
			t.told.Since = time.Now()
		}
		t.told.Error, t.told.Hint, t.told.Current = err.Error(), Hint(err), false
	}
	return err
}

func (t *target) status() Status {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.told
}

func (t *target) count(n *uint64, by int) {
	t.mu.Lock()
	*n += uint64(by)
	t.mu.Unlock()
}
