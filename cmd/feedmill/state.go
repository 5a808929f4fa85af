package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"feedmill/catalog"
	"feedmill/config"
	"feedmill/preset"
	"feedmill/store"
)

// state is what earlier runs have kept of the site, and where this one keeps what is new.
type state struct {
	kept  store.State
	load  func(told func(path []byte, sum store.Digest) bool) (store.State, error) // what is kept, as [store.Store.LoadRest] does; nil: kept is
	keep  func(store.Changes) error                                                // nil: nothing is kept
	fold  func() (more bool, err error)                                            // makes it quick to read and to write, as [store.Store.Fold] does; nil: it is
	close func() error

	written func() int64 // rises while something is written, as [store.Store.Written] does; nil: nobody can tell

	files     func(key [sha256.Size]byte) io.ReadCloser                      // what an earlier run knew of the content files; nil: nothing
	keepFiles func(key [sha256.Size]byte, write func(io.Writer) error) error // for the next one; nil: nothing is kept

	// Where several feedmills share it; see [catalog.Options.Turn] and [postgres.Replica.Behind]. Nil: they do not.
	turn     func(context.Context) (store.Changes, error)
	behind   func(context.Context) (bool, error)
	setAside bool // damaged files of the folder are set aside

	of     func(site string) (state, error) // the same for the site of that key, as it is now
	before *catalog.Snapshot                // that was served before, if any was

	problem string // why nothing is kept where something was to be; "": it is, or was not to be
}

// addRecover adds the flag that lets [ownState] set a damaged file aside.
func addRecover(cmd *cobra.Command, setAside *bool) {
	cmd.Flags().BoolVar(setAside, "recover", false, "set damaged files of the state folder aside and begin anew")
}

func noState() state {
	return state{
		close: func() error { return nil },
		of:    func(string) (state, error) { return noState(), nil },
	}
}

// siteKey tells the sites apart that share a state folder. A site that moves as a whole stays the
// same one.
func siteKey(cfg *config.Config) string {
	rel, err := filepath.Rel(cfg.State, cfg.Content.Dir)
	if err != nil {
		return cfg.Content.Dir
	}
	return filepath.ToSlash(rel)
}

// opener is [store.Visit], or another way to own a state file.
type opener func(dir, site string) (*store.Store, error)

// ownState becomes the owner of the state folder, by way of open. A damaged file is set aside if setAside says so,
// else it is an error, lest what it may still hold is forgotten. The folder that is assumed where
// none is given need not be writable: without it nothing is kept.
func ownState(cfg *config.Config, open opener, log *slog.Logger, setAside bool) (state, error) {
	if cfg.Store != "" {
		return shareState(cfg, moveIn(cfg, log))
	}
	if cfg.State == "" {
		return noState(), nil
	}
	s, err := open(cfg.State, siteKey(cfg))
	if errors.Is(err, store.ErrDamaged) && setAside {
		var aside string
		if aside, err = store.SetAside(cfg.State, time.Now()); err == nil {
			log.Warn("state", "problem", "it was damaged: it begins anew, and ids of articles that had moved are forgotten", "kept", aside)
			s, err = open(cfg.State, siteKey(cfg))
		}
	}
	switch {
	case err == nil:
	case errors.Is(err, store.ErrInUse):
		return noState(), hinted{fmt.Errorf("state folder: %w", err), "end it, or name another folder with --state"}
	case errors.Is(err, store.ErrDamaged):
		return noState(), hinted{fmt.Errorf("state folder: %w", err), "put a backup in its place, or start once with --recover: it is set aside then, and ids of articles that had moved are forgotten"}
	case errors.Is(err, store.ErrNewer):
		return noState(), hinted{fmt.Errorf("state folder: %w", err), "run the newer version, or name another folder with --state"}
	case cfg.StateGiven || store.Exists(cfg.State): // what it holds must not be forgotten
		hint := "make it writable for this user, name another one with --state, or run without: --state none"
		if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
			hint = "make room on its disk, name another folder with --state, or run without: --state none"
		}
		return noState(), hinted{fmt.Errorf("state folder: %w", err), hint}
	default:
		log.Warn("state", "problem", "nothing is kept: the default state folder can't be written to, and after a restart ids of articles that have moved and their dates may be others", "error", err)
		none := noState()
		none.problem = fmt.Sprintf("the default state folder: %v", err)
		return none, nil
	}
	of := func(site string) (state, error) {
		own := s.Of(site)
		kept, err := own.Load()
		return state{kept: kept, keep: own.Commit, fold: own.Fold, keepFiles: own.WriteFiles}, err
	}
	return state{
		load: s.LoadRest, keep: s.Commit, fold: s.Fold, files: s.OpenFiles, keepFiles: s.WriteFiles,
		close: s.Close, written: s.Written, of: of, setAside: setAside,
	}, nil
}

// readState reads the state as it was kept last, whoever owns it, and keeps nothing.
func readState(ctx context.Context, cfg *config.Config) (state, error) {
	if cfg.Store != "" {
		return readShared(ctx, cfg)
	}
	if cfg.State == "" {
		return noState(), nil
	}
	kept, err := store.Read(cfg.State, siteKey(cfg))
	if err != nil {
		return noState(), hinted{fmt.Errorf("state folder: %w", err), "do without it: --state none"}
	}
	s := noState()
	s.kept = kept
	if kept.Articles != nil {
		s.keep = func(store.Changes) error { return nil } // what is known counts, what is new is the owner's
	}
	return s, nil
}

// filesKey stands for all that what is known of content files depends on beside them: the program, the
// configuration, and that of the site's generator.
func filesKey(cfg *config.Config, found *preset.Preset) ([sha256.Size]byte, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s %s %s ", programBuild(), cfg.SiteURL, cfg.Timezone, found.Name)
	if err := json.NewEncoder(h).Encode([]any{cfg.Content, cfg.Feeds, cfg.HasSite()}); err != nil {
		return [sha256.Size]byte{}, err
	}
	for _, name := range found.Sought {
		src, err := os.ReadFile(name)
		fmt.Fprintf(h, "%q %q %v ", name, src, err)
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

// programBuild tells this build of the program from others.
func programBuild() string {
	build, _ := debug.ReadBuildInfo()
	file, err := os.Executable()
	if err != nil {
		return fmt.Sprint(build, err)
	}
	fi, err := os.Stat(file)
	if err != nil {
		return fmt.Sprint(build, err)
	}
	return fmt.Sprint(build, fi.Size(), fi.ModTime().UnixNano())
}
