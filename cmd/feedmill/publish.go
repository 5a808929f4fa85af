package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/spf13/cobra"

	"feedmill/catalog"
	"feedmill/config"
	"feedmill/feed"
	"feedmill/publish"
	"feedmill/server"
)

// publishes is where the documents of the site are to be written.
func (s *site) publishes() []publish.Target { return targets(s.cfg) }

func targets(cfg *config.Config) []publish.Target {
	var all []publish.Target
	for _, t := range cfg.Publish {
		all = append(all, publish.Target{
			Folder: t.Folder,
			Bucket: publish.Bucket{
				Endpoint: t.Endpoint, Name: t.Bucket, Prefix: t.Prefix, Region: t.Region, PathStyle: t.PathStyle,
				AccessKey: t.AccessKey, SecretKey: t.SecretKey,
			},
			Gzip: t.Gzip,
			Purge: publish.Purge{
				URL: t.Purge.URL, Method: t.Purge.Method, Header: t.Purge.Header, Body: t.Purge.Body, Base: cfg.BaseURL.String(),
			},
		})
	}
	return all
}

// generation is all documents of the snapshot, for publishers. changed is told when a file is not
// what it was in the snapshot.
func generation(snap *catalog.Snapshot, mill *feed.Mill, changed func()) publish.Generation {
	document := func(p paper) publish.Document {
		body := func(ctx context.Context) ([]byte, error) {
			b, err := p.body(ctx)
			if errors.Is(err, catalog.ErrChanged) {
				changed()
			}
			return b, err
		}
		return publish.Document{
			Path: p.file, MediaType: p.MediaType + "; charset=utf-8", Tag: p.Tag, MaxAge: p.MaxAge, Rank: p.rank, Body: body,
		}
	}
	return publish.Generation{Number: snap.Generation, Documents: func(yield func(publish.Document) bool) {
		for together := range papers(snap, mill) {
			for _, p := range together {
				if !yield(document(p)) {
					return
				}
			}
		}
	}}
}

// publishOnce brings all targets of the configuration to the snapshot.
func publishOnce(cmd *cobra.Command, snap *catalog.Snapshot, site *site) error {
	if len(site.cfg.Publish) == 0 {
		return hinted{errors.New("build --publish: no targets"), "list them under publish in the configuration"}
	}
	p, err := publish.New(publish.Options{Targets: site.publishes(), Logger: newLogger(cmd, cmd.ErrOrStderr(), slog.LevelInfo)})
	if err != nil {
		return err
	}
	tell, end := newProgress(cmd.ErrOrStderr(), "publishing feeds")
	defer end()
	err = p.Once(cmd.Context(), generation(snap, site.mill, func() {}), tell)
	end()
	for _, t := range p.Status() {
		if t.Error == "" {
			fmt.Fprintf(cmd.OutOrStdout(), "%s in %s, %d of them new or changed, %d removed\n", count(t.Documents, "document"), t.Name, t.Written, t.Removed)
		}
	}
	if err != nil {
		return hinted{err, cmp.Or(publish.Hint(err), "the other targets hold the newest documents; the next attempt goes on from here")}
	}
	return nil
}

// targets tells how it goes with the places that documents are written to.
func (d *daemon) targets() []server.Target {
	var all []server.Target
	for _, t := range d.site.Load().published.Status() {
		all = append(all, server.Target(t))
	}
	return all
}

// sameTargets reports whether both sites are written to the same places in the same way.
func (s *site) sameTargets(was *site) bool { return slices.Equal(s.publishes(), was.publishes()) }
