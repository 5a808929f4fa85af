package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"time"
)

// built is what a program that writes all feeds has taken.
type built struct {
	took      samples
	spent     samples // by processors
	memory    samples
	documents int
}

// once runs the command, which is to write below out, and measures it.
func (r *built) once(ctx context.Context, out string, args ...string) error {
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	cmd := command(ctx, args...)
	begun := time.Now()
	text, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", args[0], err, text[max(0, len(text)-4000):])
	}
	r.took.time(time.Since(begun))
	r.spent.time(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime())
	if use, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.memory.add(float64(use.Maxrss) * 1024)
	}
	if m := regexp.MustCompile(`(\d+) documents of`).FindSubmatch(text); m != nil {
		r.documents, _ = strconv.Atoi(string(m[1]))
	}
	log.Printf("%s: %s, %s", filepath.Base(args[0]), seconds(r.took[len(r.took)-1]), megabytes(r.memory[len(r.memory)-1]))
	return nil
}

// measureBuild makes all documents without archives, which is what the mark and Hugo are about, and
// once with them.
func measureBuild(ctx context.Context, b *bench) error {
	out := filepath.Join(b.dir, "out")
	defer os.RemoveAll(out)
	build := append([]string{b.program, "build", "--config", b.config, "--out", out}, b.flags(false)...)
	var feeds, all built
	var copying samples
	if err := b.configure("archive: false"); err != nil {
		return err
	}
	for range b.rounds {
		if err := feeds.once(ctx, out, build...); err != nil {
			return err
		}
		took, err := copied(out, filepath.Join(b.dir, "copy"))
		if err != nil {
			return err
		}
		copying.time(took)
	}
	if err := b.configure("archive: true"); err != nil {
		return err
	}
	if err := all.once(ctx, out, build...); err != nil {
		return err
	}
	copyingAll, err := copied(out, filepath.Join(b.dir, "copy"))
	if err != nil {
		return err
	}
	what := fmt.Sprintf("`build`, `archive: false`, %s documents", thousands(feeds.documents))
	b.rows = append(b.rows,
		row{what: what, unit: seconds, have: feeds.took, beside: "copying these files", floor: copying, most: 10},
		row{what: "processors' time of that", unit: seconds, have: feeds.spent},
		row{what: "peak memory of that", unit: megabytes, have: feeds.memory},
		row{what: fmt.Sprintf("`build` with all archives, %s documents", thousands(all.documents)), unit: seconds, have: all.took,
			beside: "copying these files", floor: samples{copyingAll.Seconds()}},
		row{what: "processors' time of that", unit: seconds, have: all.spent},
		row{what: "peak memory of that", unit: megabytes, have: all.memory},
	)
	if b.hugo == "" {
		return nil
	}
	var rss, three built
	if err := errors.Join(b.runHugo(ctx, out, &rss, "rss"), b.runHugo(ctx, out, &three, "rss", "atom", "jsonfeed")); err != nil {
		return err
	}
	if len(b.cold) > 0 {
		b.rows = append(b.rows, row{what: "first start, beside the peer", unit: seconds, have: b.cold, beside: "Hugo, RSS only", floor: rss.took})
	}
	b.rows = append(b.rows,
		row{what: "`build`, `archive: false`, beside the peer", unit: seconds, have: feeds.took, beside: "Hugo, three formats", floor: three.took},
		row{what: "processors' time of that", unit: seconds, have: feeds.spent, beside: "Hugo, three formats", floor: three.spent},
		row{what: "peak memory of that", unit: megabytes, have: feeds.memory, beside: "Hugo, three formats", floor: three.memory},
	)
	return nil
}

// copied writes the files below from once more, below to, which is gone afterwards, and returns how
// long that took.
func copied(from, to string) (time.Duration, error) {
	defer os.RemoveAll(to)
	err := filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(from, path)
		return errors.Join(err, os.MkdirAll(filepath.Join(to, rel), 0o755))
	})
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	err = everyFile(from, func(path string, _ fs.DirEntry, _ []byte) error {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		return errors.Join(err, os.WriteFile(filepath.Join(to, rel), text, 0o644))
	})
	return time.Since(begun), err
}
