package catalog

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"runtime"
	"slices"
	"time"

	"feedmill/article"
	"feedmill/internal/record"
	"feedmill/store"
)

// What is known of the files is written in portions, so that several can be read at once.
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

// WriteFiles writes all that c knows of the files, for the Files of a catalog with the same Parser in
// a later run. It must not be called during [Catalog.Apply].
func (c *Catalog) WriteFiles(to io.Writer) error {
	_, err := to.Write(binary.AppendUvarint(nil, uint64(len(c.files))))
	var w record.Writer
	var part []byte
	n := 0
	end := func() {
		part = w.AppendTo(part[:0])
		_, err2 := to.Write(append(binary.AppendUvarint(nil, uint64(len(part))), part...))
		err = errors.Join(err, err2)
		w.Reset()
	}
	for p, f := range c.files {
		shown := c.memory.shown(p)
		w.Text(p)
		w.Bytes(shown[:])
		f.write(&w)
		if n++; n%portion == 0 {
			end()
		}
	}
	end()
	return err
}

// restore makes what is known of the files what an earlier run knew, or nothing of it where that can't
// be read.
func (c *Catalog) restore(from io.Reader) {
	shown := 0
	for _, known := range c.memory.apart {
		if known.Gone.IsZero() {
			shown++
		}
	}
	r := bufio.NewReader(from)
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return
	}
	c.files = make(map[string]*file, min(n, 1<<20))
	for ks, err := range portions(r) {
		if err != nil {
			c.forget()
			return
		}
		for _, k := range ks {
			if k.shown != (store.Digest{}) && c.memory.shown(k.path) == (store.Digest{}) {
				c.outdated = true // since then it has moved, or gone
				continue
			}
			c.recall(k.path, k.file)
			if k.shown != (store.Digest{}) {
				shown--
			}
			c.outdated = c.outdated || k.shown != c.memory.shown(k.path)
		}
	}
	c.outdated = c.outdated || shown != 0
	c.retain()
	c.restored = len(c.files) > 0
}

// recalled is what an earlier run knew of the file at path, and what feeds showed of it.
type recalled struct {
	path  string
	shown store.Digest
	file  *file
}

// portions yields the portions that are left in from. A few at a time are in memory.
func portions(from *bufio.Reader) iter.Seq2[[]recalled, error] {
	return func(yield func([]recalled, error) bool) {
		for {
			parts, end := nextParts(from)
			read, errs := make([][]recalled, len(parts)), make([]error, len(parts))
			parallel(len(parts), func(i int) { read[i], errs[i] = readPortion(parts[i]) })
			for i := range parts {
				if !yield(read[i], errs[i]) {
					return
				}
			}
			if end != nil {
				if !errors.Is(end, io.EOF) {
					yield(nil, end)
				}
				return
			}
		}
	}
}

// nextParts reads as many portions as can be taken up at once, or fewer and why: [io.EOF] after the last.
func nextParts(from *bufio.Reader) (parts [][]byte, err error) {
	for range runtime.GOMAXPROCS(0) {
		length, err := binary.ReadUvarint(from)
		if err != nil {
			return parts, err
		}
		part := make([]byte, length)
		if _, err := io.ReadFull(from, part); err != nil {
			return parts, io.ErrUnexpectedEOF
		}
		parts = append(parts, part)
	}
	return parts, nil
}

func readPortion(b []byte) (ks []recalled, err error) {
	r := record.Open(b)
	for r.More() {
		k := recalled{path: r.Text()}
		r.Bytes(k.shown[:])
		k.file = readFile(r)
		ks = append(ks, k)
	}
	return ks, r.Err()
}

// recall takes up one file, unless a version stands in for it that is not the one kept.
func (c *Catalog) recall(path string, f *file) {
	a, kept := f.good.article, c.memory.sources[path]
	if standsIn := a != nil && a.Hash != f.hash; standsIn != (kept != nil) {
		return
	} else if standsIn {
		if hashOf(*kept) != a.Hash {
			return
		}
		c.shelf.pin(a, *kept)
	}
	c.set(path, f)
	c.relate(path, nil, f)
	c.fault(path, f.problems)
}

// retain lets the next look read the newest articles again, whatever their stamps say, so that their
// texts are on the shelf.
func (c *Catalog) retain() {
	var files []*file
	for _, f := range c.files {
		if f.good.article != nil && f.good.article.Hash == f.hash {
			files = append(files, f)
		}
	}
	slices.SortFunc(files, func(a, b *file) int { return b.good.article.Published.Compare(a.good.article.Published) })
	room := c.o.TextBytes
	for _, f := range files {
		if room -= f.stamp.size; room < 0 {
			return
		}
		f.again = true
	}
}

// agrees reports whether the files that were recalled are those that feeds showed last, at the time
// now: what was written down may be older than what readers have seen.
func (c *Catalog) agrees(now time.Time) bool {
	for p, f := range c.files {
		if due(f.good.article, now) != (c.memory.shown(p) != store.Digest{}) {
			return false
		}
	}
	return !c.outdated
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

func readFile(r *record.Reader) *file {
	f := &file{
		stamp:   stamp{dev: r.Uint(), ino: r.Uint(), size: r.Int(), mtime: r.Int(), ctime: r.Int()},
		refused: r.Bool(), again: r.Bool(), ragged: r.Bool(),
	}
	r.Bytes(f.hash[:])
	f.problems = record.ReadList(r, func() article.Problem {
		return article.Problem{Path: r.Text(), Line: int(r.Int()), Severity: article.Severity(r.Text()), Message: r.Text()}
	})
	if !r.Bool() {
		return f
	}
	f.good.article, f.good.traits = article.Read(r), &traits{}
	r.Bytes(f.good.traits.content[:])
	for i := range f.good.traits.sketch {
		f.good.traits.sketch[i] = uint32(r.Uint())
	}
	return f
}
