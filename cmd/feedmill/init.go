package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"feedmill"
	"feedmill/article"
	"feedmill/catalog"
	"feedmill/config"
	"feedmill/preset"
)

func newInit() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a configuration for this folder, from what its generator says",
		Long: `Look at the folder, or at the one folder in it that is a generator's site, find out
which generator's, and write a commented config.yaml of what that generator's
configuration says. Nothing that is there is overwritten.

With --config the folder is that of the file, wherever the command is run; with
--content articles are looked for there alone. Paths are written as they lead from
the file to where they lead from here.`,
		Example: `  feedmill init
  feedmill init --base-url https://feeds.example.org
  feedmill init --content notes --config feedmill.yaml
  feedmill init --config ~/blog/config.yaml`,
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(cmd *cobra.Command, _ []string) error { return initialise(cmd, force) },
	}
	addFlags(cmd, false)
	cmd.Flags().BoolVar(&force, "force", false, "write anew what is there")
	return cmd
}

func initialise(cmd *cobra.Command, force bool) error {
	src := sourceOf(cmd)
	given := map[string]string{}
	for _, f := range src.Flags {
		given[f.Key] = f.Value
	}
	root := filepath.Dir(src.File)
	if _, err := os.Stat(root); err != nil {
		return hinted{fmt.Errorf("folder of the configuration: %w", err), "create it, or name a file in another one with --config"}
	}
	dir, found, err := findContent(root, given["content.dir"])
	if err != nil {
		return err
	}
	if err := readable(filepath.Join(root, dir), found); err != nil {
		return err
	}
	if err := mayWrite(src.File, found, force); err != nil {
		return err
	}
	all := takings(root, dir, found, given)
	cfg, all, err := writeConfig(src, found, all)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "Found: %s, by %s.\n\n", found.Name, signs(found))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, t := range all {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", t.key, short(t.shown), t.from)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%s is written.\n", src.File)
	with := "" // what other commands need, to find it
	if src.File != "config.yaml" {
		with = " --config " + shellWord(src.File)
	}
	if err := showItems(cmd, cfg, with); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nNext: feedmill serve%s\n", with)
	if _, ok := given["base_url"]; !ok {
		fmt.Fprintf(out, "Before others subscribe, set base_url to the address at which they reach feedmill.\n")
	}
	return nil
}

// short is the beginning of s on one line, so that a table stays one on a terminal.
func short(s string) string {
	const most = 70
	line := []rune(strings.Join(strings.Fields(s), " "))
	if len(line) <= most {
		return string(line)
	}
	return string(line[:most-1]) + "…"
}

// mayWrite tells whether the configuration may be written to the file.
func mayWrite(file string, found *preset.Preset, force bool) error {
	is, err := os.Stat(file)
	if err != nil {
		return nil // writing tells what is wrong
	}
	for _, other := range found.Files {
		if fi, err := os.Stat(other); err == nil && os.SameFile(is, fi) {
			return hinted{fmt.Errorf("%s is the configuration of %s", file, found.Name), "write to another file: feedmill init --config feedmill.yaml"}
		}
	}
	if !force {
		return hinted{fmt.Errorf("%s is there already", file), "feedmill init --force writes it anew; if it is another program's, feedmill init --config feedmill.yaml writes beside it"}
	}
	return nil
}

// findContent finds the folder of articles below root, unless one is given.
func findContent(root, given string) (dir string, found *preset.Preset, err error) {
	if given != "" {
		if err := checkContent(given); err != nil {
			return "", nil, err
		}
		found, err = preset.Find(preset.Options{Dir: given, Name: preset.Auto})
		return relative(root, given), found, err
	}
	site, found, err := findSite(root)
	if err != nil {
		return "", nil, err
	}
	for _, dir := range []string{found.Origin.Content, "content"} {
		if fi, err := os.Stat(filepath.Join(root, site, dir)); dir == "" || err != nil || !fi.IsDir() {
			continue
		}
		inner, err := preset.Find(preset.Options{Dir: filepath.Join(root, site, dir), Name: preset.Auto})
		if err == nil && inner.Name == found.Name {
			return filepath.Join(site, dir), inner, nil
		}
	}
	return site, found, nil
}

