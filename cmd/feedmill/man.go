package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// newMan is for packages, not for people: it is not among the commands that help lists.
func newMan() *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		Short:   "Write manual pages into a folder",
		Example: `  feedmill man man1`,
		Hidden:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{fmt.Errorf("man: want one folder, have %d", len(args)), "name the folder to write to: feedmill man man1"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true // which holds the date, so that two builds would differ
			return doc.GenManTree(root, &doc.GenManHeader{Title: "FEEDMILL", Section: "1", Source: "feedmill " + programVersion()}, args[0])
		},
	}
}
