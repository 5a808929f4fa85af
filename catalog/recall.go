package catalog

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"slices"
	"sync"
	"time"

	"feedmill/article"
	"feedmill/internal/record"
	"feedmill/store"
)

// Recalled is what an earlier run knew of the files, and of what feeds showed of them. An entry of it is
// believed once [Recalled.Tells] has seen that what is kept of the article is what that run had kept.
// A nil one knows nothing.
type Recalled struct {
	looked  time.Time               // when that run last looked
	files   map[string]*file        // by path, as entries and unsure
	entries map[string]*Entry       // some of files have one
	order   []*Entry                // the same as feeds show them, as far as is known
	unsure  map[string]store.Digest // the sums of the records of what feeds showed, until they are seen
}

// recalled is what was written of one file.
type recalled struct {
	path  string
	file  *file
	entry *Entry       // nil: feeds did not show it
	sum   store.Digest // of the record that the entry tells
}

// Recall reads what [Catalog.WriteFiles] has written, for the Recalled of these Options, and returns nil
// where it can't be read.
func Recall(from io.Reader, o Options) *Recalled {
	in, parts := bufio.NewReader(from), make([][]byte, runtime.GOMAXPROCS(0))
	if n, err := nextParts(in, parts[:1]); n == 0 || err != nil {
		return nil
	}
	head, same := record.Open(parts[0]), make([]byte, len(basis(o)))
	head.Bytes(same)
	looked, size := head.Time(), head.Uint()
	if head.Err() != nil {
		return nil
	}
	var all [][]recalled
	for end := error(nil); end == nil; {
		var n int
		n, end = nextParts(in, parts)
		read, errs := make([][]recalled, n), make([]error, n)
		parallel(n, func(i int) { read[i], errs[i] = readPortion(parts[i], o.Resurface) })
		if errors.Join(errs...) != nil || end != nil && !errors.Is(end, io.EOF) {
			return nil
		}
		all = append(all, read...)
	}
	if r := newRecalled(all, looked, bytes.Equal(same, basis(o))); uint64(len(r.files)) == size {
		return r
	}
	return nil
}

// nextParts reads as many portions as there is room for, or fewer and why: [io.EOF] after the last.
func nextParts(from *bufio.Reader, parts [][]byte) (n int, err error) {
	for i := range parts {
		length, err := binary.ReadUvarint(from)
		if err != nil {
			return i, err
		}
		if uint64(cap(parts[i])) < length {
			parts[i] = make([]byte, length+length/8)
		}
		parts[i] = parts[i][:length]
		if _, err := io.ReadFull(from, parts[i]); err != nil {
			return i, io.ErrUnexpectedEOF
		}
	}
	return len(parts), nil
}

func readPortion(b []byte, resurfaces bool) ([]recalled, error) {
	r, ks := record.Open(b), make([]recalled, 0, portion)
	r.Share()
	for r.More() {
		k := recalled{file: readFile(r)}
		if a := k.file.good.article; a == nil {
			k.path = r.Text()
		} else if k.path = a.Path; r.Bool() {
			r.Bytes(k.sum[:])
			k.entry = readEntry(r, k.file.good)
			k.entry.resurfaces = resurfaces
		}
		ks = append(ks, k)
	}
	return ks, r.Err()
}

// newRecalled puts together what was read, without the entries if those are not what they would be now.
func newRecalled(all [][]recalled, looked time.Time, entries bool) *Recalled {
	n := 0
	for _, part := range all {
		n += len(part)
	}
	r := &Recalled{looked: looked, files: make(map[string]*file, n), entries: make(map[string]*Entry, n), unsure: make(map[string]store.Digest, n)}
	var filling sync.WaitGroup // of one map each
	fill := func(take func(recalled)) {
		filling.Go(func() {
			for _, part := range all {
				for _, k := range part {
					take(k)
				}
			}
		})
	}
	fill(func(k recalled) { r.files[k.path] = k.file })
	fill(func(k recalled) {
		if k.entry == nil {
			return
		}
		if r.unsure[k.path] = k.sum; entries {
			r.entries[k.path] = k.entry
			r.order = append(r.order, k.entry)
		}
	})
	filling.Wait()
	return r
}

// Tells reports whether an entry tells all that is kept of the article at path, of which this is the sum: see
// [store.Store.LoadRest].
func (r *Recalled) Tells(path []byte, sum store.Digest) bool {
	if r == nil || len(r.entries) == 0 {
		return false
	}
	if told, is := r.unsure[string(path)]; !is || told != sum {
		return false
	}
	delete(r.unsure, string(path))
	return true
}

// settle drops the entries that tell of something else than what is kept, and reports whether there are any.
func (r *Recalled) settle() (dropped bool) {
	if len(r.unsure) == 0 {
		return false
	}
	for p := range r.unsure {
		delete(r.entries, p)
	}
	r.order = slices.DeleteFunc(r.order, func(e *Entry) bool { return r.entries[e.Path] != e })
	return true
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

// readEntry reads what [Entry.write] has written of the entry of an article.
func readEntry(r *record.Reader, s source) *Entry {
	e := &Entry{Article: s.article, traits: s.traits}
	e.ID = cmp.Or(r.Text(), (&claim{article: s.article}).own())
	e.Published, e.Updated = r.Time(), r.Time()
	for _, ref := range e.Refs {
		if !r.Bool() {
			continue
		}
		if e.Links == nil {
			e.Links = map[string]string{}
		}
		e.Links[ref] = r.Text()
	}
	for _, m := range []*moment{&e.changed, &e.touched, &e.placed} {
		*m = moment(r.Int())
	}
	r.Bytes(e.digest[:])
	e.mark = hash([]byte(e.ID))
	return e
}
