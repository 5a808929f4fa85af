package main

import (
	"context"
	"errors"
	"log"
	"path/filepath"
)

// measureSmall measures what a small site has in memory, once its feeds have been read.
func measureSmall(ctx context.Context, b *bench) error {
	small, err := newBench(ctx, options{dir: filepath.Dir(b.dir), rounds: 1}, b.program, 100)
	if err != nil {
		return err
	}
	d, err := small.start(ctx, nil, small.flags(true)...)
	if err != nil {
		return err
	}
	for _, path := range []string{"/rss.xml", "/atom.xml", "/feed.json"} {
		for _, coding := range []string{"identity", "gzip", "br"} {
			if _, _, _, err := get(ctx, d.public+path, map[string]string{"Accept-Encoding": coding}); err != nil {
				return d.fail(err)
			}
		}
	}
	var rest samples
	at, own, err := d.atRest(ctx)
	rest.add(at)
	log.Printf("100 articles: %s at rest, of it %s its own", megabytes(at), megabytes(own))
	b.rows = append(b.rows, row{what: "a site of 100 articles: memory at rest", unit: megabytes, have: rest, most: 30e6})
	return errors.Join(err, d.end())
}
