package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
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
	"feedmill/config"
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
			write := checkFormats[format]
			if write == nil {
				return usageError{fmt.Errorf("--format: want text, json or github, have %q", format), "feedmill check --format json"}
			}
			return check(cmd, args, write)
		},
	}
	addFlags(cmd, false)
	cmd.Flags().StringVar(&format, "format", "text", "text, json, or github: annotations of a GitHub workflow")
	complete(cmd, "format", "text", "json", "github")
	return cmd
}

// checked is the answer of check in JSON.
type checked struct {
	catalog.Census
	Problems []article.Problem `json:"problems"`
}

// checkFormats are the ways to tell the problems of a check.
var checkFormats = map[string]func(w io.Writer, dir string, c checked) error{
	"text":   writeText,
	"json":   writeJSON,
	"github": writeGitHub,
}

// writeText tells problems as compilers do, with paths that an editor can open.
func writeText(w io.Writer, dir string, c checked) error {
	paint := newPainter(w)
	for _, p := range c.Problems {
		p.Path = filepath.Join(dir, filepath.FromSlash(p.Path))
		line := p.String()
		if p.Severity == article.Error {
			line = paint.red(line)
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

func writeJSON(w io.Writer, _ string, c checked) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(c)
}

// writeGitHub tells problems as annotations of a workflow of GitHub Actions.
func writeGitHub(w io.Writer, dir string, c checked) error {
	message := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, p := range c.Problems {
		file := filepath.ToSlash(filepath.Join(dir, filepath.FromSlash(p.Path)))
		if _, err := fmt.Fprintf(w, "::%s file=%s,line=%d::%s\n", p.Severity, property.Replace(file), p.Line, message.Replace(p.Message)); err != nil {
			return err
		}
	}
	return nil
}

func check(cmd *cobra.Command, paths []string, write func(io.Writer, string, checked) error) error {
	cfg, err := load(cmd)
	if err != nil {
		return err
	}
	if _, err := bring(cmd.Context(), cfg, true, newLogger(cmd, cmd.ErrOrStderr(), slog.LevelWarn), cmd.ErrOrStderr()); err != nil {
		return err
	}
	wanted, err := wantedPaths(cfg.Content.Dir, paths)
	if err != nil {
		return err
	}
	c, err := examine(cmd, cfg, wanted)
	if err != nil {
		return err
	}
	if err := write(cmd.OutOrStdout(), cfg.Content.Dir, c); err != nil {
		return err
	}
	errs := 0
	for _, p := range c.Problems {
		if p.Severity == article.Error {
			errs++
		}
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s; %s, %s\n", summary(c.Census), count(errs, "error"), count(len(c.Problems)-errs, "warning"))
	if errs > 0 {
		return errFound
	}
	return nil
}

// examine reads and renders all articles, and tells the problems of the paths that are wanted.
func examine(cmd *cobra.Command, cfg *config.Config, wanted func(path string) bool) (checked, error) {
	var mu sync.Mutex
	problems := []article.Problem{} // in JSON a list, also where there are none
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
	if err := checkContent(cfg.Content.Dir); err != nil {
		return checked{}, err
	}
	kept, err := readState(cmd.Context(), cfg)
	if err != nil {
		return checked{}, err
	}
	site, err := newSite(forOneLook(cfg), kept, slog.New(slog.DiscardHandler), collect, tell)
	if u, ok := errors.AsType[unread](err); ok {
		return checked{Problems: u.problems}, nil // which files are articles is not certain
	}
	if err != nil {
		return checked{}, err
	}
	now := time.Now()
	r, err := site.catalog.Apply(cmd.Context(), now, catalog.Change{Rescan: true})
	if err != nil {
		return checked{}, err
	}
	end()
	collect(site.problems)
	collect(r.Problems)
	if err := site.renderAll(cmd, site.catalog.Current()); err != nil {
		return checked{}, err
	}
	slices.SortFunc(problems, article.Problem.Compare)
	return checked{site.catalog.Census(now), problems}, nil
}

// summary tells a census in a sentence that leaves out what there is none of.
func summary(c catalog.Census) string {
	s := fmt.Sprintf("%s: %d in the feeds", count(c.Files, "file"), c.Articles)
	for _, part := range []struct {
		n    int
		what string
	}{
		{c.Hidden, "hidden by their authors"}, {c.Future, "dated in the future"}, {c.Expired, "expired"},
		{c.Others, "no article to the site"}, {c.Broken, "broken"},
	} {
		if part.n > 0 {
			s += fmt.Sprintf(", %d %s", part.n, part.what)
		}
	}
	return s
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
			if err := ctx.Err(); err != nil {
				return err
			}
			_, err := s.mill.Content(ctx, e)
			tell(int(done.Add(1)), snap.Articles)
			return err
		})
	}
	return g.Wait()
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
		if _, err := os.Lstat(abs); err != nil {
			return nil, usageError{err, "name files or folders below the content folder " + dir + ", or nothing for all of it"}
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
