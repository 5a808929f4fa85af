package main

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"
)

// logging is how a command writes its log.
type logging struct {
	json  bool
	level *slog.Level // nil: as is usual for the command
}

// addLogging adds the flags that say so to a command and those below it.
func addLogging(cmd *cobra.Command) {
	fs := cmd.PersistentFlags()
	fs.String("log-format", "", `how the log is written: text or json (default "text")`)
	fs.String("log-level", "", "what the log tells: debug, info, warn or error")
	complete(cmd, "log-format", "text", "json")
	complete(cmd, "log-level", "debug", "info", "warn", "error")
}

// loggingOf reads those flags, or else FEEDMILL_LOG_FORMAT and FEEDMILL_LOG_LEVEL.
func loggingOf(cmd *cobra.Command) (logging, error) {
	given := func(flag, variable string) string {
		s, err := cmd.Flags().GetString(flag)
		if err != nil {
			return "" // a command of cobra's own
		}
		return cmp.Or(s, os.Getenv(variable))
	}
	var l logging
	switch format := given("log-format", "FEEDMILL_LOG_FORMAT"); format {
	case "", "text":
	case "json":
		l.json = true
	default:
		return l, usageError{fmt.Errorf("--log-format: want text or json, have %q", format), "feedmill serve --log-format json"}
	}
	if level := given("log-level", "FEEDMILL_LOG_LEVEL"); level != "" {
		l.level = new(slog.Level)
		if err := l.level.UnmarshalText([]byte(level)); err != nil {
			return l, usageError{fmt.Errorf("--log-level: want debug, info, warn or error, have %q", level), "feedmill serve --log-level debug"}
		}
	}
	return l, nil
}

// newLogger returns a logger that writes to out as the flags of cmd say; without them what is less
// than usual is left out. Wrong flags are told before any command runs.
func newLogger(cmd *cobra.Command, out io.Writer, usual slog.Level) *slog.Logger {
	l, _ := loggingOf(cmd)
	if l.level != nil {
		usual = *l.level
	}
	options := &slog.HandlerOptions{Level: usual}
	if l.json {
		return slog.New(slog.NewJSONHandler(out, options))
	}
	return slog.New(slog.NewTextHandler(out, options))
}
