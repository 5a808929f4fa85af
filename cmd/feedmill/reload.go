package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"feedmill/catalog"
	"feedmill/config"
)

// reloader is what the daemon knows of its configuration. But for the atomic values it belongs to
// the loop.
type reloader struct {
	load  func(required bool) (*config.Config, error)
	file  string // of the configuration; it need not be there
	state state
	log   *slog.Logger

	used   prints    // of the files that the last attempt read
	seen   prints    // of the files at the last glance
	again  time.Time // when to try again after an attempt in vain
	waits  time.Time // since when articles in motion put off a reload; zero: they do not
	pinned string    // what was said to need a restart

	reloads, inVain atomic.Uint64
	err             atomic.Pointer[string] // why the last attempt was in vain; nil: it was not
}

const (
	// glance is how often the files of the configuration are compared. They are few and small, and
	// reading them is simpler than events. It works on every mount and for every way of saving: by
	// renaming, in place, by the swapped link of a ConfigMap.
	glance = 500 * time.Millisecond

	// another is after which time a reload that failed is tried again: what was in its way may be
	// something else than the files. Articles in motion put it off no longer.
	another = 10 * time.Second
)

// files are those that make the site what it is, beside its articles.
func (c *reloader) files(s *site) []string {
	files := append([]string{c.file}, s.files...)
	if s.cfg.Server.TokenFile != "" {
		files = append(files, s.cfg.Server.TokenFile)
	}
	for _, t := range s.cfg.Publish {
		for _, file := range []string{t.KeyFile, t.Purge.HeaderFile} {
			if file != "" {
				files = append(files, file)
			}
		}
	}
	return files
}

// due reports whether to reload at the time now. A file that is being written is waited for until
// two glances find the same, and articles in motion, which a new site would take as they are.
func (c *reloader) due(s *site, now time.Time, motion bool) bool {
	is := printsOf(c.files(s), nil)
	rests := is.equal(c.seen)
	c.seen = is
	if !rests || is.equal(c.used) && (c.err.Load() == nil || now.Before(c.again)) {
		c.waits = time.Time{}
		return false
	}
	if c.waits.IsZero() {
		c.waits = now
	}
	return !motion || now.Sub(c.waits) >= another
}

// problem is why the last reload was in vain, or "".
func (c *reloader) problem() string {
	if err := c.err.Load(); err != nil {
		return *err
	}
	return ""
}

// pinned are the keys that can't change while the program runs.
var pinned = []pin{
	pinOf("server.listen", func(c *config.Config) *string { return &c.Server.Listen }),
	pinOf("server.admin", func(c *config.Config) *string { return &c.Server.Admin }),
	pinOf("server.cache", func(c *config.Config) *int64 { return &c.Server.Cache }),
	pinOf("content.git", func(c *config.Config) *config.Git { return &c.Content.Git }),
	pinOf("content.bucket", func(c *config.Config) *config.Bucket { return &c.Content.Bucket }),
	pinOf("state", func(c *config.Config) *string { return &c.State }),
	pinOf("store", func(c *config.Config) *string { return &c.Store }),
	pinOf("hub.store", func(c *config.Config) *string { return &c.Hub.Store }),
}

// pin is a key, and what gives next its value in used and reports whether that is another one.
type pin struct {
	key  string
	keep func(next, used *config.Config) (differs bool)
}

func pinOf[T comparable](key string, of func(*config.Config) *T) pin {
	return pin{key, func(next, used *config.Config) bool {
		is, was := of(next), of(used)
		differs := *is != *was
		*is = *was
		return differs
	}}
}

// pin returns cfg with the pinned keys as they are in use, and says once which of them differ.
func (c *reloader) pin(cfg, used *config.Config) *config.Config {
	next := *cfg
	if next.Content.Elsewhere() || used.Content.Elsewhere() {
		next.Content.Dir = used.Content.Dir
	}
	if next.Server.Admin != used.Server.Admin {
		next.Server.AdminToken = used.Server.AdminToken // whether it needs one depends on the address
	}
	next.StateGiven, next.StoreFile, next.Hub.StoreFile = used.StateGiven, used.StoreFile, used.Hub.StoreFile
	var keys []string
	for _, p := range pinned {
		if p.keep(&next, used) {
			keys = append(keys, p.key)
		}
	}
	if all := strings.Join(keys, " "); all != c.pinned {
		c.pinned = all
		if all != "" {
			c.log.Warn("needs a restart", "keys", all)
		}
	}
	return &next
}

// reload makes a new site of the configuration as it is now and puts it in the place of the old one,
// or leaves all as it is. What went wrong is told once; asked tells that somebody wants to know.
func (d *daemon) reload(ctx context.Context, asked bool) (done bool) {
	start, c, was := time.Now(), d.conf, d.site.Load()
	before := c.seen // which have rested
	if asked {
		before = printsOf(c.files(was), nil)
	}
	next, r, err := d.renew(ctx, was, before)
	if ctx.Err() != nil || errors.Is(err, errWritten) {
		return false // the next glances see to it
	}
	if err != nil {
		why := err.Error()
		if asked || why != c.problem() || !before.equal(c.used) {
			c.inVain.Add(1)
			d.log.Error("configuration not reloaded: the old one stays", "error", why)
		}
		c.err.Store(&why)
		c.used, c.again = before, time.Now().Add(another)
		return false
	}
	c.used = printsOf(c.files(next), before)
	d.replace(ctx, was, next)
	d.past.note(next, was.catalog.Current(), r, start, true)
	d.again, d.later = r.Again, r.Later
	d.missing.Store(int64(r.Missing))
	c.reloads.Add(1)
	c.err.Store(nil)
	d.running.Go(giveBack) // what the old site has needed
	d.log.Info("configuration reloaded", "feeds", r.Feeds, "took", time.Since(start).Round(time.Millisecond))
	logProblems(d.log)(r.Problems)
	next.warnNone(d.log, start)
	return true
}

