package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"feedmill/config"
	"feedmill/hub"
	"feedmill/hub/local"
	"feedmill/hub/postgres"
	"feedmill/internal/statefile"
)

// subscriptions is where those of this process are kept, once the first site wants a hub.
type subscriptions struct {
	store hub.Store // of all sites; nil: not opened
}

// open opens them, and returns those of a site. What is damaged is set aside if in says so, else it is an error.
func (s *subscriptions) open(cfg *config.Config, in state, log *slog.Logger) (hub.Store, error) {
	if s.store != nil {
		return ofSite(s.store, cfg), nil
	}
	var err error
	s.store, err = openSubscriptions(cfg, in.keep != nil)
	if errors.Is(err, statefile.ErrDamaged) && in.setAside {
		var aside string
		if aside, err = statefile.SetAside(subscriptionsFile(cfg), time.Now()); err == nil {
			log.Warn("subscriptions", "problem", "their file was damaged: it begins anew, and subscribers are sent nothing until they subscribe again", "kept", aside)
			s.store, err = openSubscriptions(cfg, true)
		}
	}
	return ofSite(s.store, cfg), err
}

// ofSite is what the store has of a site, where that shares it with others.
func ofSite(s hub.Store, cfg *config.Config) hub.Store {
	if shared, ok := s.(*postgres.Store); ok {
		base := *cfg.BaseURL
		base.RawPath = "" // as in the addresses of feeds
		return shared.Of(base.String())
	}
	return s
}

func subscriptionsFile(cfg *config.Config) string { return filepath.Join(cfg.State, "hub.db") }

func (s *subscriptions) close(log *slog.Logger) {
	if s.store == nil {
		return
	}
	if err := s.store.Close(); err != nil {
		log.Error("subscriptions", "error", err)
	}
}

// openSubscriptions opens the store that hub.store names. Without a state folder, or one in which
// nothing can be kept, it forgets.
func openSubscriptions(cfg *config.Config, keeps bool) (hub.Store, error) {
	switch {
	case cfg.Hub.Store != "":
		s, err := postgres.Open(cfg.Hub.Store)
		if err != nil {
			return nil, fmt.Errorf("hub.store: %w", err)
		}
		return s, nil
	case cfg.State == "" || !keeps:
		return local.New(nil), nil
	}
	if err := os.MkdirAll(cfg.State, 0o755); err != nil {
		return nil, err
	}
	s, err := local.Open(subscriptionsFile(cfg), nil)
	switch {
	case errors.Is(err, statefile.ErrInUse):
		return nil, hinted{err, "end the daemon first: only in PostgreSQL are subscriptions open to several"}
	case errors.Is(err, statefile.ErrDamaged):
		return nil, hinted{err, "put a backup in its place, or start serve once with --recover: it is set aside then, and subscribers are sent nothing until they subscribe again"}
	case errors.Is(err, statefile.ErrNewer):
		return nil, hinted{err, "run the newer version, or name another folder with --state"}
	case err != nil:
		return nil, err
	}
	return s, nil
}

func newHub() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hub",
		Short: "Take the hub's subscriptions from one store to another",
		Long: `The hub's subscriptions are where hub.store says. As a file they are a line of JSON each, with
their secrets: whoever can read it can speak to subscribers in this site's name.`,
		Example: `  feedmill hub export subscriptions.jsonl
  feedmill hub import --config shared.yaml subscriptions.jsonl`,
		Args: onlyCommands,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },

		SuggestionsMinimumDistance: 2,
	}
	cmd.AddCommand(newTransfer("export", "Write all subscriptions to a file, or to standard output for -", openExisting, exportTo),
		newTransfer("import", "Add the subscriptions of a file, or of standard input for -, or renew them", openKept, importFrom))
	return cmd
}

// openKept opens the subscriptions that a configuration with a state folder or a database names.
func openKept(cfg *config.Config) (hub.Store, error) {
	s, err := openSubscriptions(cfg, true)
	return ofSite(s, cfg), err
}

// openExisting is [openKept] where there have been subscriptions: what was looked for in the wrong folder must
// not look like none.
func openExisting(cfg *config.Config) (hub.Store, error) {
	if cfg.Hub.Store == "" {
		if _, err := os.Stat(subscriptionsFile(cfg)); err != nil {
			return nil, hinted{err, "name the state folder of the daemon with --state or --config; where nobody could subscribe yet there is nothing to export"}
		}
	}
	return openKept(cfg)
}

// newTransfer returns a command that does something with the subscriptions, which open opens, and a file.
func newTransfer(name, short string, open func(*config.Config) (hub.Store, error), do func(*cobra.Command, hub.Store, string) (int, error)) *cobra.Command {
	cmd := &cobra.Command{
		Use:     name + " FILE",
		Short:   short,
		Example: "  feedmill hub " + name + " subscriptions.jsonl",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{fmt.Errorf("hub %s: want one file, have %d", name, len(args)), "name a file, or - for standard input and output: feedmill hub " + name + " subscriptions.jsonl"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := load(cmd)
			if err != nil {
				return err
			}
			if cfg.Hub.Store == "" && cfg.State == "" {
				return hinted{fmt.Errorf("hub %s: there is no state folder", name), "name one with --state, or a database with hub.store"}
			}
			s, err := open(cfg)
			if err != nil {
				return fmt.Errorf("hub %s: %w", name, err)
			}
			n, err := do(cmd, s, args[0])
			if err := errors.Join(err, s.Close()); err != nil {
				return fmt.Errorf("hub %s: %s: %w", name, args[0], err)
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%s\n", count(n, "subscription"))
			return nil
		},
	}
	addFlags(cmd, false)
	return cmd
}

func exportTo(cmd *cobra.Command, s hub.Store, name string) (int, error) {
	tell, end := newProgress(cmd.ErrOrStderr(), "writing subscriptions")
	defer end()
	total := 0
	byTopic, _, err := s.Count(cmd.Context())
	if err != nil {
		return 0, err
	}
	for _, n := range byTopic {
		total += n
	}
	write := func(w io.Writer) (int, error) {
		return hub.Export(cmd.Context(), s, w, func(done int) { tell(done, max(done, total)) })
	}
	if name == "-" {
		return write(cmd.OutOrStdout())
	}
	return replace(name, write)
}

// replace puts what write writes in the place of a file, once it is all on the disk. Only its owner
// may read it.
func replace(name string, write func(io.Writer) (int, error)) (int, error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*") // which are 0600
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	n, err := write(f)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return n, err
	}
	return n, os.Rename(f.Name(), name)
}

func importFrom(cmd *cobra.Command, s hub.Store, name string) (int, error) {
	if name == "-" {
		return hub.Import(cmd.Context(), s, whileWanted(cmd.Context(), cmd.InOrStdin()), nil)
	}
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return 0, err
	}
	tell, end := newProgress(cmd.ErrOrStderr(), "reading subscriptions, KiB")
	defer end()
	counted := &counter{r: f}
	return hub.Import(cmd.Context(), s, counted, func(int) { tell(int(counted.n>>10), int(fi.Size()>>10)+1) })
}

// whileWanted reads r until ctx is done, also where r gives nothing and does not end, as a terminal does.
func whileWanted(ctx context.Context, r io.Reader) io.Reader {
	out, in := io.Pipe()
	go func() { // which may wait for r until the process ends
		_, err := io.Copy(in, r)
		in.CloseWithError(err)
	}()
	context.AfterFunc(ctx, func() { in.CloseWithError(context.Cause(ctx)) })
	return out
}

// counter counts the bytes that are read of r.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
