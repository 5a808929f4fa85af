package store

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"testing"
	"time"
)

// BenchmarkCommitBulk changes ten thousand of a hundred thousand articles, which lie all over the table.
func BenchmarkCommitBulk(b *testing.B) {
	s, err := Open(b.TempDir(), "content")
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	all := sample(100_000)
	spread := Changes{Articles: map[string]*Article{}}
	for path, a := range all.Articles {
		sum := sha256.Sum256([]byte(path))
		a.Hash, a.Content, a.Shown = Digest(sum[:]), Digest(sum[8:]), Digest(sum[16:])
		_, _ = binary.Decode(sum[:], binary.BigEndian, &a.Sketch)
		a.Updated, a.Touched, a.Position, a.Placed = a.Published, a.Published, a.Published, a.Published
		a.Feeds = []string{"", "tags/go", fmt.Sprintf("tags/%d", sum[0])}
		if binary.BigEndian.Uint32(sum[:])%10 == 0 {
			spread.Articles[path] = a
		}
	}
	if err := s.Commit(all); err != nil {
		b.Fatal(err)
	}
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		for _, a := range spread.Articles {
			a.Updated = time.Unix(int64(n), 0)
		}
		if err := s.Commit(spread); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		for more := true; more; {
			if more, err = s.Fold(); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
	}
}
