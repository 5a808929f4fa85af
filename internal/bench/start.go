package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"
)

// figures of the starts of one bench.
type starts struct {
	reading, stats     samples // what is beside them
	bare, first, warm  samples // without a state, with a new one, with one that is there
	firstSpent         samples // of processors
	warmSpent          samples
	caught             samples // until a change made while the program was down is served
	peak, warmPeak     samples
	rested, warmRested samples
}

func measureStart(ctx context.Context, b *bench) error {
	var s starts
	for i := range b.rounds {
		if err := b.startRound(ctx, &s, i); err != nil {
			return err
		}
		log.Printf("start, round %d: first %s, without a state %s, warm %s", i+1, seconds(s.first[i]), seconds(s.bare[i]), seconds(s.warm[i]))
	}
	b.cold = s.first
	b.rows = append(b.rows,
		row{what: "first start, until `/readyz`", unit: seconds, have: s.first, beside: "reading all files", floor: s.reading, most: 2.5},
		row{what: "processors' time of that", unit: seconds, have: s.firstSpent},
		row{what: "the same, `--state none`", unit: seconds, have: s.bare, beside: "reading all files", floor: s.reading, most: 2.5},
		row{what: "start with a state folder, until `/readyz`", unit: seconds, have: s.warm, beside: "one stat of each", floor: s.stats, most: 0.5},
		row{what: "processors' time of that", unit: seconds, have: s.warmSpent},
		row{what: "the same, until what changed meanwhile is served", unit: seconds, have: s.caught, beside: "one stat of each", floor: s.stats},
		row{what: "peak memory of a first start", unit: megabytes, have: s.peak, most: 300e6},
		row{what: "peak memory of a start with a state folder", unit: megabytes, have: s.warmPeak, most: 300e6},
		row{what: "memory at rest after a first start", unit: megabytes, have: s.rested, most: 300e6},
		row{what: "memory at rest after a start with a state folder", unit: megabytes, have: s.warmRested, most: 300e6},
	)
	return nil
}

// startRound measures each kind of start once, and memory in the first round alone.
func (b *bench) startRound(ctx context.Context, s *starts, round int) error {
	for _, m := range []struct {
		into *samples
		look func(string, fs.DirEntry, []byte) error
	}{{&s.reading, read}, {&s.stats, stat}} {
		begun := time.Now()
		if err := everyFile(b.content, m.look); err != nil {
			return err
		}
		m.into.time(time.Since(begun))
	}
	d, err := b.start(ctx, nil, b.flags(false)...)
	if err != nil {
		return err
	}
	s.bare.time(d.ready)
	if err := errors.Join(d.end(), os.RemoveAll(b.state)); err != nil {
		return err
	}

	if d, err = b.start(ctx, nil, b.flags(true)...); err != nil {
		return err
	}
	s.first.time(d.ready)
	s.firstSpent.add(d.spent)
	if err := d.weigh(ctx, &s.peak, &s.rested, round == 0); err != nil {
		return err
	}

	a := b.articles[0]
	a.Note = "Changed before start " + strconv.Itoa(round) + "."
	if err := b.save(a); err != nil {
		return err
	}
	if d, err = b.start(ctx, nil, b.flags(true)...); err != nil {
		return err
	}
	s.warm.time(d.ready)
	s.warmSpent.add(d.spent)
	if _, err := until(ctx, d.public+"/atom.xml", "", a.Note); err != nil {
		return d.fail(err)
	}
	s.caught.time(time.Since(d.begun))
	return d.weigh(ctx, &s.warmPeak, &s.warmRested, round == 0)
}

// weigh lets the program rest and notes its memory, if that is wanted, and ends it.
func (d *daemon) weigh(ctx context.Context, peak, rested *samples, wanted bool) error {
	if !wanted {
		return d.end()
	}
	rest, own, err := d.atRest(ctx)
	rested.add(rest)
	most, err2 := d.memory("VmHWM")
	peak.add(most)
	log.Printf("%s at rest, of it %s its own; %s at most", megabytes(rest), megabytes(own), megabytes(most))
	return errors.Join(err, err2, d.end())
}

// everyFile shows look every file below dir, in as many goroutines as there are processors. Each has
// a buffer of its own.
func everyFile(dir string, look func(string, fs.DirEntry, []byte) error) error {
	folders := make(chan string)
	g, ctx := errgroup.WithContext(context.Background())
	for range runtime.GOMAXPROCS(0) {
		g.Go(func() error {
			buffer := make([]byte, 64<<10)
			for folder := range folders {
				entries, err := os.ReadDir(folder)
				for _, e := range entries {
					if err == nil && !e.IsDir() {
						err = look(filepath.Join(folder, e.Name()), e, buffer)
					}
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	g.Go(func() error {
		defer close(folders)
		return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.IsDir() {
				return err
			}
			select {
			case folders <- path:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	return g.Wait()
}

func read(path string, _ fs.DirEntry, buffer []byte) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for {
		if _, err := f.Read(buffer); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func stat(_ string, e fs.DirEntry, _ []byte) error {
	_, err := e.Info()
	return err
}
