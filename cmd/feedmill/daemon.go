package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"feedmill/catalog"
	"feedmill/origin"
)

// daemon owns the loop that leads from the watcher to the catalog: the only place where changes
// are looked at, one after the other.
type daemon struct {
	site    atomic.Pointer[site] // what is served; replaced by the loop alone
	conf    *reloader
	from    *origin.Origin // of the content; nil: a folder that others fill; set before run
	log     *slog.Logger
	looked  func()       // called after every look, and when another site is served; set before run
	written func() int64 // see state; set before run
	boss    *manager
	past    journal

	subscriptions subscriptions // to the hubs of all sites

	orders  chan order    // rebuilds that somebody waits for
	demands chan struct{} // one that nobody waits for, at most
	news    chan struct{} // what other replicas have kept is to be looked at, one at most
	hints   chan struct{} // that the disk is not as the snapshot has it, one at most
	done    chan struct{} // closed when the loop has ended
	scans   atomic.Uint64

	missing atomic.Int64 // articles kept though their files are missing
	unkept  atomic.Value // string: why changes are not safe yet; "": they are
	busy    atomic.Int64 // since when the disk is waited for, in Unix seconds; 0: it is not

	verified atomic.Bool // what is served was compared with the disk in this run

	running sync.WaitGroup // what follows the sites
	broken  chan error     // has room for why a watcher can't go on

	loop // belongs to the goroutine of run
}

// loop is what the loop knows from one turn to the next.
type loop struct {
	again   time.Time // when to look at everything; zero: never
	later   time.Time // when to look at the rest of the last look; zero: never
	saved   time.Time // when what is known of the files was kept last
	unsaved bool      // the next start does not know what has changed
	peopled bool      // there was an article in this run
	astray  bool      // the site is to be made anew, to be that of all replicas
	rounds  rounds
}

func newDaemon(s *site, conf *reloader, log *slog.Logger) (*daemon, error) {
	d := &daemon{
		conf: conf, log: log, looked: func() {}, written: func() int64 { return 0 }, boss: newManager(log),
		orders:  make(chan order),
		demands: make(chan struct{}, 1),
		news:    make(chan struct{}, 1),
		hints:   make(chan struct{}, 1),
		done:    make(chan struct{}),
		broken:  make(chan error, 1),
	}
	err := d.follow(s, nil)
	d.site.Store(s)
	return d, err
}

// run looks where the watcher, orders and the time say, until ctx is done. It ends early only when
// the watcher is given options that make no sense.
func (d *daemon) run(ctx context.Context, hup <-chan os.Signal) error {
	ctx, stop := context.WithCancel(ctx)
	defer d.running.Wait()
	defer stop()
	defer close(d.done)
	timer, ticker := time.NewTimer(0), time.NewTicker(glance)
	defer timer.Stop()
	defer ticker.Stop()
	if s := d.site.Load(); s.catalog.Restored() {
		_, _ = d.look(ctx, catalog.Change{}) // the error is in the log
	}
	d.start(ctx, d.site.Load())
	if d.from != nil {
		d.running.Go(func() { d.from.Run(ctx, d.hint) })
	}
	d.running.Go(func() { d.boss.watch(ctx, func() bool { return d.busy.Load() != 0 }) })
	if d.site.Load().behind != nil {
		d.running.Go(func() { d.listen(ctx) })
	}
	defer d.save(context.WithoutCancel(ctx))
	for ctx.Err() == nil {
		d.boss.beat()
		d.wind(timer)
		s := d.site.Load()
		select {
		case <-ctx.Done():
		case err := <-d.broken:
			return err
		case b, ok := <-s.batches:
			if !ok {
				s.batches = nil
				continue
			}
			d.take(ctx, b)
		case paths, ok := <-s.early:
			if !ok {
				s.early = nil
				continue
			}
			d.prepare(ctx, paths)
		case o := <-d.orders:
			d.obey(ctx, o)
		case <-d.demands:
			_, _ = d.look(ctx, catalog.Change{Rescan: true, Reread: true})
		case <-d.news:
			_, _ = d.look(ctx, catalog.Change{Rescan: !d.again.IsZero()})
		case <-d.hints:
			_, _ = d.look(ctx, catalog.Change{Rescan: true})
		case <-hup:
			d.hangUp(ctx)
		case now := <-ticker.C:
			d.glance(ctx, s, now)
		case now := <-timer.C:
			_, _ = d.look(ctx, catalog.Change{Rescan: !d.again.IsZero() && !now.Before(d.again)})
		}
	}
	return nil
}

// hangUp does what SIGHUP asks for: the configuration counts anew, and all files are read.
func (d *daemon) hangUp(ctx context.Context) {
	d.log.Info("rebuild", "reason", "SIGHUP")
	defer d.boss.reloads()()
	if !d.reload(ctx, true) {
		_, _ = d.look(ctx, catalog.Change{Rescan: true, Reread: true})
	}
}

