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
func newOrigin(cfg *config.Config, log *slog.Logger, progress func(done, total int)) (*origin.Origin, error) {
	if !cfg.Content.Elsewhere() {
		return nil, nil
	}
	folder, err := filepath.Abs(filepath.Join(cfg.State, config.OriginFolder))
	if err != nil { // there is no working directory: the first use of the folder tells
		folder = filepath.Join(cfg.State, config.OriginFolder)
	}
	o := origin.Options{Folder: folder, Grace: cfg.Watch.DeleteGrace, Logger: log, Progress: progress}
	if g := cfg.Content.Git; g.URL != "" {
		o.Git = origin.Git{URL: g.URL, Branch: g.Branch, User: g.User, Password: g.Password}
		o.Dir, o.Secret, o.Interval, o.Size = g.Dir, g.Secret, g.Interval, g.Size
	} else {
		b := cfg.Content.Bucket
		o.Bucket = origin.Bucket{
			Endpoint: b.Endpoint, Name: b.Name, Prefix: b.Prefix, Region: b.Region, PathStyle: b.PathStyle,
			AccessKey: b.AccessKey, SecretKey: b.SecretKey,
		}
		o.Dir, o.Secret, o.Interval, o.Size = b.Dir, b.Secret, b.Interval, b.Size
	}
	return origin.New(o)
}

// bring sees to it that the content of cfg is there, and gives its origin, or nil. Where anew says so it is
// the newest there is; else what an earlier run has brought will do, so that a start needs no network.
func bring(ctx context.Context, cfg *config.Config, anew bool, log *slog.Logger, stderr io.Writer) (*origin.Origin, error) {
	tell, end := newProgress(stderr, "pulling the content")
	defer end()
	from, err := newOrigin(cfg, log, tell)
	if err != nil || from == nil || !anew && from.Ready() {
		return from, err
	}
	if _, err := from.Pull(ctx); err != nil {
		key := "content.bucket"
		if cfg.Content.Git.URL != "" {
			key = "content.git"
		}
		return nil, hinted{fmt.Errorf("%s: %w", key, err), origin.Hint(err)}
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
		From: s.From, Revision: s.Revision, Pulled: s.Pulled, Error: s.Error, Hint: s.Hint, Since: s.Since,
		LeftOut: s.LeftOut, Pulls: s.Pulls, Failures: s.Failures,
	}
}
