package main

import (
	"cmp"
	"path"
	"strings"
	"time"

	"feedmill/server"
	"feedmill/watcher"
)

// What the server asks of the daemon: all of it of the site that is served at the moment.

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
	unkept, _ := d.unkept.Load().(string)
	h.StateProblem = cmp.Or(unkept, d.conf.state.problem)
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

// standing is in a line what health and the snapshot tell.
func (d *daemon) standing() string {
	h := d.health()
	line := "the articles are still being read"
	if snap := d.site.Load().catalog.Current(); snap != nil {
		line = count(snap.Articles, "article")
	}
	line = strings.TrimSpace(line + ", " + h.State + " " + h.Reason)
	if h.ConfigError != "" {
		line += "; the configuration is not reloaded: " + h.ConfigError
	}
	if h.StateProblem != "" {
		line += "; the state is not kept: " + h.StateProblem
	}
	return strings.ReplaceAll(line, "\n", "; ")
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
