// Package publish keeps folders and buckets equal to the documents that feedmill serves:
// generations of documents go in, files and objects come out, for a web server or a CDN to send.
//
// Each target is kept for itself, in the background, and follows the newest generation only, so
// that an outage of any length costs one comparison. What a target holds is told by a manifest in
// it. Documents are written in the order of their ranks, the manifest after them, and only then is
// removed what is gone: who reads a target never finds a feed whose archive is not there yet. What
// the manifest does not name is never touched.
package publish

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"time"
)

// Document is what a target is to hold at a path.
type Document struct {
	Path      string                                // of the file or object: as [io/fs.ValidPath] has it
	MediaType string                                // with parameters
	Tag       string                                // equal tags, equal bytes
	MaxAge    time.Duration                         // how long it may be kept without asking again
	Rank      int                                   // those of lower rank are written before
	Body      func(context.Context) ([]byte, error) // makes the bytes; called from any goroutine
}

// Generation is all that a target is to hold at a time. Documents is asked anew at each attempt.
type Generation struct {
	Number    uint64
	Documents iter.Seq[Document]
}

// Target says where documents go: to a folder, or to a bucket.
type Target struct {
	Folder string // path of a folder, which is made; "" where Bucket is meant
	Bucket Bucket
	Gzip   bool  // the bytes are stored compressed, and say so; of a bucket only
	Purge  Purge // the zero value purges nothing
}

// Options is what a [Publisher] needs to know.
type Options struct {
	Targets []Target
	Logger  *slog.Logger // may be nil
}

// Publisher keeps targets equal to the newest generation.
type Publisher struct {
	targets []*target
}

// New returns a publisher that writes nothing until [Publisher.Run] or [Publisher.Once] is called.
func New(o Options) (*Publisher, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	p := &Publisher{}
	for _, t := range o.Targets {
		at, err := t.place()
		if err != nil {
			return nil, fmt.Errorf("publish to %s: %w", t.Name(), err)
		}
		p.targets = append(p.targets, newTarget(t, at, o.Logger))
	}
	return p, nil
}

// Name is what the target is called: its folder, or its storage, bucket and prefix.
func (t Target) Name() string {
	if t.Folder != "" {
		return t.Folder
	}
	return t.Bucket.String()
}

func (t Target) place() (place, error) {
	if t.Folder != "" {
		return &folder{path: t.Folder}, nil
	}
	return newBucket(t.Bucket)
}

// Publish makes g what the targets are to hold. It never waits, and may be called from any
// goroutine, before Run too.
func (p *Publisher) Publish(g Generation) {
	for _, t := range p.targets {
		t.follow(g)
	}
}

// Run keeps the targets until ctx is done, and returns when nothing of it is under way any more.
func (p *Publisher) Run(ctx context.Context) {
	var wg sync.WaitGroup
	for _, t := range p.targets {
		wg.Go(func() { t.run(ctx) })
	}
	wg.Wait()
}

// Once brings all targets to g, one after the other, with one attempt each, and returns what went
// wrong with any. tell is told how many of the documents that a target lacks are written; it may be
// called from several goroutines at once. It is not for a publisher that runs.
func (p *Publisher) Once(ctx context.Context, g Generation, tell func(done, total int)) error {
	var errs []error
	for _, t := range p.targets {
		t.follow(g)
		if err := t.sync(ctx, g, tell); err != nil {
			errs = append(errs, fmt.Errorf("publish to %s: %w", t.name, err))
		}
	}
	return errors.Join(errs...)
}

// Status is how it goes with one target.
type Status struct {
	Name       string
	Generation uint64    // that it holds, or held last; 0: unknown
	Current    bool      // that is the newest
	Error      string    // why the last attempt was in vain; "": it was not
	Hint       string    // what can be done about that; "": unknown
	Since      time.Time // of the first such attempt in a row
	Published  time.Time // of the last success; zero: none in this run
	Documents  int       // that the manifest names
	Written, Removed, Purged,
	Failures uint64 // so far
}

// Status tells of each target, in the order of the options. It is safe for concurrent use.
func (p *Publisher) Status() []Status {
	var all []Status
	for _, t := range p.targets {
		all = append(all, t.status())
	}
	return all
}
