package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"feedmill/article"
	"feedmill/catalog"
	"feedmill/config"
	"feedmill/feed"
	"feedmill/preset"
)

// site is the stages of the pipeline that every command which reads articles needs.
type site struct {
	cfg      *config.Config
	catalog  *catalog.Catalog
	mill     *feed.Mill
	language string                   // of articles that name none
	attached func(path string) string // see article.Layout
	preset   string                   // name of it
	takes    string                   // what it makes articles of, see preset.Preset
	read     []string                 // files of the generator's configuration
	files    []string                 // the same, also those that may come into being
	problems []article.Problem        // of that configuration

	keepFiles func(context.Context) error         // keeps what is known of the content files for the next start
	fold      func() (more bool, err error)       // see state
	behind    func(context.Context) (bool, error) // whether other replicas have kept something; nil: there are none

	following // where it is served
}

// checkContent tells whether there is a content folder.
func checkContent(dir string) error {
	fi, err := os.Stat(dir)
	switch {
	case err != nil:
		return hinted{fmt.Errorf("content folder: %w", err), "create it, or name another one with --content or content.dir"}
	case !fi.IsDir():
		return hinted{fmt.Errorf("content folder: %s is a file", dir), "name the folder that it lies in"}
	}
	return nil
}

// newSite builds the stages that cfg describes, on what earlier runs have kept. problems is told what
// turns up when articles are rendered, progress of files read.
func newSite(cfg *config.Config, kept state, log *slog.Logger, problems func([]article.Problem), progress func(done, total int)) (*site, error) {
	for _, assumption := range cfg.Assumed {
		log.Info("assumed", "what", assumption)
	}
	found, err := findPreset(cfg, log)
	if err != nil {
		return nil, err
	}
	title := cfg.Title
	if title == "" {
		var from string
		title, from = usualTitle(cfg, found)
		log.Info("assumed", "what", "title is not set: assuming "+title+", "+from)
	}
	language := cmp.Or(cfg.Language, found.Language, "en")
	parser := article.New(parserOptions(cfg, found, kept))
	articles := catalogOptions(cfg, kept)
	articles.Parser, articles.Language, articles.Progress = parser, language, progress
	documents := feedOptions(cfg)
	documents.Title, documents.Parser, documents.Language, documents.Problems = title, parser, language, problems
	var c *catalog.Catalog
	documents.Text = func(e *catalog.Entry) ([]byte, error) { return c.Text(e) }
	mill, err := feed.New(documents)
	if err != nil {
		return nil, err
	}
	articles.Settings = mill.Settings
	key, err := filesKey(cfg, found)
	if err != nil {
		return nil, err
	}
	if c, err = recall(articles, kept, key); err != nil {
		return nil, err
	}
	keep := kept.keepFiles
	keepFiles := func(ctx context.Context) error {
		if keep == nil || !c.Bulky() {
			return nil
		}
		return keep(key, func(to io.Writer) error { return c.WriteFiles(ctx, to) })
	}
	return &site{cfg: cfg, keepFiles: keepFiles, fold: kept.fold, behind: kept.behind, catalog: c, mill: mill, language: language, attached: found.Layout.Attached, preset: found.Name, takes: found.Takes, read: found.Files, files: found.Sought, problems: found.Problems}, nil
}

// recall makes the catalog, which goes on from what an earlier run knew of the content files, if one with
// this key did.
func recall(o catalog.Options, kept state, key [sha256.Size]byte) (*catalog.Catalog, error) {
	defer uncollected()()
	if kept.files != nil {
		if files := kept.files(key); files != nil {
			o.Recalled = catalog.Recall(files, o)
			files.Close()
		}
	}
	if kept.load != nil {
		var err error
		if o.Kept, err = kept.load(o.Recalled.Tells); err != nil {
			return nil, err
		}
	}
	return catalog.New(o), nil
}

// urls are the addresses of the documents of all the selections.
func (s *site) urls(selections iter.Seq[*catalog.Selection]) []string {
	var urls []string
	for sel := range selections {
		for _, f := range s.mill.Formats(sel) {
			urls = append(urls, s.mill.URL(sel, f))
		}
	}
	return urls
}

// findPreset finds out how the content is laid out, and says so. What the site's own configuration
// tells only fills what ours leaves out.
func findPreset(cfg *config.Config, log *slog.Logger) (*preset.Preset, error) {
	c := cfg.Content
	known := slices.Compact(slices.Sorted(slices.Values(slices.Concat(article.Facts(), c.Taxonomies))))
	var mistakes []error
	for _, fact := range slices.Sorted(maps.Keys(c.Fields)) {
		if !slices.Contains(known, fact) {
			mistakes = append(mistakes, cfg.Mistake("content.fields", fmt.Sprintf("unknown fact %q: want %s", fact, strings.Join(known, " "))))
		}
	}
	found, err := preset.Find(preset.Options{Dir: c.Dir, Name: c.Preset, Permalinks: c.Permalinks})
	var wrong preset.Mistakes
	if !errors.As(err, &wrong) && err != nil {
		return nil, err
	}
	for _, m := range wrong {
		mistakes = append(mistakes, cfg.Mistake(m.Key, m.Text))
	}
	if mistakes != nil {
		return nil, misconfigured(errors.Join(mistakes...))
	}
	if err := readable(c.Dir, found); err != nil {
		return nil, err
	}
	from := "the look of the tree"
	if len(found.Files) > 0 {
		from = strings.Join(found.Files, ", ")
	}
	log.Info("site", "preset", found.Name, "from", from)
	for _, p := range found.Problems {
		log.Warn("site", "path", filepath.Join(c.Dir, filepath.FromSlash(p.Path)), "line", p.Line, "problem", p.Message)
	}
	return found, nil
}

// readable tells what of the generator's configuration can't be read. Nothing goes on then, as with
// mistakes in our own: every article could have another address and, where no state is kept, another id,
// which subscribers are not to see. What a generator reads nevertheless can be written so that both do.
func readable(dir string, found *preset.Preset) error {
	errs := slices.DeleteFunc(slices.Clone(found.Problems), func(p article.Problem) bool { return p.Severity != article.Error })
	if len(errs) == 0 {
		return nil
	}
	return hinted{unread{dir, errs}, "the configuration of " + found.Name + " makes the addresses of articles, so it must be readable, as a whole"}
}

// unread is the error of a site whose generator's configuration can't be read.
type unread struct {
	dir      string // that of the articles
	problems []article.Problem
}

func (u unread) Error() string {
	lines := make([]string, len(u.problems))
	for i, p := range u.problems {
		p.Path = filepath.Join(u.dir, filepath.FromSlash(p.Path))
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// logProblems returns a function that logs problems.
func logProblems(log *slog.Logger) func([]article.Problem) {
	return func(ps []article.Problem) {
		for _, p := range ps {
			tell := log.Error
			if p.Severity == article.Warning {
				tell = log.Warn
			}
			tell("article", "path", p.Path, "line", p.Line, "problem", p.Message)
		}
	}
}
