package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// newHelp replaces cobra's own command, which takes what it does not know for no mistake.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Tell about a command",
		Example: `  feedmill help serve
  feedmill help hub export`,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			if on, _, err := cmd.Root().Find(args); err == nil {
				for _, c := range on.Commands() {
					if c.IsAvailableCommand() {
						names = append(names, cobra.CompletionWithDesc(c.Name(), c.Short))
					}
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			on, rest, err := cmd.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return unknownCommand(on, rest[0])
			}
			return on.Help()
		},
	}
}

// unknownCommand is the mistake of naming a command that there is not below cmd.
func unknownCommand(cmd *cobra.Command, name string) error {
	hint := fmt.Sprintf("%q lists the commands", cmd.CommandPath()+" --help")
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		hint = fmt.Sprintf("did you mean %q? %s", cmd.CommandPath()+" "+near[0], hint)
	}
	return usageError{fmt.Errorf("unknown command %q", strings.TrimPrefix(cmd.CommandPath()+" "+name, cmd.Root().Name()+" ")), hint}
}

// onlyCommands refuses arguments of a command that only has others below it.
func onlyCommands(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return unknownCommand(cmd, args[0])
	}
	return nil
}
