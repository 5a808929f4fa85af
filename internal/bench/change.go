package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"path/filepath"
	"strings"
	"time"

	"feedmill/internal/corpus"
)

// settle is the default of watch.settle, which every change waits for on purpose.
const settle = 0.1

// edits is how many changes of one kind are measured.
const edits = 100

// change is a kind of change: what the i-th of them saves, and the feed that must show it.
type change struct {
	what string
	next func(i int) (a corpus.Article, path string)
}

func measureChange(ctx context.Context, b *bench) error {
	d, err := b.start(ctx, nil, b.flags(true)...)
	if err != nil {
		return err
	}
	var edited samples
	for i, c := range b.changes() {
		took, err := b.follow(ctx, at(d.public), c, edits)
		if err != nil {
			return d.fail(fmt.Errorf("%s: %w", c.what, err))
		}
		log.Printf("%s: p50 %s, p99 %s", c.what, seconds(took.at(0.5)), seconds(took.at(0.99)))
		b.rows = append(b.rows, changeRows(c.what, took, 0.010)...)
		if i == 0 {
			edited = took
		}
	}
	if err := d.end(); err != nil || b.hugo == "" {
		return err
	}
	return b.besideHugo(ctx, edited)
}

// besideHugo adds what an edit takes where `hugo server` serves fewer articles: it is not made for so
// many.
func (b *bench) besideHugo(ctx context.Context, took samples) error {
	if err := b.restore(ctx); err != nil { // the other may be the same
		return err
	}
	const few = 10_000
	other, err := newBench(ctx, options{dir: filepath.Dir(b.dir), hugo: b.hugo}, b.program, min(few, b.corpus.Articles))
	if err != nil {
		return err
	}
	peer, err := other.hugoServes(ctx, 10)
	b.rows = append(b.rows, row{
		what: "an edit → the tag's feed, beside the peer", unit: seconds, have: samples{took.median()},
		beside: "hugo server, " + thousands(other.corpus.Articles) + " articles", floor: samples{peer.median()},
	})
	return errors.Join(err, other.restore(ctx))
}

func changeRows(what string, took samples, most float64) []row {
	var rows []row
	for _, q := range []struct {
		name string
		at   float64
	}{{"p50", 0.5}, {"p99", 0.99}} {
		beyond := took.at(q.at) - settle
		rows = append(rows, row{
			what: fmt.Sprintf("%s, %s, beyond the settle time", what, q.name), unit: seconds, have: samples{beyond},
			beside: "with it", floor: samples{took.at(q.at)}, most: most,
		})
	}
	return rows
}

// changes are the kinds that are measured: on a tag whose feed is full, between two that are not, so
// that the article is always in the feed, and on the feed of everything.
func (b *bench) changes() []change {
	full, newest := b.tagged(50)
	here, moving := b.tagged(15)
	there, _ := b.tagged(15, here)
	note := func(a corpus.Article, i int, what string) corpus.Article {
		a.Note = fmt.Sprintf("%s, number %d.", what, i)
		return a
	}
	return []change{
		{"an edit → the tag's feed", func(i int) (corpus.Article, string) {
			return note(newest[i%min(len(newest), 10)], i, "Edited"), feed(full)
		}},
		{"another tag → that tag's feed", func(i int) (corpus.Article, string) {
			a, to := note(moving[0], i, "Moved"), []string{there, here}[i%2]
			a.Tags = []string{to}
			return a, feed(to)
		}},
		{"a new article → the site's feed", func(i int) (corpus.Article, string) {
			a := note(b.corpus.Article(b.corpus.Articles+i), i, "New")
			a.Date = b.corpus.To.Add(time.Duration(i) * time.Minute)
			return a, "/atom.xml"
		}},
	}
}

// follow makes n changes, one after the other, and returns how long each took from before it was
// saved until it was served at the URL of its path.
func (b *bench) follow(ctx context.Context, at func(path string) (url string, err error), c change, n int) (samples, error) {
	var took samples
	for i := range n {
		a, path := c.next(i)
		url, err := at(path)
		if err != nil {
			return nil, err
		}
		_, header, body, err := get(ctx, url, nil)
		if err != nil {
			return nil, err
		}
		if strings.Contains(string(body), a.Note) {
			return nil, fmt.Errorf("%s holds %q before it was saved", path, a.Note)
		}
		begun := time.Now()
		if err := b.save(a); err != nil {
			return nil, err
		}
		if _, err := until(ctx, url, header.Get("ETag"), a.Note); err != nil {
			return nil, err
		}
		took.time(time.Since(begun))
		time.Sleep(20 * time.Millisecond) // lest one change waits for another
	}
	return took, nil
}

// measureBulk changes a tenth of all articles at once, the newest among them.
func measureBulk(ctx context.Context, b *bench) error {
	var took, share, peak samples
	var generations float64
	d, err := b.start(ctx, nil, b.flags(true)...)
	if err != nil {
		return err
	}
	n := b.corpus.Articles / 10
	for round := range b.rounds {
		last, more, err := b.saveMany(ctx, d, n, round)
		if err != nil {
			return d.fail(err)
		}
		took.time(last)
		generations = max(generations, more)
		log.Printf("%d files at once: %s, %v generations", n, seconds(last.Seconds()), more)
	}
	most, err := d.memory("VmHWM")
	peak.add(most)
	for _, cold := range b.cold {
		share.add(cold / 10)
	}
	what := fmt.Sprintf("%s files changed at once, from the last write on (%v generations at most)", thousands(n), generations)
	b.rows = append(b.rows,
		row{what: what, unit: seconds, have: took, beside: "a tenth of a first start", floor: share},
		row{what: "peak memory after these", unit: megabytes, have: peak, most: 300e6},
	)
	return errors.Join(err, d.end())
}

// saveMany saves n articles and returns how long it took from the last on until all were served, and
// in how many generations.
func (b *bench) saveMany(ctx context.Context, d *daemon, n, round int) (time.Duration, float64, error) {
	before, err := d.status(ctx, "generation")
	if err != nil {
		return 0, 0, err
	}
	note := fmt.Sprintf("Changed with many others, time %d.", round)
	for i := n - 1; i >= 0; i-- { // the newest is the last
		a := b.articles[i*10]
		a.Note = note
		if err := b.save(a); err != nil {
			return 0, 0, err
		}
	}
	saved := time.Now()
	if _, err := until(ctx, d.public+"/atom.xml", "", note); err != nil {
		return 0, 0, err
	}
	took := time.Since(saved)
	after, err := d.status(ctx, "generation")
	if err != nil {
		return 0, 0, err
	}
	return took, after - before, d.nothingLeft(ctx)
}
