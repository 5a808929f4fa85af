package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"feedmill/catalog"
	"feedmill/origin"
	"feedmill/server"
	"feedmill/watcher"
)

// daemon owns the loop that leads from the watcher to the catalog: the only place where changes
// are looked at, one after the other.
type daemon struct {
	site   atomic.Pointer[site] // what is served; replaced by the loop alone
	conf   *reloader
	from   *origin.Origin // of the content; nil: a folder that others fill; set before run
	log    *slog.Logger
	looked func() // called after every look, and when another site is served; set before run
	boss   *manager
	past   journal

	subscriptions subscriptions // to the hubs of all sites

	orders  chan order    // rebuilds that somebody waits for
	demands chan struct{} // one that nobody waits for, at most
	news    chan struct{} // what other replicas have kept is to be looked at, one at most
	hints   chan struct{} // that the disk is not as the snapshot has it, one at most
	done    chan struct{} // closed when the loop has ended
	scans   atomic.Uint64

	missing atomic.Int64 // articles kept though their files are missing
	unkept  atomic.Value // string: why changes are not safe yet; "": they are
	busy    atomic.Int64 // since when a look at the disk lasts, in Unix seconds; 0: none does

	verified atomic.Bool // what is served was compared with the disk in this run
	unsaved  bool        // the next start does not know what has changed; the loop's own
	astray   bool        // the site is to be made anew, to be that of all replicas; the loop's own
	saved    time.Time   // when what is known of the files was kept last; the loop's own

	running sync.WaitGroup // what follows the sites
	broken  chan error     // has room for why a watcher can't go on

	again, later time.Time // when to look at everything again, and when at the rest of the last look; zero: never; the loop's own
}

// order is a rebuild to be answered when it is served.
type order struct {
	since time.Time
	reply chan<- server.Rebuilt // has room for the answer
}

func newDaemon(s *site, conf *reloader, log *slog.Logger) (*daemon, error) {
	d := &daemon{
		conf: conf, log: log, looked: func() {}, boss: newManager(log),
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
	defer d.save()
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
			if b.Rescan {
				d.log.Debug("rescan", "reason", b.Reason)
			}
			_, _ = d.look(ctx, catalog.Change{Paths: b.Paths, Rescan: b.Rescan})
		case o := <-d.orders:
			d.obey(ctx, o)
		case <-d.demands:
			_, _ = d.look(ctx, catalog.Change{Rescan: true, Reread: true})
		case <-d.news:
			_, _ = d.look(ctx, catalog.Change{Rescan: !d.again.IsZero()})
		case <-d.hints:
			_, _ = d.look(ctx, catalog.Change{Rescan: true})
		case <-hup:
			d.log.Info("rebuild", "reason", "SIGHUP")
			end := d.boss.reloads()
			if !d.reload(ctx, true) {
				_, _ = d.look(ctx, catalog.Change{Rescan: true, Reread: true})
			}
			end()
		case now := <-ticker.C:
			if d.verified.Load() && now.Sub(d.saved) >= saveEvery {
				d.save()
			}
			if d.conf.due(s, now, !d.later.IsZero()) || d.astray {
				d.reload(ctx, false)
				d.astray = false // which the look before it has found again
			}
		case now := <-timer.C:
			_, _ = d.look(ctx, catalog.Change{Rescan: !d.again.IsZero() && !now.Before(d.again)})
		}
	}
	return nil
}

// wind sets the timer to the next moment at which something is due without an event. A clock that
// is set meanwhile is noticed within a minute.
func (d *daemon) wind(timer *time.Timer) {
	const longest = time.Minute
	next := d.again
	if !d.later.IsZero() && (next.IsZero() || d.later.Before(next)) {
		next = d.later
	}
	if snap := d.site.Load().catalog.Current(); snap != nil && !snap.Next.IsZero() && (next.IsZero() || snap.Next.Before(next)) {
		next = snap.Next
	}
	timer.Stop()
	if !next.IsZero() {
		timer.Reset(min(max(time.Until(next), time.Millisecond), longest))
	}
}

