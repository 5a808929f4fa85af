package main

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"
)

// TestExamples holds the examples that help shows against the commands: each has some, and those
// name commands and flags that there are.
func TestExamples(t *testing.T) {
	for cmd := range commands(newRoot()) {
		if cmd.Example == "" {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
		for line := range strings.Lines(cmd.Example) {
			line, _, _ = strings.Cut(line, " #")
			line, _, _ = strings.Cut(line, " >")
			words := strings.Fields(line)
			if len(words) == 0 || words[0] != "feedmill" {
				t.Errorf("%s: %q does not call feedmill", cmd.CommandPath(), line)
				continue
			}
			called, rest, err := newRoot().Find(words[1:])
			if err == nil {
				err = called.ParseFlags(rest)
			}
			if err == nil && called.Args != nil {
				err = called.Args(called, called.Flags().Args())
			}
			if err != nil {
				t.Errorf("%s: %q: %v", cmd.CommandPath(), line, err)
			}
		}
	}
}

// commands yields cmd and all below it.
func commands(cmd *cobra.Command) iter.Seq[*cobra.Command] {
	return func(yield func(*cobra.Command) bool) {
		if !yield(cmd) {
			return
		}
		for _, below := range cmd.Commands() {
			for c := range commands(below) {
				if !yield(c) {
					return
				}
			}
		}
	}
}

// TestInterrupted: who ends a command early is not told what it was doing.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(interrupted{syscall.SIGTERM})
	err := run(ctx, []string{"build", "--out", t.TempDir(), "--state", "none", "--content", "../../example/content"}, io.Discard, io.Discard)
	if want := (interrupted{syscall.SIGTERM}); !errors.Is(err, want) {
		t.Errorf("run = %v, want %v", err, want)
	}
}

// TestExitCode: the value of a flag is wrong use, the same in a file is not.
func TestExitCode(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("config.yaml", []byte("base_url: nonsense\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[int][]string{1: {"check"}, 2: {"check", "--config", os.DevNull, "--base-url", "nonsense"}} {
		if have := exitCode(run(t.Context(), args, io.Discard, io.Discard), io.Discard); have != want {
			t.Errorf("%q ends with %d, want %d", args, have, want)
		}
	}
}
