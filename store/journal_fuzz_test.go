package store

import (
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// FuzzJournal does at random what stores do, and compares what is kept with a map.
func FuzzJournal(f *testing.F) {
	limited(f, 8, 4)
	r := rand.New(rand.NewPCG(3, 1))
	for range 8 {
		does := make([]byte, 400)
		for i := range does {
			does[i] = byte(r.Uint32())
		}
		f.Add(does)
	}
	f.Fuzz(func(t *testing.T, does []byte) {
		dir, open := t.TempDir(), Open
		s, want := mustOpen(t, dir), map[string]*Article{}
		again := func() {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			var err error
			if s, err = open(dir, "content"); err != nil {
				t.Fatal(err)
			}
		}
		defer func() { s.Close() }()
		commit(t, s, Changes{Feeds: sample(0).Feeds})
		for i := 0; i+2 < len(does); i += 3 {
			s.db.NoSync = true
			first, n := int(does[i+1]%40), int(does[i+2]%30)
			switch does[i] % 8 {
			case 0:
				fold(t, s)
			case 1:
				if open = Open; does[i+1]%2 == 0 {
					open = Visit
				}
				again()
			case 2, 3:
				n %= 3
				fallthrough
			default:
				c := changed(first, n, int64(i))
				for path := range c.Articles {
					if path[len("posts/0000")-1]%4 == does[i]/8%4 {
						c.Articles[path] = nil
					}
					if want[path] = c.Articles[path]; want[path] == nil {
						delete(want, path)
					}
				}
				commit(t, s, c)
			}
			if n := chunks(t, s); n > mostChunks+4 || n > 0 && s.visit != nil && does[i]%8 > 1 {
				t.Fatalf("step %d leaves %d chunks", i/3, n)
			}
			holds(t, s, want)
			holdsRest(t, s, want, does[i])
		}
	})
}

// holdsRest asks for what is kept beside articles that are known, or were known as they are not any more.
func holdsRest(t *testing.T, s *Store, want map[string]*Article, by byte) {
	t.Helper()
	known, rest := map[string]Digest{}, map[string]*Article{}
	for path, a := range want {
		switch (path[len("posts/0000")-1] + by) % 3 {
		case 0:
			known[path] = a.Sum()
			continue
		case 1:
			was := *a
			was.Updated = was.Updated.Add(-time.Second)
			known[path] = was.Sum()
		}
		rest[path] = a
	}
	have, err := s.LoadRest(func(path []byte, sum Digest) bool {
		if a := want[string(path)]; a == nil || a.Sum() != sum {
			t.Errorf("LoadRest tells of %s as it is not kept", path)
		}
		is, there := known[string(path)]
		return there && is == sum
	})
	if err != nil || !maps.EqualFunc(rest, have.Articles, (*Article).Equal) {
		t.Fatalf("LoadRest (-want +have): %v\n%s", err, cmp.Diff(rest, have.Articles))
	}
}
