package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"feedmill/article"
	"feedmill/catalog"
	"feedmill/config"
	"feedmill/feed"
	"feedmill/store"
)

func newBuild() *cobra.Command {
	var out string
	var recover bool
	cmd := &cobra.Command{
		Use:   "build --out DIR",
		Short: "Write every feed to a file, as serve would send it",
		Example: `  feedmill build --out public
  feedmill build --out public --state none --base-url https://example.org`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return usageError{errors.New("build: --out is missing"), "name the folder to write to: feedmill build --out public"}
			}
			return build(cmd, out, recover)
		},
	}
	addFlags(cmd, false)
	addRecover(cmd, &recover)
	cmd.Flags().StringVar(&out, "out", "", "folder to write to; files that need no change stay untouched")
	return cmd
}

func build(cmd *cobra.Command, out string, recover bool) error {
	snap, site, err := readOnce(cmd, recover)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(out)
	if err != nil {
		return err
	}
	defer root.Close()

	total := 1
	for sel := range snap.Selections() {
		for range papers(site.mill, sel) {
			total++
		}
	}
	tell, end := newProgress(cmd.ErrOrStderr(), "writing feeds")
	defer end()
	written, err := writeAll(cmd.Context(), root, snap, site.mill, tell, total)
	end()
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d documents of %d feeds in %s, %d of them new or changed\n", total, snap.Feeds(), out, written)
	return nil
}

// readOnce reads the articles that the command's configuration names, as they are now, logs their
// problems, and keeps what is new unless a daemon does.
func readOnce(cmd *cobra.Command, recover bool) (*catalog.Snapshot, *site, error) {
	cfg, err := load(cmd)
	if err != nil {
		return nil, nil, err
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
	kept, err := ownState(cfg, store.Visit, log, recover)
	if errors.Is(err, store.ErrInUse) {
		kept, err = readState(cfg)
	}
	if err != nil {
		return nil, nil, err
	}
	site, err := newSite(forOneLook(cfg), kept, log, logProblems(log), tell)
	if err != nil {
		return nil, nil, errors.Join(err, kept.close())
	}
	r, err := site.catalog.Apply(cmd.Context(), time.Now(), catalog.Change{Rescan: true})
	if err := errors.Join(err, r.Unkept, kept.close()); err != nil {
		return nil, nil, err
	}
	end()
	logProblems(log)(r.Problems)
	return site.catalog.Current(), site, nil
}

// lookOnce reads the articles as they are now, without a log, and keeps nothing.
func lookOnce(cmd *cobra.Command, cfg *config.Config, kept state, problems func([]article.Problem)) (*catalog.Snapshot, error) {
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
	problems(r.Problems)
	return site.catalog.Current(), err
}

// forOneLook is cfg for a command that takes one look at the articles, and has no time for doubts.
func forOneLook(cfg *config.Config) *config.Config {
	once := *cfg
	once.Watch.DeleteGrace = 0
	return &once
}

// paper is a document to be made and written.
type paper struct {
	format feed.Format
	path   string
	build  func(context.Context) (feed.Document, error)
}

// papers yields all documents of the feeds of sel.
func papers(mill *feed.Mill, sel *catalog.Selection) iter.Seq[paper] {
	return func(yield func(paper) bool) {
		for _, f := range mill.Formats(sel) {
			if !yield(paper{f, mill.Path(sel, f), func(ctx context.Context) (feed.Document, error) { return mill.Build(ctx, sel, f) }}) {
				return
			}
			for p := range sel.Pages() {
				page := func(ctx context.Context) (feed.Document, error) { return mill.BuildPage(ctx, sel, p, f) }
				if !yield(paper{f, mill.PagePath(sel, p.Name, f), page}) {
					return
				}
			}
		}
	}
}

// writeAll writes every document below root and returns how many files it had to write.
func writeAll(ctx context.Context, root *os.Root, snap *catalog.Snapshot, mill *feed.Mill, tell func(done, total int), total int) (int, error) {
	opml, err := mill.OPML(snap)
	if err != nil {
		return 0, err
	}
	changed, err := write(root, feed.OPMLPath, opml)
	if err != nil {
		return 0, err
	}
	var done, written atomic.Int64
	if changed {
		written.Add(1)
	}
	done.Add(1)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for sel := range snap.Selections() {
		for p := range papers(mill, sel) {
			g.Go(func() error {
				d, err := p.build(ctx)
				if err != nil {
					return err
				}
				changed, err := write(root, fileOf(p.path, p.format), d.Body)
				if changed {
					written.Add(1)
				}
				tell(int(done.Add(1)), total)
				return errors.Join(err, ctx.Err())
			})
		}
	}
	err = g.Wait()
	return int(written.Load()), err
}

// fileOf is where a document that is served at the path is written: a web server that is to serve
// the files must find those of folders.
func fileOf(address string, f feed.Format) string {
	if strings.HasSuffix(address, "/") {
		address += "index" + path.Ext(f.File())
	}
	return address
}

// write puts body at the path below root, whole or not at all, and reports whether it had to.
func write(root *os.Root, path string, body []byte) (changed bool, err error) {
	name := filepath.FromSlash(path[1:])
	if old, err := root.ReadFile(name); err == nil && bytes.Equal(old, body) {
		return false, nil
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return false, err
	}
	temporary := name + ".part"
	if err := root.WriteFile(temporary, body, 0o644); err != nil {
		return false, err
	}
	return true, root.Rename(temporary, name)
}
