package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"

	"feedmill/config"
	"feedmill/origin"
	"feedmill/server"
)

// newOrigin is where the content of cfg comes from; nil: it is a folder that others fill.
func newOrigin(cfg *config.Config, log *slog.Logger, progress func(done, total int)) *origin.Git {
	g := cfg.Content.Git
	if g.URL == "" {
		return nil
	}
	folder, err := filepath.Abs(filepath.Join(cfg.State, config.OriginFolder))
	if err != nil { // there is no working directory: the first use of the folder tells
		folder = filepath.Join(cfg.State, config.OriginFolder)
	}
	return origin.New(origin.Options{
		URL: g.URL, Branch: g.Branch, Dir: g.Dir, User: g.User, Password: g.Password, Secret: g.Secret,
		Interval: g.Interval, Size: g.Size,
		Folder: folder,
		Logger: log, Progress: progress,
	})
}

// bring sees to it that the content of cfg is there, and gives its origin, or nil. Where anew says so it is
// the newest there is; else what an earlier run has brought will do, so that a start needs no network.
func bring(ctx context.Context, cfg *config.Config, anew bool, log *slog.Logger, stderr io.Writer) (*origin.Git, error) {
	tell, end := newProgress(stderr, "pulling the repository")
	defer end()
	from := newOrigin(cfg, log, tell)
	if from == nil || !anew && from.Ready() {
		return from, nil
	}
	if _, err := from.Pull(ctx); err != nil {
		return nil, hinted{fmt.Errorf("content.git: %w", err), origin.Hint(err)}
	}
	return from, nil
}

// origin is how it goes with the origin of the content, or nil.
func (d *daemon) origin() *server.Origin {
	if d.from == nil {
		return nil
	}
	s := d.from.Status()
	return &server.Origin{
		Revision: s.Revision, Pulled: s.Pulled, Error: s.Error, Hint: s.Hint, Since: s.Since,
		LeftOut: s.LeftOut, Pulls: s.Pulls, Failures: s.Failures,
	}
}
