package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// shells are those that can complete what is typed, and what writes the script for each.
var shells = map[string]func(root *cobra.Command, w io.Writer) error{
	"bash":       func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) },
	"zsh":        (*cobra.Command).GenZshCompletion,
	"fish":       func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) },
	"powershell": (*cobra.Command).GenPowerShellCompletionWithDesc,
}

func newCompletion() *cobra.Command {
	names := slices.Sorted(maps.Keys(shells))
	want := strings.Join(names, ", ")
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print what completes these commands in a shell",
		Long: `Print the script that completes commands and flags in a shell: ` + want + `.
A release has those of bash, zsh and fish in its folder completions. That of bash
needs the package bash-completion.`,
		Example: `  feedmill completion bash >~/.local/share/bash-completion/completions/feedmill
  feedmill completion zsh >/usr/local/share/zsh/site-functions/_feedmill
  feedmill completion fish >~/.config/fish/completions/feedmill.fish`,
		ValidArgs: names,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{fmt.Errorf("completion: want one shell, have %d", len(args)), "name one of " + want}
			}
			if shells[args[0]] == nil {
				return usageError{fmt.Errorf("completion: unknown shell %q", args[0]), "name one of " + want}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return shells[args[0]](cmd.Root(), cmd.OutOrStdout()) },
	}
}
