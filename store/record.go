package store

import (
	"encoding/binary"
	"errors"
	"time"
	"unique"
)

// Articles are by far the most of what is kept, and all of them are read at each start. So each is a
// record of few bytes: its version, then the fields of [Article] in their order. Texts and lists
// begin with their length, a time is seconds since 1970 and nanoseconds, or 0 and 0 for none.
const recordVersion = 2

// encodeArticle is the inverse of decodeArticle.
func encodeArticle(a *Article) ([]byte, error) {
	b := make([]byte, 0, 256)
	b = append(b, recordVersion)
	b = appendText(b, a.ID)
	b = appendText(b, a.Claim)
	for _, t := range []time.Time{a.Published, a.Updated, a.Touched, a.Position, a.Placed, a.Gone} {
		b = appendTime(b, t)
	}
	for _, d := range []Digest{a.Hash, a.Content, a.Shown} {
		b = append(b, d[:]...)
	}
	for _, n := range a.Sketch {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	b = binary.AppendUvarint(b, uint64(len(a.Feeds)))
	for _, f := range a.Feeds {
		b = appendText(b, f)
	}
	return b, nil
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, 0, 0)
	}
	return binary.AppendUvarint(binary.AppendVarint(b, t.Unix()), uint64(t.Nanosecond())+1)
}

// decodeArticle reads a record of this version or, in JSON, of the one before.
func decodeArticle(value []byte) (*Article, error) {
	if len(value) > 0 && value[0] == '{' {
		return decode[Article](value)
	}
	r := record{rest: value}
	if v := r.bytes(1); v == nil || v[0] != recordVersion {
		return nil, errRecord
	}
	a := &Article{ID: r.text(), Claim: r.text()}
	for _, t := range []*time.Time{&a.Published, &a.Updated, &a.Touched, &a.Position, &a.Placed, &a.Gone} {
		*t = r.time()
	}
	for _, d := range []*Digest{&a.Hash, &a.Content, &a.Shown} {
		copy(d[:], r.bytes(len(d)))
	}
	if b := r.bytes(4 * len(a.Sketch)); b != nil {
		for i := range a.Sketch {
			a.Sketch[i] = binary.BigEndian.Uint32(b[4*i:])
		}
	}
	if n := r.uvarint(); n > 0 && n <= uint64(len(r.rest)) {
		a.Feeds = make([]string, n)
		for i := range a.Feeds {
			a.Feeds[i] = unique.Make(r.text()).Value() // articles share their feeds
		}
	}
	if r.failed || len(r.rest) > 0 {
		return nil, errRecord
	}
	return a, nil
}

var errRecord = errors.New("no record of an article")

// record reads the fields of one, one after the other. What is cut short gives zero values, and failed.
type record struct {
	rest   []byte
	failed bool
}

// bytes takes the next n bytes, or none where there are fewer.
func (r *record) bytes(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.rest, r.failed = nil, true
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *record) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	r.bytes(max(n, -1))
	r.failed = r.failed || n <= 0
	return v
}

func (r *record) varint() int64 {
	v, n := binary.Varint(r.rest)
	r.bytes(max(n, -1))
	r.failed = r.failed || n <= 0
	return v
}

func (r *record) text() string {
	n := r.uvarint()
	return string(r.bytes(int(min(n, uint64(len(r.rest)+1)))))
}

func (r *record) time() time.Time {
	seconds, nanoseconds := r.varint(), r.uvarint()
	if nanoseconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, int64(nanoseconds-1)).UTC()
}