// obey answers the order and all others that wait by now with one look: it begins after each of
// them was given. Those that come while it lasts share the next.
func (d *daemon) obey(ctx context.Context, first order) {
	waiting := []order{first}
	for more := true; more; {
		select {
		case o := <-d.orders:
			waiting = append(waiting, o)
		default:
			more = false
		}
	}
	r, _ := d.look(ctx, catalog.Change{Rescan: true, Reread: true}) // the error is in the log
	out := server.Rebuilt{
		Scanned: r.Scanned, Parsed: r.Parsed, Changed: r.Changed, Removed: r.Removed, FeedsChanged: r.Feeds,
	}
	if snap := d.site.Load().catalog.Current(); snap != nil {
		out.Problems = len(snap.Problems)
	}
	for _, o := range waiting {
		out.TookMS = time.Since(o.since).Milliseconds()
		o.reply <- out
	}
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
	d.busy.Store(start.Unix())
	r, err := s.catalog.Apply(ctx, start, ch)
	d.busy.Store(0)
	d.looked()
	if err != nil {
		if errors.Is(err, catalog.ErrApart) && ctx.Err() == nil {
			d.again, d.later = time.Now().Add(retry), time.Time{}
			d.apart(err)
			return r, err
		}
		if ctx.Err() == nil {
			d.log.Error("look at the content folder", "error", err)
		}
		if ch.Rescan || !d.again.IsZero() || !d.later.IsZero() { // try again, but not at once
			d.again, d.later = time.Now().Add(retry), time.Time{}
		}
		return r, err
	}
	d.past.note(s, was, r, start, false)
	if s.catalog.Current() != nil {
		d.boss.isReady()
	}
	if was != nil && r.Feeds > 0 {
		s.tell(was, s.catalog.Current())
	}
	if is := s.catalog.Current(); is != was {
		if was == nil && s.push != nil {
			d.running.Go(func() { d.catchUp(ctx, s.push) })
		}
		d.publish(s)
	}
	logProblems(d.log)(r.Problems)
	if r.Doubt != "" && d.again.IsZero() {
		d.log.Warn("articles kept", "reason", r.Doubt) // once, not for every look until it is settled
	}
	if ch.Rescan && !r.Held && !d.verified.Swap(true) {
		debug.FreeOSMemory() // of what the start has needed
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
	return r, nil
}

// rebuild looks at everything again, and returns when that is served.
func (d *daemon) rebuild(ctx context.Context) (server.Rebuilt, error) {
	reply := make(chan server.Rebuilt, 1)
	select {
	case d.orders <- order{time.Now(), reply}:
	case <-ctx.Done():
		return server.Rebuilt{}, ctx.Err()
	case <-d.done:
		return server.Rebuilt{}, errGoingDown
	}
	select {
	case out := <-reply:
		return out, nil
	case <-ctx.Done():
		return server.Rebuilt{}, ctx.Err()
	}
}

var errGoingDown = errors.New("the daemon is going down")

// demand asks for a look at everything that nobody waits for.
func (d *daemon) demand() {
	select {
	case d.demands <- struct{}{}:
	default: // there is one already that has not begun
	}
}

// hint tells that a reader has found a file to be another one than the snapshot has.
func (d *daemon) hint() {
	select {
	case d.hints <- struct{}{}:
	default: // there is one already
	}
}

// retry is how long after a look that failed, for want of the folder or of descriptors, the next is tried.
const retry = 2 * time.Second

// stall is how long a look may last before the disk counts as not answering.
const stall = 10 * time.Second

func (d *daemon) health() server.Health {
	site := d.site.Load()
	s := site.watch.Status()
	h := server.Health{
		State: string(s.State), Reason: s.Reason, Watches: s.Watches, Missing: int(d.missing.Load()),
		Scans: d.scans.Load(), Overflows: s.Overflows,
		Unverified: !d.verified.Load(),
		Reloads:    d.conf.reloads.Load(), ReloadsFailed: d.conf.inVain.Load(), ConfigError: d.conf.problem(),
	}
	h.StateProblem, _ = d.unkept.Load().(string)
	busy := d.busy.Load()
	switch {
	case s.State == watcher.Degraded:
	case busy != 0 && site.catalog.Current() != nil && time.Since(time.Unix(busy, 0)) > stall:
		h.State, h.Reason = string(watcher.Degraded), "stalled"
	case s.State == watcher.Watching && d.from != nil && d.from.Status().Error != "":
		h.State, h.Reason = string(watcher.Degraded), "origin"
	case site.behind != nil && h.StateProblem != "":
		h.State, h.Reason = string(watcher.Degraded), "store"
	case h.Missing > 0:
		h.State, h.Reason = string(watcher.Degraded), "articles_missing"
	}
	return h
}

// view is what a request is answered from.
func (d *daemon) view() server.View {
	s := d.site.Load()
	return server.View{Snapshot: s.catalog.Current(), Mill: s.mill, Language: s.language, BasePath: s.cfg.BaseURL.Path}
}

// attached is the folder from which the article at a path embeds pictures.
func (d *daemon) attached(name string) string {
	if s := d.site.Load(); s.attached != nil {
		return s.attached(name)
	}
	return path.Dir(name)
}

// token is what admin requests must bear.
func (d *daemon) token() string { return d.site.Load().cfg.Server.AdminToken }

// profiles is whether the admin listener shows profiles of the program.
func (d *daemon) profiles() bool { return d.site.Load().cfg.Server.Pprof }

// accessLog is whether public requests are logged.
func (d *daemon) accessLog() bool { return d.site.Load().cfg.Server.AccessLog }
