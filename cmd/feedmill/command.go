package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"feedmill/config"
)

// flags are those that stand for a key of the configuration.
var flags = []struct {
	name, key, usage string
	serveOnly        bool
}{
	{"content", "content.dir", "folder of the articles", false},
	{"base-url", "base_url", "URL where the feeds are served", false},
	{"site-url", "site_url", "URL where the articles are read", false},
	{"state", "state", `folder for what must never be forgotten, or "none"`, false},
	{"listen", "server.listen", "address to serve feeds on", true},
	{"admin", "server.admin", `address of the admin listener, or "none"`, true},
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "feedmill",
		Short: "Serve RSS, Atom and JSON feeds of a folder of Markdown articles",
		Example: `  feedmill init     # look at this folder, write config.yaml
  feedmill serve    # serve its feeds on http://localhost:8080/`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       versionLine(),
		Args:          onlyCommands,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },

		SuggestionsMinimumDistance: 2,
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(newHelp())
	addLogging(root)
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		_, err := loggingOf(cmd)
		return err
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{err, `"` + cmd.CommandPath() + ` --help" lists the flags`}
	})
	root.AddCommand(newInit(), newServe(), newBuild(), newCheck(), newCompare(), newHub(), newRebuild(), newHealthcheck(), newVersion(), newCompletion(), newMan())
	return root
}

// complete tells the shell what a flag may be.
func complete(cmd *cobra.Command, flag string, values ...string) {
	if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // can't be: the flag is there
	}
}

// completeFile tells the shell that a flag is a file with one of these endings.
func completeFile(cmd *cobra.Command, flag string, endings ...string) {
	if err := cmd.MarkFlagFilename(flag, endings...); err != nil {
		panic(err) // can't be: the flag is there
	}
}

// completeFolder tells the shell that a flag is a folder.
func completeFolder(cmd *cobra.Command, flag string) {
	if err := cmd.MarkFlagDirname(flag); err != nil {
		panic(err) // can't be: the flag is there
	}
}

// noArgs refuses arguments.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("%q takes no arguments, have %q", cmd.CommandPath(), args[0]), `"` + cmd.CommandPath() + ` --help" tells more`}
	}
	return nil
}

// addFlags adds the flags that stand for keys of the configuration. Those that say where to
// listen go with the commands that serve or look for a daemon that does.
func addFlags(cmd *cobra.Command, listening bool) {
	fs := cmd.Flags()
	fs.String("config", "", `configuration file (default "config.yaml", where there is one)`)
	completeFile(cmd, "config", "yaml", "yml")
	for _, f := range flags {
		if !listening && f.serveOnly {
			continue
		}
		fs.String(f.name, "", f.usage)
		if f.name == "content" || f.name == "state" {
			completeFolder(cmd, f.name)
		} else {
			complete(cmd, f.name)
		}
	}
}

// load reads the configuration that the command line, the environment and the file make together.
func load(cmd *cobra.Command) (*config.Config, error) { return loadFrom(sourceOf(cmd)) }

// sourceOf is where the command's configuration comes from.
func sourceOf(cmd *cobra.Command) config.Source {
	src := config.Source{File: "config.yaml", Env: os.LookupEnv}
	if file, ok := os.LookupEnv("FEEDMILL_CONFIG"); ok && file != "" {
		src.File, src.Required = file, true
	}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Name == "config" {
			src.File, src.Required = f.Value.String(), true
		}
		for _, known := range flags {
			if known.name == f.Name {
				src.Flags = append(src.Flags, config.Override{Key: known.key, Name: "--" + f.Name, Value: f.Value.String()})
			}
		}
	})
	return src
}

func loadFrom(src config.Source) (*config.Config, error) {
	cfg, err := config.Load(src)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, hinted{err, "write it with: feedmill init --config " + shellWord(src.File) + ", or run without --config on defaults, FEEDMILL_* variables and flags"}
	}
	if errors.Is(err, syscall.EISDIR) {
		return nil, hinted{err, "name the file in it: --config " + shellWord(filepath.Join(src.File, "config.yaml"))}
	}
	if err != nil {
		return nil, misconfigured(err)
	}
	return cfg, nil
}

// shellWord is s as it is typed into a shell.
func shellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

var plainWord = regexp.MustCompile(`^[\pL\pN_@%+=:,./-]+$`)

// misconfigured is an error that tells mistakes in the configuration: those of flags are wrong use.
func misconfigured(mistakes error) error {
	const keys = "docs/CONFIGURATION.md of the project explains every key"
	ofFlags, ofFile := true, false
	for line := range strings.Lines(mistakes.Error()) {
		flag := strings.HasPrefix(line, "--")
		ofFlags = ofFlags && flag
		ofFile = ofFile || !flag && !strings.HasPrefix(line, "FEEDMILL_")
	}
	switch {
	case ofFlags:
		return usageError{mistakes, keys + ", and so what a flag may be"}
	case !ofFile:
		return hinted{mistakes, keys + ", and so what a variable may be"}
	}
	return hinted{mistakes, keys + "; if the file is another program's, \"feedmill init --config feedmill.yaml\" writes one beside it"}
}
