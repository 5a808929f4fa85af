package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"feedmill/article"
	"feedmill/catalog"
	"feedmill/config"
	"feedmill/store"
)

func newBuild() *cobra.Command {
	var out string
	var recover, publish bool
	cmd := &cobra.Command{
		Use:   "build --out DIR",
		Short: "Write every feed to a file, as serve would send it",
		Example: `  feedmill build --out public
  feedmill build --out public --state none --base-url https://example.org
  feedmill build --publish`,
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" && !publish {
				return usageError{errors.New("build: --out is missing"), "name the folder to write to: feedmill build --out public"}
			}
			return build(cmd, out, recover, publish)
		},
	}
	addFlags(cmd, false)
	addRecover(cmd, &recover)
	cmd.Flags().StringVar(&out, "out", "", "folder to write to; files that need no change stay untouched, and so do those of feeds that are no more")
	completeFolder(cmd, "out")
	cmd.Flags().BoolVar(&publish, "publish", false, "write to the targets under publish in the configuration")
	return cmd
}

func build(cmd *cobra.Command, out string, recover, publish bool) error {
	snap, site, err := readOnce(cmd, recover, publish)
	if err != nil {
		return err
	}
	if out != "" {
		if err := buildIn(cmd, out, snap, site); err != nil {
			return err
		}
	}
	if publish {
		return publishOnce(cmd, snap, site)
	}
	return nil
}

// buildIn writes every document below the folder out.
func buildIn(cmd *cobra.Command, out string, snap *catalog.Snapshot, site *site) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return hinted{err, "name a folder that this user may write to with --out"}
	}
	root, err := os.OpenRoot(out)
	if err != nil {
		return err
	}
	defer root.Close()
	all, documents := slices.Collect(papers(snap, site.mill)), 0
	for _, together := range all {
		documents += len(together)
	}
	tell, end := newProgress(cmd.ErrOrStderr(), "writing feeds")
	defer end()
	written, err := writeAll(cmd.Context(), root, all, func(done int) { tell(done, documents) })
	end()
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s of %s in %s, %d of them new or changed\n", count(documents, "document"), count(snap.Feeds(), "feed"), out, written)
	return nil
}

// readOnce reads the articles that the command's configuration names, as they are now, logs their
// problems, and keeps what is new unless a daemon does. A sudden loss of most of them is an error where doubts
// says so, since what has been published would go with them.
func readOnce(cmd *cobra.Command, recover, doubts bool) (*catalog.Snapshot, *site, error) {
	cfg, err := load(cmd)
	if err != nil {
		return nil, nil, err
	}
	if !doubts {
		cfg = forOneLook(cfg)
	}
	log := newLogger(cmd, cmd.ErrOrStderr(), slog.LevelInfo)
	if _, err := bring(cmd.Context(), cfg, true, log, cmd.ErrOrStderr()); err != nil {
		return nil, nil, err
	}
	if err := checkContent(cfg.Content.Dir); err != nil {
		return nil, nil, err
	}
	tell, end := newProgress(cmd.ErrOrStderr(), "reading articles")
	defer end()
	var kept state
	if cfg.Store != "" {
		kept, err = readShared(cmd.Context(), cfg)
	} else if kept, err = ownState(cfg, store.Visit, log, recover); errors.Is(err, store.ErrInUse) {
		kept, err = readState(cmd.Context(), cfg)
	}
	if err != nil {
		return nil, nil, err
	}
	site, err := newSite(cfg, kept, log, logProblems(log), tell)
	if err != nil {
		return nil, nil, errors.Join(err, kept.close())
	}
	r, err := site.catalog.Apply(cmd.Context(), time.Now(), catalog.Change{Rescan: true})
	if err := errors.Join(err, r.Unkept, kept.close()); err != nil {
		return nil, nil, err
	}
	end()
	if none := r.Doubt == "" && site.catalog.Current().Articles == 0; r.Doubt != "" || none && cfg.Watch.DeleteGrace > 0 {
		return nil, nil, hinted{
			errors.New("content folder: there is no article, or most that were known are missing; nothing is published"),
			"bring them back; if they are gone for good, say so this once with FEEDMILL_WATCH_DELETE_GRACE=0s",
		}
	}
	logProblems(log)(r.Problems)
	site.warnNone(log, time.Now())
	return site.catalog.Current(), site, nil
}

// lookOnce reads the articles as they are now, without a log, and keeps nothing.
func lookOnce(cmd *cobra.Command, cfg *config.Config, kept state, problems func([]article.Problem)) (*site, error) {
	if _, err := bring(cmd.Context(), cfg, true, slog.New(slog.DiscardHandler), cmd.ErrOrStderr()); err != nil {
		return nil, err
	}
	if err := checkContent(cfg.Content.Dir); err != nil {
		return nil, err
	}
	tell, end := newProgress(cmd.ErrOrStderr(), "reading articles")
	defer end()
	site, err := newSite(forOneLook(cfg), kept, slog.New(slog.DiscardHandler), problems, tell)
	if err != nil {
		return nil, err
	}
	r, err := site.catalog.Apply(cmd.Context(), time.Now(), catalog.Change{Rescan: true})
	problems(site.problems)
	problems(r.Problems)
	return site, err
}

// forOneLook is cfg for a command that takes one look at the articles, and has no time for doubts.
func forOneLook(cfg *config.Config) *config.Config {
	once := *cfg
	once.Watch.DeleteGrace = 0
	return &once
}

// writeAll writes every document below root and returns how many files it had to write.
func writeAll(ctx context.Context, root *os.Root, all [][]paper, tell func(done int)) (int, error) {
	var done, written atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, together := range all {
		g.Go(func() error {
			for _, p := range together {
				if err := ctx.Err(); err != nil {
					return err
				}
				body, err := p.body(ctx)
				if err != nil {
					return err
				}
				changed, err := write(root, p.file, body)
				if err != nil {
					return err
				}
				if changed {
					written.Add(1)
				}
				tell(int(done.Add(1)))
			}
			return ctx.Err()
		})
	}
	err := g.Wait()
	return int(written.Load()), err
}

// write puts body at the path below root, whole or not at all, and reports whether it had to.
func write(root *os.Root, path string, body []byte) (changed bool, err error) {
	name := filepath.FromSlash(path)
	fi, err := root.Stat(name)
	switch {
	case err == nil && !fi.Mode().IsRegular():
		return false, fmt.Errorf("%s: what is there is no file", name)
	case err == nil:
		if old, err := root.ReadFile(name); err == nil && bytes.Equal(old, body) {
			return false, nil
		}
	case !errors.Is(err, fs.ErrNotExist):
		return false, err
	}
	temporary := name + ".part"
	err = root.WriteFile(temporary, body, 0o644)
	if errors.Is(err, fs.ErrNotExist) { // few need a folder that is not there yet
		if err = root.MkdirAll(filepath.Dir(name), 0o755); err == nil {
			err = root.WriteFile(temporary, body, 0o644)
		}
	}
	if err == nil {
		err = root.Rename(temporary, name)
	}
	if err != nil {
		_ = root.Remove(temporary) // of a build that is killed the next one writes over it
	}
	return err == nil, err
}
