// Command bench measures the program as it is built: on a corpus of many articles, beside what the
// machine and other programs need for the same. It prints a table in Markdown, with the marks that
// are to be reached.
//
// The machine is never quiet. So what is compared is measured by turns, and a figure is the median
// of its rounds; a ratio is the median of the ratios of each round.
//
// taskset, wrk, nginx and hugo are used where they are installed. What is measured runs on
// loopback, and is ended when bench ends.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log.SetFlags(log.Ltime)
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		log.Fatal(err)
	}
}

// options are the flags.
type options struct {
	articles int
	only     []string
	dir      string
	rounds   int
	hugo     string // path; "": it is not there
	grow     []int
	into     string // file with markers; "": none
	passing  bool   // whether corpora are gone after use
}

// part is what can be measured by itself.
type part struct {
	name    string
	measure func(context.Context, *bench) error
}

// parts are all of them, in their order.
var parts = []part{
	{"start", measureStart},
	{"change", measureChange},
	{"bulk", measureBulk},
	{"build", measureBuild},
	{"publish", measurePublish},
	{"serve", measureServe},
	{"small", measureSmall},
}

func parse(args []string) (options, error) {
	var o options
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.IntVar(&o.articles, "n", 100_000, "number of articles")
	only := f.String("only", "", "parts to measure, with commas: start, change, bulk, build, publish, serve, small; all if empty")
	f.StringVar(&o.dir, "dir", "", "folder for corpora, which are kept there and used again; a temporary one if empty")
	f.IntVar(&o.rounds, "rounds", 5, "rounds of what is measured by turns")
	f.StringVar(&o.hugo, "hugo", "hugo", "the Hugo to compare with, or none")
	grow := f.String("grow", "", "measure how things grow instead: numbers of articles, with commas")
	f.StringVar(&o.into, "o", "", "Markdown file to put the table into, between its markers, instead of printing it")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 || o.rounds < 1 || o.articles < 100 {
		return o, errors.New("want flags alone, a round and 100 articles at least")
	}
	for name := range strings.FieldsFuncSeq(*only, isComma) {
		if !slices.ContainsFunc(parts, func(p part) bool { return p.name == name }) {
			return o, fmt.Errorf("-only: there is no %q", name)
		}
		o.only = append(o.only, name)
	}
	for number := range strings.FieldsFuncSeq(*grow, isComma) {
		n, err := strconv.Atoi(number)
		if err != nil || n < 100 {
			return o, fmt.Errorf("-grow: want numbers from 100 on, have %q", number)
		}
		o.grow = append(o.grow, n)
	}
	o.hugo, _ = exec.LookPath(o.hugo)
	return o, nil
}

func isComma(r rune) bool { return r == ',' }

func run(ctx context.Context, args []string) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	temporary, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	if o.dir == "" {
		o.dir, o.passing = temporary, true
	}
	program := filepath.Join(temporary, "feedmill")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, "feedmill/cmd/feedmill") // as it is released
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	if len(o.grow) > 0 {
		return growth(ctx, o, program)
	}
	b, err := newBench(ctx, o, program, o.articles)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if len(o.only) > 0 && !slices.Contains(o.only, p.name) {
			continue
		}
		if err := errors.Join(p.measure(ctx, b), b.restore(ctx)); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", p.name, err), publish("", "table", table(b.rows))) // what there is
		}
	}
	return publish(o.into, "table", conditions(ctx, b)+table(b.rows))
}
