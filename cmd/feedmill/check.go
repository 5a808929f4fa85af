package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"feedmill/article"
	"feedmill/catalog"
)

func newCheck() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Tell every problem of the articles",
		Example: `  feedmill check
  feedmill check content/posts/new.md
  feedmill check --format json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return usageError{fmt.Errorf("--format: want text or json, have %q", format), "feedmill check --format json"}
			}
			return check(cmd, args, format == "json")
		},
	}
	addFlags(cmd, false)
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

// checked is the answer of check in JSON.
type checked struct {
	Files    int               `json:"files"`    // that may be articles
	Articles int               `json:"articles"` // in the feeds
	Problems []article.Problem `json:"problems"`
}

func check(cmd *cobra.Command, paths []string, asJSON bool) error {
	cfg, err := load(cmd)
	if err != nil {
		return err
	}
	wanted, err := wantedPaths(cfg.Content.Dir, paths)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var problems []article.Problem
	collect := func(ps []article.Problem) {
		mu.Lock()
		defer mu.Unlock()
		for _, p := range ps {
			if wanted(p.Path) {
				problems = append(problems, p)
			}
		}
	}
	tell, end := newProgress(cmd.ErrOrStderr(), "reading articles")
	defer end()
	site, err := newSite(cfg, slog.New(slog.DiscardHandler), collect, tell)
	if err != nil {
		return err
	}
	r, err := site.catalog.Apply(cmd.Context(), time.Now(), catalog.Change{Rescan: true})
	if err != nil {
		return err
	}
	end()
	collect(r.Problems)
	snap := site.catalog.Current()
	if err := site.renderAll(cmd, snap); err != nil {
		return err
	}
	slices.SortFunc(problems, article.Problem.Compare)

	if asJSON {
		e := json.NewEncoder(cmd.OutOrStdout())
		e.SetIndent("", "  ")
		err = e.Encode(checked{Files: r.Scanned, Articles: snap.Articles, Problems: append([]article.Problem{}, problems...)})
	} else {
		err = tellProblems(cmd, cfg.Content.Dir, problems)
	}
	if err != nil {
		return err
	}
	errs := 0
	for _, p := range problems {
		if p.Severity == article.Error {
			errs++
		}
	}
	if !asJSON {
		fmt.Fprintf(cmd.ErrOrStderr(), "%d files, %d articles in the feeds; %d errors, %d warnings\n",
			r.Scanned, snap.Articles, errs, len(problems)-errs)
	}
	if errs > 0 {
		return errFound
	}
	return nil
}

// renderAll makes the HTML of every article, for the problems that only then turn up.
func (s *site) renderAll(cmd *cobra.Command, snap *catalog.Snapshot) error {
	tell, end := newProgress(cmd.ErrOrStderr(), "rendering articles")
	defer end()
	g, ctx := errgroup.WithContext(cmd.Context())
	g.SetLimit(runtime.GOMAXPROCS(0))
	var done atomic.Int64
	for e := range snap.Entries() {
		g.Go(func() error {
			_, err := s.mill.Content(ctx, e)
			tell(int(done.Add(1)), snap.Articles)
			return err
		})
	}
	return g.Wait()
}

// tellProblems prints the problems as compilers do, with paths that an editor can open.
func tellProblems(cmd *cobra.Command, dir string, problems []article.Problem) error {
	for _, p := range problems {
		p.Path = filepath.Join(dir, filepath.FromSlash(p.Path))
		if _, err := fmt.Fprintln(cmd.OutOrStdout(), p); err != nil {
			return err
		}
	}
	return nil
}

// wantedPaths returns which paths below dir the arguments of a check name; without any, all.
func wantedPaths(dir string, args []string) (func(path string) bool, error) {
	if len(args) == 0 {
		return func(string) bool { return true }, nil
	}
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	var wanted []string
	for _, arg := range args {
		abs, err := filepath.Abs(arg)
		if err != nil {
			return nil, err
		}
		rel, err := filepath.Rel(root, abs)
		if err != nil || !filepath.IsLocal(rel) {
			return nil, usageError{fmt.Errorf("%s lies outside of the content folder %s", arg, dir), "name the folder with --content"}
		}
		wanted = append(wanted, filepath.ToSlash(rel))
	}
	return func(path string) bool {
		return slices.ContainsFunc(wanted, func(w string) bool {
			return w == "." || path == w || strings.HasPrefix(path, w+"/")
		})
	}, nil
}