// glance does what is due by and by: it tidies the state, keeps what is known of the files, and follows the
// configuration.
func (d *daemon) glance(ctx context.Context, s *site, now time.Time) {
	d.fold()
	if d.unsaved && d.verified.Load() && now.Sub(d.saved) >= saveEvery {
		d.meanwhile(ctx, d.save)
		d.running.Go(giveBack) // what that has needed
	}
	if d.conf.due(s, now, !d.later.IsZero()) || d.astray {
		d.reload(ctx, false)
		d.astray = false // which the look before it has found again
	}
}

// wind sets the timer to the next moment at which something is due without an event. A clock that
// is set meanwhile is noticed within a minute.
func (d *daemon) wind(timer *time.Timer) {
	const longest = time.Minute
	next := sooner(d.again, d.later)
	if snap := d.site.Load().catalog.Current(); snap != nil {
		next = sooner(next, snap.Next)
	}
	timer.Stop()
	if !next.IsZero() {
		timer.Reset(min(max(time.Until(next), time.Millisecond), longest))
	}
}

// sooner is the earlier of two times; zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// look brings the catalog up to date and tells the log what is new, an error too.
func (d *daemon) look(ctx context.Context, ch catalog.Change) (catalog.Report, error) {
	start, s := time.Now(), d.site.Load()
	if d.from != nil && len(ch.Paths) > 0 {
		ch = catalog.Change{Rescan: true} // a part of another generation would be half of it
	}
	if ch.Rescan {
		d.scans.Add(1)
	}
	was := s.catalog.Current()
	r, err := d.apply(ctx, s.catalog, start, ch)
	d.looked()
	if err != nil {
		d.inVain(ctx, ch, err)
		return r, err
	}
	d.past.note(s, was, r, start, false)
	d.spread(ctx, s, was, r)
	logProblems(d.log)(r.Problems)
	if r.Doubt != "" && d.again.IsZero() {
		d.log.Warn("articles kept", "reason", r.Doubt) // once, not for every look until it is settled
	}
	first := ch.Rescan && !r.Held && !d.verified.Swap(true)
	if first || ch.Reread || r.Parsed >= manyFiles {
		d.running.Go(giveBack) // what that has needed
	}
	if recalled := was == nil && !ch.Rescan; !recalled {
		d.unsaved = d.unsaved || r.Parsed+r.Changed+r.Removed > 0
	}
	d.again, d.later = r.Again, r.Later
	d.vouch(r.Unkept)
	d.missing.Store(int64(r.Missing))
	if r.Astray {
		d.astray = true
		d.log.Warn("replicas", "problem", "the content is what others have, and the feeds are not: the site is made anew")
	}
	if r.Changed+r.Removed > 0 {
		d.log.Info("articles", "changed", r.Changed, "removed", r.Removed, "feeds", r.Feeds, "took", time.Since(start).Round(time.Millisecond))
	}
	if was == nil || was.Articles > 0 { // else it has been told
		s.warnNone(d.log, start)
	}
	return r, nil
}

// apply has the catalog look, for which the disk may not answer.
func (d *daemon) apply(ctx context.Context, c *catalog.Catalog, now time.Time, ch catalog.Change) (catalog.Report, error) {
	d.busy.Store(now.Unix())
	defer d.busy.Store(0)
	if c.Current() == nil {
		defer lenient()()
	}
	return c.Apply(ctx, now, ch)
}

// inVain tells of a look that has failed, and says when the next one is due. One that gave way is no failure.
func (d *daemon) inVain(ctx context.Context, ch catalog.Change, err error) {
	if gaveWay(ctx) {
		return
	}
	apart := errors.Is(err, catalog.ErrApart)
	if apart || ch.Rescan || !d.again.IsZero() || !d.later.IsZero() { // try again, but not at once
		d.again, d.later = time.Now().Add(retry), time.Time{}
	}
	switch {
	case ctx.Err() != nil: // it was not to succeed
	case apart:
		d.apart(err)
	default:
		d.log.Error("look at the content folder", "error", err)
	}
}

// spread tells all who wait for it what the look has changed in the site.
func (d *daemon) spread(ctx context.Context, s *site, was *catalog.Snapshot, r catalog.Report) {
	is := s.catalog.Current()
	if is != nil {
		d.boss.isReady()
	}
	if was != nil && r.Feeds > 0 {
		s.tell(was, is)
	}
	if is == was {
		return
	}
	if was == nil && s.push != nil {
		d.running.Go(func() { d.catchUp(ctx, s.push) })
	}
	d.publish(s)
}

// retry is how long after a look that failed, for want of the folder or of descriptors, the next is tried.
const retry = 2 * time.Second
