// Command feedmill watches a folder of Markdown articles and serves their feeds.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, end := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		s := <-signals
		signal.Stop(signals) // a second signal ends the process at once
		end(interrupted{s.(syscall.Signal)})
	}()
	os.Exit(exitCode(run(ctx, os.Args[1:], os.Stdout, newScreen(os.Stderr)), os.Stderr))
}

// run is the whole program but for the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if i, ok := interruption(ctx, err); ok {
		err = i // whatever was being done then
	}
	if l, wrong := loggingOf(cmd); err != nil && wrong == nil && l.json {
		return forLog{err}
	}
	return err
}

// forLog is an error that is told as the log is, in JSON: what reads that takes nothing else.
type forLog struct{ error }

func (e forLog) Unwrap() error { return e.error }

// interrupted is the error of a command that a signal has ended before it was done.
type interrupted struct{ signal syscall.Signal }

func (interrupted) Error() string { return "interrupted" }

// interruption is what err, of something done with ctx, comes of, if that is a signal.
func interruption(ctx context.Context, err error) (interrupted, bool) {
	i, ok := errors.AsType[interrupted](context.Cause(ctx))
	return i, ok && (errors.Is(err, context.Canceled) || errors.Is(err, i))
}

// exitCode tells err to a person and returns the exit code that stands for it: 0 fine, 1 failure,
// 2 wrong use of the command line, and what shells say of a signal that has ended a program: 128 and its
// number.
func exitCode(err error, stderr io.Writer) int {
	var usage usageError
	p := newPainter(stderr)
	tell := func(err error, hint string) {
		if _, is := errors.AsType[forLog](err); is {
			log := slog.New(slog.NewJSONHandler(stderr, nil))
			if hint != "" {
				log = log.With("hint", hint)
			}
			log.Error("ended", "error", err)
			return
		}
		fmt.Fprintf(stderr, "%s %v\n", p.red("feedmill:"), err)
		if hint != "" {
			fmt.Fprintf(stderr, "%s %s\n", p.cyan("hint:"), hint)
		}
	}
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errFound):
		return 1 // has been told already
	case errors.As(err, &usage):
		tell(err, usage.hint)
		return 2
	}
	h, _ := errors.AsType[hinted](err)
	tell(err, h.hint)
	if i, ok := errors.AsType[interrupted](err); ok {
		return 128 + int(i.signal)
	}
	return 1
}

// errFound is the error of a check that found errors in articles.
var errFound = errors.New("errors found")

// hinted is an error with a word on what to do about it.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// usageError is a mistake on the command line.
type usageError struct {
	error
	hint string
}
