// Command feedmill watches a folder of Markdown articles and serves their feeds.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(exitCode(run(ctx, os.Args[1:], os.Stdout, newScreen(os.Stderr)), os.Stderr))
}

// run is the whole program but for the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.Cause(ctx))) {
		return errInterrupted // whatever was being done then
	}
	return err
}

// errInterrupted is the error of a command that was asked to end before it was done.
var errInterrupted = errors.New("interrupted")

// exitCode tells err to a person and returns the exit code that stands for it: 0 fine, 1 failure,
// 2 wrong use of the command line.
func exitCode(err error, stderr io.Writer) int {
	var usage usageError
	p := newPainter(stderr)
	tell := func(err error, hint string) {
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
