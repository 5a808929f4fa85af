package catalog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"feedmill/article"
)

// examine reads and parses the file of a sighting; nil means that it has gone since. old is what was
// known of it, or nil: its last good version stays where the new one can't be parsed. It may be called
// from several goroutines.
func (c *Catalog) examine(fsys fs.FS, s sighting, old *file, now time.Time) *file {
	f := &file{stamp: s.stamp, refused: s.refused}
	if s.refused {
		return f
	}
	f.good = c.before(s.path, old)
	if err := s.wrong(); err != nil {
		return c.unread(f, s, err)
	}
	buffer := c.buffers.Get().(*[]byte)
	defer c.buffers.Put(buffer)
	src, st, err := c.read(fsys, s.path, buffer)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !s.linked:
		return nil
	case err != nil:
		return c.unread(f, s, err)
	}
	f.stamp, f.again = st, st.fresh(now)
	f.ragged = !bytes.HasSuffix(src, []byte("\n"))
	c.fill(f, s.path, src, old)
	return f
}

// wrong tells why the file of a sighting can't be an article, whatever it holds.
func (s sighting) wrong() error {
	switch {
	case s.err != nil:
		return cause(s.err)
	case !utf8.ValidString(s.path):
		return errors.New("the name is not valid UTF-8: rename the file")
	case !s.mode.IsRegular():
		return irregular(s.mode)
	}
	return nil
}

// unread makes f that of a file that can't be read.
func (c *Catalog) unread(f *file, s sighting, err error) *file {
	kept := "it is not in the feeds"
	f.good = c.standIn(f.good)
	if f.good.article != nil {
		kept = "its last good version stays in the feeds"
	}
	f.again = true // it may heal without a change of the stamp
	f.problems = []article.Problem{{Path: s.path, Line: 1, Severity: article.Error, Message: err.Error() + "; " + kept}}
	return f
}

// fill makes f that of these bytes, parsed unless that was done before.
func (c *Catalog) fill(f *file, path string, src []byte, old *file) {
	is, prepared := c.ahead[path]
	if old != nil || prepared {
		f.hash = hashOf(src)
	}
	if old != nil && old.hash == f.hash {
		f.good, f.problems = old.good, old.problems
		if a := f.good.article; a != nil && a.Hash == f.hash {
			c.shelf.put(a, src)
		}
		return
	}
	if !prepared || is.hash != f.hash {
		is = c.parse(path, src)
	}
	f.hash, f.problems = is.hash, is.problems
	switch {
	case is.source.article != nil:
		f.good = is.source
		c.shelf.put(f.good.article, src)
	case len(is.problems) == 0:
		f.good = source{}
	default:
		f.good = c.standIn(f.good)
	}
}

// before is the last good version of a file: the one known of it, else the one that an earlier run
// has kept.
func (c *Catalog) before(path string, old *file) source {
	if old != nil {
		return old.good
	}
	kept := c.memory.sources[path]
	if kept == nil {
		return source{}
	}
	a, _ := c.o.Parser.Parse(path, *kept)
	if a == nil {
		return source{}
	}
	c.shelf.pin(a, *kept)
	return newSource(a, *kept)
}

// standIn is good, the last good version of a file that holds none now, if its text is still at hand.
func (c *Catalog) standIn(good source) source {
	if good.article == nil || !c.shelf.pin(good.article, nil) {
		return source{}
	}
	return good
}

// read returns the bytes of a regular file and its stamp, taken while it did not change. The bytes are
// those of the buffer, which grows where it must.
func (c *Catalog) read(fsys fs.FS, name string, buffer *[]byte) ([]byte, stamp, error) {
	h, err := fsys.Open(name)
	if err != nil {
		return nil, stamp{}, cause(err)
	}
	defer h.Close()
	for range 3 {
		fi, err := h.Stat()
		switch {
		case err != nil:
			return nil, stamp{}, cause(err)
		case !fi.Mode().IsRegular():
			return nil, stamp{}, irregular(fi.Mode())
		case fi.Size() > c.o.MaxFileSize:
			return nil, stamp{}, fmt.Errorf("%d bytes are more than content.limits.file_size allows (%d)", fi.Size(), c.o.MaxFileSize)
		}
		// Room for one byte more than there should be: a read that leaves it empty has found the end.
		if need := int(fi.Size()) + 1; cap(*buffer) < need {
			*buffer = make([]byte, need+need/4)
		}
		src := (*buffer)[:fi.Size()+1]
		n, err := io.ReadAtLeast(h, src, max(1, int(fi.Size())))
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		case err != nil:
			return nil, stamp{}, cause(err)
		}
		src = src[:n]
		after, err := h.Stat()
		if err != nil {
			return nil, stamp{}, cause(err)
		}
		if newStamp(fi) == newStamp(after) && int64(n) == fi.Size() {
			return src, newStamp(after), nil
		}
		if sk, ok := h.(io.Seeker); ok {
			if _, err := sk.Seek(0, io.SeekStart); err != nil {
				return nil, stamp{}, cause(err)
			}
		}
	}
	return nil, stamp{}, errors.New("it goes on changing while it is read")
}

func irregular(mode fs.FileMode) error {
	kind := "device"
	switch {
	case mode&fs.ModeNamedPipe != 0:
		kind = "named pipe"
	case mode&fs.ModeSocket != 0:
		kind = "socket"
	}
	return fmt.Errorf("it is a %s, not a file", kind)
}

// cause drops the operation and path from err: a problem names the path itself.
func cause(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// examineAll examines the sightings in parallel and returns the files in the same order. It begins at
// the end: names often begin with the date, and the texts of the newest are those that stay on the shelf.
func (c *Catalog) examineAll(ctx context.Context, fsys fs.FS, found []sighting, now time.Time) ([]*file, error) {
	files := make([]*file, len(found))
	var done atomic.Int64
	sideBySide(ctx, fsys, len(found), func(fsys fs.FS, i int) {
		files[i] = c.examine(fsys, found[i], c.files[found[i].path], now)
		c.o.Progress(int(done.Add(1)), len(found))
	})
	c.examineEmptied(ctx, fsys, found, files, now)
	return files, ctx.Err()
}

// examineEmptied examines those files again that have come to be empty. Who saves a file in place
// empties it first, and an empty article is an article, so that not even a look which waits for
// nothing else may find it so. Of when that was the file's times may yet say nothing.
func (c *Catalog) examineEmptied(ctx context.Context, fsys fs.FS, found []sighting, files []*file, now time.Time) {
	const often, most = 10, 100 * time.Millisecond // a full journal of the disk may hold up the writer
	for try := range often {
		var emptied []int
		for i, f := range files {
			old := c.files[found[i].path]
			if f != nil && f.hash == nothing && (old == nil && try == 0 || old != nil && old.hash != nothing) {
				emptied = append(emptied, i)
			}
		}
		if len(emptied) == 0 || c.o.Settle == 0 {
			return
		}
		select {
		case <-time.After(min(c.o.Settle, most)):
		case <-ctx.Done():
			return
		}
		parallel(len(emptied), func(n int) {
			i := emptied[n]
			files[i] = c.examine(fsys, found[i], c.files[found[i].path], now)
		})
	}
}

// nothing is the hash of an empty file.
var nothing = hashOf(nil)
