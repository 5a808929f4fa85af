package store

import (
	"crypto/sha256"
	"errors"
	"time"

	"feedmill/internal/record"
)

// Articles are by far the most of what is kept, and all of them are read at each start. So each is a
// record of few bytes: its version, then the fields of [Article].
const recordVersion = 2

// encodeArticle is the inverse of decodeArticle.
func encodeArticle(a *Article) ([]byte, error) {
	return record.Append([]byte{recordVersion}, func(w *record.Writer) {
		w.Text(a.ID)
		w.Text(a.Claim)
		for _, t := range []time.Time{a.Published, a.Updated, a.Touched, a.Position, a.Placed, a.Gone} {
			w.Time(t)
		}
		for _, d := range []Digest{a.Hash, a.Content, a.Shown} {
			w.Bytes(d[:])
		}
		for _, n := range a.Sketch {
			w.Uint(uint64(n))
		}
		record.List(w, a.Feeds, w.Name)
	}), nil
}

// Sum tells the record of a from others.
func (a *Article) Sum() Digest {
	value, _ := encodeArticle(a) // which never fails
	return sumOf(value)
}

func sumOf(value []byte) Digest {
	sum := sha256.Sum256(value)
	return Digest(sum[:])
}

// decodeArticle reads a record of this version or, in JSON, of the one before.
func decodeArticle(value []byte) (*Article, error) {
	if len(value) > 0 && value[0] == '{' {
		return decode[Article](value)
	}
	if len(value) == 0 || value[0] != recordVersion {
		return nil, errors.New("no record of an article")
	}
	r := record.Open(value[1:])
	a := &Article{ID: r.Text(), Claim: r.Text()}
	for _, t := range []*time.Time{&a.Published, &a.Updated, &a.Touched, &a.Position, &a.Placed, &a.Gone} {
		*t = r.Time()
	}
	for _, d := range []*Digest{&a.Hash, &a.Content, &a.Shown} {
		r.Bytes(d[:])
	}
	for i := range a.Sketch {
		a.Sketch[i] = uint32(r.Uint())
	}
	a.Feeds = record.ReadList(r, r.Name)
	return a, r.Err()
}
