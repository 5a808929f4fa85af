package watcher

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// deadline is how long a test waits for what must come. Nothing waits so long unless it fails.
const deadline = 20 * time.Second

// TestScripts runs each testdata/*.txt in a fresh folder, against the real file system. A script
// is a list of commands, one a line; # begins a comment. Those that change files are
//
//	mkdir DIR...     with parents          rm PATH...       with all below
//	write FILE...    create or overwrite   mv FROM TO       within the folder
//	touch FILE...    set the time          mv FROM ../TO    out of it; ../FROM brings it back
//	chmod MODE PATH  octal                 ln TARGET LINK   symbolic
//
// and those that ask for what must follow are
//
//	start            watch, and wait for the first batch; it comes once, after the preparations
//	told PATH...     wait until all of these have been told since the last told
//	maybe PATH...    these may be told, or not
//	rescan REASON    wait for a rescan
//	watches N        wait until so many folders are watched
//	status STATE [REASON]
//
// A path that neither told nor maybe has named up to then fails the script, and so does a rescan not asked for.
// A path may be told more often than once.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("scripts = %v, %v, want some", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			runScript(t, file)
		})
	}
}

func runScript(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := &script{root: filepath.Join(t.TempDir(), "root"), known: map[string]bool{}, told: map[string]bool{}}
	if err := os.Mkdir(s.root, 0o777); err != nil {
		t.Fatal(err)
	}
	line := 0
	// What was told though nothing asked for it comes before the last file.
	for l := range strings.Lines(string(text) + "write end-of-script\ntold end-of-script\n") {
		line++
		command, _, _ := strings.Cut(l, "#")
		args := strings.Fields(command)
		if len(args) == 0 {
			continue
		}
		if args[0] == "start" {
			s.w = startWatcher(t, s.root)
			continue
		}
		if err := s.do(args[0], args[1:]); err != nil {
			t.Fatalf("%s:%d: %s: %v", file, line, strings.TrimSpace(l), err)
		}
	}
}

// startWatcher watches root until the end of the test, and returns when all watches are in place.
func startWatcher(t *testing.T, root string) *Watcher {
	t.Helper()
	w := New(Options{Root: root, Mode: Events, Settle: 10 * time.Millisecond, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
	})
	if b := receive(t, w); b.Reason != "start" {
		t.Fatalf("first batch = %v, want a rescan for the start", b)
	}
	return w
}

// receive returns the next batch.
func receive(t *testing.T, w *Watcher) Batch {
	t.Helper()
	select {
	case b := <-w.Batches():
		return b
	case <-time.After(deadline):
		t.Fatal("no batch came")
		return Batch{}
	}
}

// script is a running script.
type script struct {
	root  string
	w     *Watcher
	known map[string]bool // paths that may be told
	told  map[string]bool // since the last told command
}

func (s *script) do(command string, args []string) error {
	switch command {
	case "maybe":
		s.allow(args)
		return nil
	case "told":
		s.allow(args)
		return s.await(func(b Batch) bool {
			return !slices.ContainsFunc(args, func(path string) bool { return !s.told[path] })
		})
	case "rescan":
		return s.await(func(b Batch) bool { return b.Reason == args[0] })
	case "watches":
		n, err := strconv.Atoi(args[0])
		if err != nil {
			return err
		}
		return poll(func() error {
			if got := s.w.Status().Watches; got != n {
				return fmt.Errorf("have %d", got)
			}
			return nil
		})
	case "status":
		want := strings.Join(args, " ")
		return poll(func() error {
			status := s.w.Status()
			if got := strings.TrimSpace(string(status.State) + " " + status.Reason); got != want {
				return fmt.Errorf("have %s", got)
			}
			return nil
		})
	}
	return s.change(command, args)
}

func (s *script) allow(paths []string) {
	for _, path := range paths {
		s.known[path] = true
	}
}

// await takes batches until one of them, or all together, are enough.
func (s *script) await(enough func(Batch) bool) error {
	timeout := time.After(deadline)
	for {
		select {
		case b := <-s.w.Batches():
			for _, path := range b.Paths {
				if !s.known[path] && !strings.HasPrefix(path, "end-of") {
					return fmt.Errorf("told %s, which no command has named", path)
				}
				s.told[path] = true
			}
			if enough(b) {
				s.told = map[string]bool{}
				return nil
			}
			if b.Rescan {
				return fmt.Errorf("rescan for %s", b.Reason)
			}
		case <-timeout:
			return fmt.Errorf("did not come; told so far: %v", s.told)
		}
	}
}

// change executes a command that changes files.
func (s *script) change(command string, args []string) error {
	abs := func(path string) string { return filepath.Join(s.root, path) }
	each := func(paths []string, f func(path string) error) error {
		var errs []error
		for _, p := range paths {
			errs = append(errs, f(abs(p)))
		}
		return errors.Join(errs...)
	}
	switch command {
	case "mkdir":
		return each(args, func(path string) error { return os.MkdirAll(path, 0o777) })
	case "write":
		return each(args, func(path string) error { return os.WriteFile(path, []byte("text\n"), 0o666) })
	case "touch":
		return each(args, func(path string) error { return os.Chtimes(path, time.Time{}, time.Unix(1, 0)) })
	case "rm":
		return each(args, os.RemoveAll)
	case "mv":
		// Not os.Rename, which refuses to replace an empty folder.
		return syscall.Rename(abs(args[0]), abs(args[1]))
	case "ln":
		return os.Symlink(args[0], abs(args[1]))
	case "chmod":
		mode, err := strconv.ParseUint(args[0], 8, 32)
		if err != nil {
			return err
		}
		return os.Chmod(abs(args[1]), fs.FileMode(mode))
	}
	return errors.New("no such command")
}

// poll tries until there is no error, or the deadline.
func poll(try func() error) error {
	var err error
	for end := time.Now().Add(deadline); time.Now().Before(end); {
		if err = try(); err == nil {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return err
}
