package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
)

// growth measures the same few figures for each number of articles.
func growth(ctx context.Context, o options, program string) error {
	var t strings.Builder
	line(&t, "articles", "first start", "an article", "warm start", "an article", "peak memory", "an article", "at rest", "an article", "edit → served, p50", "p99")
	line(&t, strings.Split(strings.Repeat("---:,", 10)+"---:", ",")...)
	var last *bench
	for _, n := range o.grow {
		log.Printf("%s articles", thousands(n))
		b, err := newBench(ctx, o, program, n)
		if err != nil {
			return err
		}
		cells, err := b.grown(ctx)
		if err := errors.Join(err, b.restore(ctx)); err != nil {
			return fmt.Errorf("%d articles: %w", n, err)
		}
		line(&t, cells...)
		last = b
		if o.passing {
			if err := os.RemoveAll(b.dir); err != nil { // there may be no room for all at once
				return err
			}
		}
	}
	return publish(o.into, "growth", conditions(ctx, last)+t.String())
}

// grown returns the line of the table for the bench's number of articles.
func (b *bench) grown(ctx context.Context) ([]string, error) {
	var s starts
	for i := range b.rounds {
		if err := b.startRound(ctx, &s, i); err != nil {
			return nil, err
		}
	}
	d, err := b.start(ctx, nil, b.flags(true)...)
	if err != nil {
		return nil, err
	}
	took, err := b.follow(ctx, at(d.public), b.changes()[0], edits)
	if err := errors.Join(err, d.end()); err != nil {
		return nil, err
	}
	n := float64(b.corpus.Articles)
	cells := []string{thousands(b.corpus.Articles)}
	for _, figure := range []struct {
		unit, each unit
		v          float64
	}{
		{seconds, microseconds, s.first.median()},
		{seconds, microseconds, s.warm.median()},
		{megabytes, kilobytes, s.peak.median()},
		{megabytes, kilobytes, s.rested.median()},
	} {
		cells = append(cells, figure.unit(figure.v), figure.each(figure.v/n))
	}
	return append(cells, seconds(took.at(0.5)), seconds(took.at(0.99))), nil
}

func microseconds(v float64) string { return significant(v*1e6) + " µs" }

func kilobytes(v float64) string { return significant(v/1e3) + " KB" }