// findSite finds the root of the site: root itself, or a folder in it where the configuration of a
// generator lies there and not here.
func findSite(root string) (site string, found *preset.Preset, err error) {
	found, err = preset.Find(preset.Options{Dir: root, Name: preset.Auto})
	if err != nil || len(found.Files) > 0 {
		return ".", found, err
	}
	switch sites := preset.Below(root); len(sites) {
	case 0:
		return ".", found, nil
	case 1:
		found, err = preset.Find(preset.Options{Dir: filepath.Join(root, sites[0]), Name: preset.Auto})
		return sites[0], found, err
	default:
		return "", nil, hinted{fmt.Errorf("there are several sites here, in %s", strings.Join(sites, ", ")), "run feedmill init in one of them; feedmill init --content . takes the whole folder for one"}
	}
}

// relative is the path of dir as it is written in a configuration in root.
func relative(root, dir string) string {
	from, err := filepath.Abs(root)
	to, err2 := filepath.Abs(dir)
	rel, err3 := filepath.Rel(from, to)
	if errors.Join(err, err2, err3) != nil {
		return dir
	}
	return rel
}

func signs(found *preset.Preset) string {
	return cmp.Or(strings.Join(found.Files, ", "), "the look of the folder")
}

// writeConfig writes the configuration, if it is valid, whole or not at all. What no valid
// configuration can hold is left out, and the takings returned say so, but for what flags say.
func writeConfig(src config.Source, found *preset.Preset, all []taking) (*config.Config, []taking, error) {
	head := fmt.Sprintf("The configuration of feedmill, as feedmill init has made it by %s.", signs(found))
	part := src.File + ".part"
	defer os.Remove(part)
	for {
		values := map[string]string{}
		for _, t := range all {
			if t.yaml != "" {
				values[t.key] = t.yaml
			}
		}
		if err := os.WriteFile(part, config.Fill(feedmill.Reference, head, values), 0o644); err != nil {
			return nil, nil, hinted{err, "make the folder writable for this user, or name a file in another one with --config"}
		}
		cfg, err := config.Load(config.Source{File: part, Required: true, Flags: src.Flags})
		if err == nil {
			return cfg, all, os.Rename(part, src.File)
		}
		i := slices.IndexFunc(all, func(t taking) bool { return t.yaml != "" && strings.Contains(err.Error(), ": "+t.key) })
		if i < 0 {
			return nil, nil, misconfigured(err)
		}
		all[i].yaml, all[i].from = "", all[i].from+", left out: it is not valid here"
	}
}

// showItems shows what begins the feed of the site. Commands that it names are called with the flags.
func showItems(cmd *cobra.Command, cfg *config.Config, flags string) error {
	const most = 5
	problems := 0
	tally := func(ps []article.Problem) { problems += len(ps) }
	site, err := lookOnce(cmd, cfg, noState(), tally)
	if err != nil {
		return err
	}
	snap := site.catalog.Current()
	if snap == nil || snap.Articles == 0 {
		why, hint := site.none(time.Now())
		out := cmd.OutOrStdout()
		fmt.Fprintf(out, "\nNo article is found in %s: %s.\n%s %s.\n", cfg.Content.Dir, why, newPainter(out).cyan("hint:"), hint)
		return nil
	}
	entries := snap.Site.Entries[:min(most, len(snap.Site.Entries))]
	fmt.Fprintf(cmd.OutOrStdout(), "\nThe feed begins with these of %s:\n\n", count(snap.Articles, "article"))
	if err := writeItems(cmd.OutOrStdout(), entries); err != nil || problems == 0 {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "\n%s in the files: feedmill check%s tells more.\n", count(problems, "problem"), flags)
	return nil
}

func writeItems(out io.Writer, entries []*catalog.Entry) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, e := range entries {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", e.Published.Format(time.DateOnly), e.Title, e.URL)
	}
	return w.Flush()
}
