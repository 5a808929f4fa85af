package main

import (
	"context"
	"slices"
	"time"

	"feedmill/catalog"
	"feedmill/hub"
	"feedmill/publish"
	"feedmill/watcher"
)

// following is what goes on beside a site that is served: its folder is watched, its hubs are told,
// its subscribers are sent what is new, its documents are published.
type following struct {
	watch    *watcher.Watcher
	batches  <-chan watcher.Batch // of the watcher, until they end; the loop's own
	early    <-chan []string      // the same of what comes with the next batch
	hubs     *hub.Publisher
	endWatch context.CancelFunc // nil: not started
	endHubs  context.CancelFunc // nil: not started

	published    *publish.Publisher
	endPublished context.CancelFunc // nil: not started
	quiet        chan struct{}      // closed when it has ended
	before       <-chan struct{}    // that of the publisher before; nil: there was none

	push    *push              // nil: no hub of its own
	endPush context.CancelFunc // nil: not started
}

// follow gives the site what follows it: of the site before, which may be nil, what is the same.
func (d *daemon) follow(s, was *site) (err error) {
	log := d.log
	if was != nil && s.watches() == was.watches() {
		s.watch, s.batches, s.early, s.endWatch = was.watch, was.batches, was.early, was.endWatch
	} else {
		o := s.watches()
		o.Logger = log
		s.watch = watcher.New(o)
		s.batches, s.early = s.watch.Batches(), s.watch.Early()
	}
	if was != nil && slices.Equal(s.cfg.Feeds.Hubs, was.cfg.Feeds.Hubs) {
		s.hubs, s.endHubs = was.hubs, was.endHubs
	} else {
		s.hubs = hub.NewPublisher(hub.PublisherOptions{Hubs: s.cfg.Feeds.Hubs, Logger: log})
	}
	if was != nil && s.pushesAlike(was) {
		s.push, s.endPush = was.push, was.endPush
	} else if s.push, err = d.newPush(s.cfg); err != nil {
		return err
	}
	if was != nil && s.sameTargets(was) {
		s.published, s.endPublished, s.quiet = was.published, was.endPublished, was.quiet
		return nil
	}
	if was != nil {
		s.before = was.quiet
	}
	s.quiet = make(chan struct{})
	s.published, err = publish.New(publish.Options{Targets: s.publishes(), Logger: log})
	return err
}

// watches is how the site wants to be watched, without a logger.
func (s *site) watches() watcher.Options {
	return watcher.Options{
		Root:      s.cfg.Content.Dir,
		Mode:      watcher.Mode(s.cfg.Watch.Mode),
		Settle:    s.cfg.Watch.Settle,
		Reconcile: s.cfg.Watch.Reconcile,
	}
}

// start starts what follows s and does not run yet.
func (d *daemon) start(ctx context.Context, s *site) {
	begin := func(end *context.CancelFunc, run func(context.Context)) {
		if *end != nil {
			return
		}
		var own context.Context
		own, *end = context.WithCancel(ctx)
		d.running.Go(func() { run(own) })
	}
	watch, published, quiet, before := s.watch, s.published, s.quiet, s.before
	begin(&s.endWatch, func(ctx context.Context) {
		d.running.Go(func() {
			for range watch.Stirs() {
				collectEarly()
			}
		})
		if err := watch.Run(ctx); err != nil {
			d.broken <- err
		}
	})
	begin(&s.endHubs, s.hubs.Run)
	if s.push != nil {
		begin(&s.endPush, s.push.run)
	}
	begin(&s.endPublished, func(ctx context.Context) {
		defer close(quiet)
		if before != nil { // what it has under way must not come after
			select {
			case <-before:
			case <-time.After(patience):
			case <-ctx.Done():
			}
		}
		published.Run(ctx)
	})
}

// end ends what follows s and not next. It is waited for only at the end of the program, since the
// disk of a folder that is left may not answer.
func (s *site) end(next *site) {
	if s.watch != next.watch {
		s.endWatch()
	}
	if s.hubs != next.hubs {
		s.endHubs()
	}
	if s.published != next.published {
		s.endPublished()
	}
	if s.push != next.push && s.push != nil {
		s.endPush()
	}
}

// tell tells the hubs which feeds are not what they were, and subscribers what is new in them.
func (s *site) tell(was, is *catalog.Snapshot) {
	if s.push != nil {
		s.push.sends.Publish(s.versions(is.Changed(was)))
	}
	if len(s.cfg.Feeds.Hubs) > 0 {
		s.hubs.Publish(s.urls(is.Changed(was)))
	}
}

// publish makes what is served what the targets are to hold. What they hold stays as long as there was no article in
// this run: the folder may have to be mounted yet.
func (d *daemon) publish(s *site) {
	snap := s.catalog.Current()
	d.peopled = d.peopled || snap.Articles > 0
	switch {
	case len(s.cfg.Publish) == 0:
	case !d.peopled && s.cfg.Watch.DeleteGrace > 0:
		d.log.Warn("not published", "reason", "there is no article yet",
			"hint", "bring articles; if they are gone for good, say so this once with FEEDMILL_WATCH_DELETE_GRACE=0s")
	default:
		s.published.Publish(generation(snap, s.mill, d.hint))
	}
}
