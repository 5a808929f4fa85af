package origin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/minio/minio-go/v7"
	"golang.org/x/sync/errgroup"

	"feedmill/internal/s3"
)

// bucket is a [Bucket] as a source. Its objects are kept beside the generations, each in a file that is
// named for all that is known of it, so that nothing is fetched twice.
type bucket struct {
	Bucket
	client   minio.Core
	size     int64
	grace    time.Duration
	settled  time.Duration // how long a new listing must be the same
	at       folder
	progress func(done, total int)

	listed listing // what newest has returned, whose objects are here
	fresh  int     // objects that it has fetched for that
}

const (
	connections = 8
	mostRounds  = 10          // listings of one pull
	checkpoint  = 1000        // objects that are brought to the disk at once
	stalled     = s3.Patience // that an object's bytes may pause
)

func newBucket(o Options, at folder) (*bucket, error) {
	c, err := o.Bucket.Client(connections)
	if err != nil {
		return nil, fmt.Errorf("content.bucket: %w", err)
	}
	return &bucket{
		Bucket: o.Bucket, client: minio.Core{Client: c}, size: o.Size, grace: o.Grace, settled: time.Second, at: at, progress: o.Progress,
	}, nil
}

func (b *bucket) name() string           { return b.String() + "\n" }
func (b *bucket) concerns([]byte) bool   { return true }
func (b *bucket) objects() string        { return b.at.file("objects") }
func (b *bucket) object(o object) string { return filepath.Join(b.objects(), o.id()) }

// newest lists the bucket and fetches what is not here. Somebody may be writing to it: a new listing counts
// when another one, a moment later, is the same. Where that goes on and on the one is taken of which all
// objects could be had, each as it was listed.
func (b *bucket) newest(ctx context.Context, _ *os.File) (revision string, err error) {
	b.fresh = 0
	l, err := b.list(ctx)
	for round := 1; err == nil; round++ {
		if err = b.doubt(l); err != nil {
			break
		}
		if l.revision == b.at.current() {
			return l.revision, nil
		}
		err = b.fetch(ctx, l)
		last := round >= mostRounds
		if err != nil && (last || !errors.Is(err, errMoved)) {
			break
		}
		whole := err == nil
		if !sleep(ctx, b.settled, nil) {
			return "", ctx.Err()
		}
		var again listing
		if again, err = b.list(ctx); err == nil && whole && (last || again.revision == l.revision) {
			b.listed = l
			return l.revision, nil
		}
		l = again
	}
	return "", fmt.Errorf("%v: %w", b.Bucket, err)
}

// fetch gets the objects of the listing that are not here. It fails with [errMoved] where one is not what
// was listed any more.
func (b *bucket) fetch(ctx context.Context, l listing) error {
	if err := b.tidy(l); err != nil {
		return err
	}
	missing := slices.DeleteFunc(slices.Clone(l.objects), func(o object) bool {
		fi, err := os.Lstat(b.object(o))
		return err == nil && fi.Size() == o.size
	})
	var done atomic.Int64
	few := len(missing) <= fewFiles
	for some := range slices.Chunk(missing, checkpoint) {
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(connections)
		for _, o := range some {
			g.Go(func() error {
				err := b.get(ctx, o, few)
				b.progress(int(done.Add(1)), len(missing))
				return err
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
		if !few {
			syscall.Sync() // one call for all is quicker then
		}
		for _, o := range some {
			if err := os.Rename(b.object(o)+part, b.object(o)); err != nil {
				return err
			}
		}
		b.fresh += len(some)
	}
	return nil
}

// tidy leaves of the objects that are here those of the listing.
func (b *bucket) tidy(l listing) error {
	if err := os.MkdirAll(b.objects(), 0o755); err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, o := range l.objects {
		wanted[o.id()] = true
	}
	entries, err := os.ReadDir(b.objects())
	errs := []error{err}
	for _, d := range entries {
		if !wanted[d.Name()] {
			errs = append(errs, os.RemoveAll(filepath.Join(b.objects(), d.Name())))
		}
	}
	return errors.Join(errs...)
}

// get writes an object to a file that is not whole yet by its name.
func (b *bucket) get(ctx context.Context, o object, sync bool) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	watch := time.AfterFunc(stalled, stop)
	defer watch.Stop()
	var opts minio.GetObjectOptions
	if o.etag != "" {
		if err := opts.SetMatchETag(o.etag); err != nil {
			return err
		}
	}
	body, is, _, err := b.client.GetObject(ctx, b.Name, b.KeyPrefix()+o.name, opts)
	if answer := minio.ToErrorResponse(err); err != nil && (answer.Code == minio.NoSuchKey || answer.Code == minio.PreconditionFailed) {
		return errMoved
	}
	if err != nil {
		return err
	}
	defer body.Close()
	if is.ETag != o.etag || is.Size != o.size { // not every storage knows If-Match
		return errMoved
	}
	f, err := os.OpenFile(b.object(o)+part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o444)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, io.LimitReader(steady{body, watch}, o.size))
	if err == nil && n != o.size {
		err = io.ErrUnexpectedEOF
	}
	if err == nil && sync {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("get %q: %w", o.name, err)
	}
	return os.Chtimes(b.object(o)+part, o.modified, o.modified)
}

// steady puts off the end of a request while its bytes come.
type steady struct {
	io.Reader
	end *time.Timer
}

func (s steady) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if n > 0 {
		s.end.Reset(stalled)
	}
	return n, err
}

// export makes a tree of the objects.
func (b *bucket) export(_ context.Context, rev string) (exported, error) {
	e := exported{revision: rev, written: true, fresh: b.fresh, leftOut: slices.Clone(b.listed.leftOut)}
	w, err := b.at.begin(rev)
	if err != nil {
		return e, err
	}
	defer w.close()
	for _, o := range b.listed.objects {
		why, err := w.unplaced(o.name, func(path string) error { return b.place(w, path, o) })
		switch {
		case err != nil:
			return e, fmt.Errorf("write %q: %w", o.name, err)
		case why != "":
			e.leftOut = append(e.leftOut, fmt.Sprintf("%q: %s", o.name, why))
		default:
			e.files++
		}
	}
	return e, w.end()
}

// place makes the object a file of the tree: the same one, or a copy where the file system knows one
// name of a file alone.
func (b *bucket) place(w *writer, path string, o object) error {
	own := filepath.Join("objects", o.id())
	err := w.origin.Link(own, filepath.Join(w.into, path))
	for _, unable := range []error{syscall.EPERM, syscall.ENOTSUP, syscall.ENOSYS, syscall.EMLINK} {
		if errors.Is(err, unable) {
			src, err := w.origin.Open(own)
			if err != nil {
				return err
			}
			defer src.Close()
			return w.file(path, o.modified, true, func(f io.Writer) error {
				_, err := io.Copy(f, src)
				return err
			})
		}
	}
	return err
}
