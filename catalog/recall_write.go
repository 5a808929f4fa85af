package catalog

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"slices"

	"feedmill/article"
	"feedmill/internal/record"
)

// What is known of the files is written in portions, so that several can be written, and read, at once.
const portion = 2048

// Bulky reports whether the files are worth a call of [Catalog.WriteFiles]: others than those whose
// texts are kept, which are read in a moment and wanted anyway. It must not be called during
// [Catalog.Apply].
func (c *Catalog) Bulky() bool {
	var total int64
	for _, f := range c.files {
		total += f.stamp.size
	}
	return total > c.o.TextBytes
}

// WriteFiles writes all that c knows of the files, and of what feeds show of them, for [Recall] in a later
// run with the same Parser. It must not be called during [Catalog.Apply].
func (c *Catalog) WriteFiles(ctx context.Context, to io.Writer) error {
	err := writePart(to, record.Append(nil, func(w *record.Writer) {
		w.Bytes(basis(c.o))
		w.Time(c.index.looked)
		w.Uint(uint64(len(c.files)))
	}))
	parts := make([][]byte, runtime.GOMAXPROCS(0))
	some := make([]string, 0, portion*len(parts))
	flush := func() {
		paths := slices.Collect(slices.Chunk(some, portion))
		parallel(len(paths), func(i int) {
			parts[i] = record.Append(parts[i][:0], func(w *record.Writer) {
				w.Share()
				for _, p := range paths[i] {
					c.writeFile(w, p)
				}
			})
		})
		for i := range paths {
			if err == nil {
				err = writePart(to, parts[i])
			}
		}
		some = some[:0]
	}
	for p := range c.inOrder {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if some = append(some, p); len(some) == cap(some) {
			flush()
		}
	}
	flush()
	return err
}

func writePart(to io.Writer, part []byte) error {
	_, err := to.Write(binary.AppendUvarint(nil, uint64(len(part))))
	if err == nil {
		_, err = to.Write(part)
	}
	return err
}

// basis is what the entries and their records depend on beside the files and the Parser.
func basis(o Options) []byte {
	sum := record.Sum(func(w *record.Writer) {
		record.List(w, o.Taxonomies, w.Text)
		w.Text(o.Language)
		w.Bool(o.Resurface)
	})
	return sum[:]
}

// inOrder yields the paths of all files, first of those that feeds show, in their order: it need not be
// found out again.
func (c *Catalog) inOrder(yield func(string) bool) {
	for e := range c.index.site.entries.values {
		if c.told(e.Path) && !yield(e.Path) {
			return
		}
	}
	for p := range c.files {
		if !c.told(p) && !yield(p) {
			return
		}
	}
}

// told reports whether the entry of the article at path tells what the file does.
func (c *Catalog) told(path string) bool {
	e, f := c.index.shown[path], c.files[path]
	return e != nil && f != nil && e.Article == f.good.article
}

func (c *Catalog) writeFile(w *record.Writer, path string) {
	f := c.files[path]
	f.write(w)
	if f.good.article == nil {
		w.Text(path)
		return
	}
	e := c.memory.entry(path)
	if e != nil && !c.told(path) {
		e = nil
	}
	if w.Bool(e != nil); e != nil {
		sum := c.memory.record(e).Sum()
		w.Bytes(sum[:])
		e.write(w)
	}
}

func (f *file) write(w *record.Writer) {
	w.Uint(f.stamp.dev)
	w.Uint(f.stamp.ino)
	w.Int(f.stamp.size)
	w.Int(f.stamp.mtime)
	w.Int(f.stamp.ctime)
	w.Bool(f.refused)
	w.Bool(f.again)
	w.Bool(f.ragged)
	w.Bytes(f.hash[:])
	record.List(w, f.problems, func(p article.Problem) {
		w.Text(p.Path)
		w.Int(int64(p.Line))
		w.Text(string(p.Severity))
		w.Text(p.Message)
	})
	w.Bool(f.good.article != nil)
	if f.good.article == nil {
		return
	}
	f.good.article.Write(w)
	w.Bytes(f.good.traits.content[:])
	for _, n := range f.good.traits.sketch {
		w.Uint(uint64(n))
	}
}

// write writes what e has beside its article. Where the id is what the article would claim, as nearly always,
// the two share their memory.
func (e *Entry) write(w *record.Writer) {
	id := e.ID
	if c := (claim{article: e.Article}); id == c.own() {
		id = ""
	}
	w.Text(id)
	w.Time(e.Published)
	w.Time(e.Updated)
	for _, ref := range e.Refs {
		url, is := e.Links[ref]
		w.Bool(is)
		if is {
			w.Text(url)
		}
	}
	for _, m := range []moment{e.changed, e.touched, e.placed} {
		w.Int(int64(m))
	}
	w.Bytes(e.digest[:])
}
