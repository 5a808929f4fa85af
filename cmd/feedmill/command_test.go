package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestExamples holds the examples that help shows against the commands: each has some, and those
// name commands and flags that there are.
func TestExamples(t *testing.T) {
	root := newRoot()
	for _, cmd := range append([]*cobra.Command{root}, root.Commands()...) {
		if cmd.Example == "" {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
		for line := range strings.Lines(cmd.Example) {
			line, _, _ = strings.Cut(line, " #")
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
