// Package record writes values one after the other, and reads them in the same order, in few bytes and
// with few allocations. What is written is for the same program on the same machine: who writes must
// see to it that only one who knows the order reads.
package record

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
	"sync"
	"time"
	"unique"
)

// Writer collects values. The zero Writer is empty.
type Writer struct {
	numbers []byte // all that is no text, and the lengths of texts
	text    []byte
	words   map[string]uint64 // that were written, and their numbers; nil: they are not shared
}

// writers are empty, and used again.
var writers = sync.Pool{New: func() any { return new(Writer) }}

// Append appends what write writes to b, as [Open] reads it.
func Append(b []byte, write func(*Writer)) []byte {
	w := writers.Get().(*Writer)
	defer writers.Put(w)
	w.Reset()
	write(w)
	return w.AppendTo(b)
}

// Sum is the SHA-256 of what write writes.
func Sum(write func(*Writer)) [sha256.Size]byte {
	w := writers.Get().(*Writer)
	defer writers.Put(w)
	w.Reset()
	write(w)
	return w.sum()
}

// Reset empties w, and keeps its memory.
func (w *Writer) Reset() { w.numbers, w.text, w.words = w.numbers[:0], w.text[:0], nil }

// Share lets the words that follow be written once each, for a reader that shares them too.
func (w *Writer) Share() { w.words = map[string]uint64{} }

// AppendTo appends what was written to b, as [Open] reads it.
func (w *Writer) AppendTo(b []byte) []byte {
	b = slices.Grow(b, binary.MaxVarintLen64+len(w.numbers)+len(w.text))
	b = binary.AppendUvarint(b, uint64(len(w.numbers)))
	b = append(b, w.numbers...)
	return append(b, w.text...)
}

// sum is the SHA-256 of what was written.
func (w *Writer) sum() [sha256.Size]byte {
	n := len(w.numbers)
	w.Uint(uint64(n)) // where the numbers end
	w.numbers = append(w.numbers, w.text...)
	sum := sha256.Sum256(w.numbers)
	w.numbers = w.numbers[:n]
	return sum
}

// Uint writes a number.
func (w *Writer) Uint(n uint64) { w.numbers = binary.AppendUvarint(w.numbers, n) }

// Int writes a number.
func (w *Writer) Int(n int64) { w.numbers = binary.AppendVarint(w.numbers, n) }

// Bool writes a truth.
func (w *Writer) Bool(is bool) {
	if is {
		w.Uint(1)
	} else {
		w.Uint(0)
	}
}

// Bytes writes as many bytes as the reader will ask for.
func (w *Writer) Bytes(b []byte) { w.numbers = append(w.numbers, b...) }

// Text writes a text.
func (w *Writer) Text(s string) {
	w.Uint(uint64(len(s)))
	w.text = append(w.text, s...)
}

// Word writes a text that is there many times. Where words are not shared it is a text like others.
func (w *Writer) Word(s string) {
	if w.words == nil {
		w.Text(s)
		return
	}
	n, known := w.words[s]
	if !known {
		n = uint64(len(w.words))
		w.words[s] = n
	}
	if w.Uint(n); !known {
		w.Text(s)
	}
}

// Name writes a text that is the same in many records.
func (w *Writer) Name(s string) {
	w.Uint(uint64(len(s)))
	w.numbers = append(w.numbers, s...)
}

// Time writes a time with the offset of its zone.
func (w *Writer) Time(t time.Time) {
	if t.IsZero() {
		w.Uint(0)
		return
	}
	_, offset := t.Zone()
	w.Uint(uint64(t.Nanosecond()) + 1)
	w.Int(t.Unix())
	w.Int(int64(offset))
}

// List writes the values of a list with the function. A nil list stays apart from an empty one.
func List[T any](w *Writer, values []T, write func(T)) {
	if values == nil {
		w.Uint(0)
		return
	}
	w.Uint(uint64(len(values)) + 1)
	for _, v := range values {
		write(v)
	}
}

// Reader gives back what a [Writer] was given. What is not there reads as zero, and [Reader.Err] tells.
type Reader struct {
	numbers []byte
	text    string // in which all texts that were read stay
	words   []string
	shares  bool
	failed  bool
}

var errRecord = errors.New("the record is cut short, or none")

// Open returns a reader of what [Writer.AppendTo] has appended to nothing.
func Open(b []byte) *Reader {
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)-size) {
		return &Reader{failed: true}
	}
	return &Reader{numbers: b[size : size+int(n)], text: string(b[size+int(n):])}
}

// Share tells that words are shared from here on, as [Writer.Share] does.
func (r *Reader) Share() { r.shares = true }

// Err tells whether something was missing, or is left.
func (r *Reader) Err() error {
	if r.failed || len(r.numbers)+len(r.text) > 0 {
		return errRecord
	}
	return nil
}

// More reports whether there is more to read, and nothing was missing so far.
func (r *Reader) More() bool { return !r.failed && len(r.numbers) > 0 }

// Uint reads a number.
func (r *Reader) Uint() uint64 {
	n, size := binary.Uvarint(r.numbers)
	r.skip(size)
	return n
}

// Int reads a number.
func (r *Reader) Int() int64 {
	n, size := binary.Varint(r.numbers)
	r.skip(size)
	return n
}

func (r *Reader) skip(size int) {
	if size <= 0 {
		r.numbers, r.failed = nil, true
		return
	}
	r.numbers = r.numbers[size:]
}

// Bool reads a truth.
func (r *Reader) Bool() bool { return r.Uint() != 0 }

// Bytes fills b with bytes.
func (r *Reader) Bytes(b []byte) {
	if copy(b, r.numbers) < len(b) {
		r.numbers, r.failed = nil, true
		return
	}
	r.numbers = r.numbers[len(b):]
}

// Text reads a text.
func (r *Reader) Text() string {
	n := r.Uint()
	if n > uint64(len(r.text)) {
		r.numbers, r.text, r.failed = nil, "", true
		return ""
	}
	s := r.text[:n]
	r.text = r.text[n:]
	return s
}

// Word reads a text of [Writer.Word].
func (r *Reader) Word() string {
	if !r.shares {
		return r.Text()
	}
	switch n := r.Uint(); {
	case n < uint64(len(r.words)):
		return r.words[n]
	case n == uint64(len(r.words)):
		s := r.Text()
		r.words = append(r.words, s)
		return s
	}
	r.numbers, r.failed = nil, true
	return ""
}

// Name reads a text of [Writer.Name]. Equal ones share their memory.
func (r *Reader) Name() string {
	n := r.Uint()
	if n > uint64(len(r.numbers)) {
		r.numbers, r.failed = nil, true
		return ""
	}
	s := unique.Make(string(r.numbers[:n])).Value()
	r.numbers = r.numbers[n:]
	return s
}

// Time reads a time.
func (r *Reader) Time() time.Time {
	nanoseconds := r.Uint()
	if nanoseconds == 0 {
		return time.Time{}
	}
	t := time.Unix(r.Int(), int64(nanoseconds-1))
	if offset := r.Int(); offset != 0 {
		return t.In(time.FixedZone("", int(offset)))
	}
	return t.UTC()
}

// ReadList reads a list with the function.
func ReadList[T any](r *Reader, read func() T) []T {
	n := r.Uint()
	if n == 0 {
		return nil
	}
	if n--; n > uint64(len(r.numbers)) { // each value takes a byte at least
		r.numbers, r.failed = nil, true
		return nil
	}
	values := make([]T, n)
	for i := range values {
		values[i] = read()
	}
	return values
}