// renew makes the site that follows on was, with its articles read.
func (d *daemon) renew(ctx context.Context, was *site, before prints) (*site, catalog.Report, error) {
	cfg, err := d.conf.read(was, before)
	if err != nil {
		return nil, catalog.Report{}, err
	}
	moved := cfg.Content.Dir != was.cfg.Content.Dir
	// What the old catalog knows must be certain, and safe on the disk, before another goes on from
	// there. Where the folder is another one, nothing need be certain about the old.
	r, err := d.look(ctx, catalog.Change{Rescan: true})
	switch {
	case r.Unkept != nil:
		return nil, r, fmt.Errorf("state folder: %w", r.Unkept)
	case !moved && err != nil:
		return nil, r, err
	case !moved && r.Missing > 0:
		return nil, r, fmt.Errorf("content folder: %d articles are missing, and it is not certain yet that they are gone", r.Missing)
	}
	if folder, files := was.catalog.Blind(); !moved && files > 0 {
		return nil, r, fmt.Errorf("content folder: %s can't be read, and %s were there before", folder, count(files, "file"))
	}
	kept, err := succession(d.conf.state, was, cfg, moved)
	if err != nil {
		return nil, r, err
	}
	next, err := newSite(cfg, kept, d.log, logProblems(d.log), nil)
	if err == nil {
		err = vanished(next, was)
	}
	if err != nil {
		return nil, r, err
	}
	d.scans.Add(1)
	d.busy.Store(time.Now().Unix())
	defer d.busy.Store(0)
	r, err = next.catalog.Apply(ctx, time.Now(), catalog.Change{Rescan: true, Reread: true})
	switch is, before := next.catalog.Current(), was.catalog.Current(); {
	case err != nil:
	case is == nil:
		err = errors.New("content folder: " + r.Doubt)
	case moved && is.Articles == 0 && before != nil && before.Articles > 0: // it may be about to be mounted, or filled
		err = fmt.Errorf("content folder: there is no article in %s", cfg.Content.Dir)
	}
	if err == nil {
		err = d.follow(next, was)
	}
	return next, r, err
}

// vanished tells that no generator's configuration is there where there was one: more likely by mistake, or
// about to be written, than by the wish for other addresses.
func vanished(next, was *site) error {
	is, used := next.cfg.Content, was.cfg.Content
	if len(next.read) > 0 || len(was.read) == 0 || is.Dir != used.Dir || is.Preset != used.Preset {
		return nil
	}
	return fmt.Errorf("the configuration of %s is gone: %s; a restart goes on without it", was.preset, strings.Join(was.read, ", "))
}

// errWritten tells of files that changed while they were read.
var errWritten = errors.New("the configuration is being written")

// read reads the configuration, whose files have these prints, for the site that follows on was.
func (c *reloader) read(was *site, before prints) (*config.Config, error) {
	// A file that is gone or empty is a mistake, or about to be written, rather than the wish for all
	// defaults.
	fi, err := os.Stat(c.file)
	switch {
	case err == nil && !fi.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no file that could be read again", c.file)
	case err == nil && fi.Size() == 0:
		return nil, fmt.Errorf("%s is empty", c.file)
	}
	cfg, err := c.load(was.cfg.File != "")
	if err != nil {
		return nil, err
	}
	if !printsOf(c.files(was), nil).equal(before) {
		return nil, errWritten
	}
	cfg = c.pin(cfg, was.cfg)
	return cfg, checkContent(cfg.Content.Dir)
}

// succession is what the site of cfg goes on from: what is kept of it, the dates of the feeds that
// are served now, and, where nothing is kept, the last good versions of broken articles too.
func succession(s state, was *site, cfg *config.Config, moved bool) (state, error) {
	next, err := s.of(siteKey(cfg))
	if err != nil {
		return next, err
	}
	if next.turn != nil { // which tells all
		next.before = was.catalog.Current()
		return next, nil
	}
	known := was.catalog.Known()
	if next.keep == nil && !moved {
		next.kept.Sources = known.Sources
	}
	if next.kept.Feeds == nil {
		next.kept.Feeds = known.Feeds
	}
	for path, f := range known.Feeds {
		own := next.kept.Feeds[path]
		if own == nil {
			own = f
		}
		if own.Modified.Before(f.Modified) { // no feed is older than it was at the same address
			raised := *own
			raised.Modified, own = f.Modified, &raised
		}
		next.kept.Feeds[path] = own
	}
	next.before = was.catalog.Current()
	return next, nil
}

// replace puts next, which follows on was, in its place.
func (d *daemon) replace(ctx context.Context, was, next *site) {
	d.start(ctx, next)
	d.site.Store(next)
	d.looked()
	was.end(next)
	if before := was.catalog.Current(); before != nil {
		next.tell(before, next.catalog.Current())
	}
	if next.push != nil && next.push != was.push { // what its subscriptions lack is of before
		d.running.Go(func() { d.catchUp(ctx, next.push) })
	}
	d.publish(next)
}
