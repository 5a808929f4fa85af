package store

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"
)

// changed is n articles of those that sample has, from the first-th on, each other than before.
func changed(first, n int, at int64) Changes {
	c := Changes{Articles: map[string]*Article{}}
	for i := first; i < first+n; i++ {
		c.Articles[fmt.Sprintf("posts/%04d.md", i)] = &Article{ID: fmt.Sprintf("urn:x:%d", i), Updated: time.Unix(at, 0).UTC(), Feeds: []string{"tags/go"}}
	}
	return c
}

// chunks is how many the journal of the site has.
func chunks(t *testing.T, s *Store) (n uint64) {
	t.Helper()
	if err := s.db.View(func(tx *bolt.Tx) error {
		if root := tx.Bucket(siteName(s.site)); root != nil {
			n = journaled(root)
		}
		return verify(tx)
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func fold(t *testing.T, s *Store) bool {
	t.Helper()
	more, err := s.Fold()
	if err != nil {
		t.Fatal(err)
	}
	return more
}

// holds compares what is kept of the articles.
func holds(t *testing.T, s *Store, want map[string]*Article) {
	t.Helper()
	have, err := s.Load()
	if err != nil {
		t.Fatal(err)
	}
	if !maps.EqualFunc(want, have.Articles, (*Article).Equal) {
		t.Fatalf("Load (-want +have):\n%s", cmp.Diff(want, have.Articles))
	}
}

// limited lowers the limits of journals.
func limited(t testing.TB, articles int, chunks uint64) {
	b, m := bulk, mostChunks
	bulk, mostChunks = articles, chunks
	t.Cleanup(func() { bulk, mostChunks = b, m })
}

// TestJournal follows a change of many articles to the journal and to the table.
func TestJournal(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	want := sample(3 * bulk)
	first := want
	first.Feeds = nil
	commit(t, s, first)
	commit(t, s, Changes{Feeds: want.Feeds})
	if n := chunks(t, s); n > 0 {
		t.Fatalf("the first state is in %d chunks of a journal", n)
	}
	commit(t, s, changed(0, bulk, 1))
	maps.Copy(want.Articles, changed(0, bulk, 1).Articles)
	if n := chunks(t, s); n > 0 {
		t.Fatalf("a change of %d articles is in %d chunks of a journal", bulk, n)
	}
	written := s.Written()
	if fold(t, s) || s.Written() != written {
		t.Error("Fold of nothing writes")
	}

	bulky := changed(5, 2*bulk+1, 2)
	commit(t, s, bulky)
	maps.Copy(want.Articles, bulky.Articles)
	if n := chunks(t, s); n != 3 {
		t.Fatalf("a change of %d articles is in %d chunks, want 3", len(bulky.Articles), n)
	}
	commit(t, s, Changes{Articles: map[string]*Article{"posts/0007.md": nil, "new.md": {ID: "urn:x:new"}}})
	delete(want.Articles, "posts/0007.md")
	want.Articles["new.md"] = &Article{ID: "urn:x:new"}
	if n := chunks(t, s); n != 4 {
		t.Fatalf("a single change makes %d chunks of 3", n)
	}
	beside, err := Read(dir, "content")
	if err != nil || !maps.EqualFunc(want.Articles, beside.Articles, (*Article).Equal) {
		t.Errorf("Read differs: %v", err)
	}
	holds(t, s, want.Articles)
	s.Close()
	s = mustOpen(t, dir)
	for left := uint64(3); left > 1; left-- {
		if !fold(t, s) || chunks(t, s) != left {
			t.Fatalf("Fold leaves %d chunks, want %d", chunks(t, s), left)
		}
		holds(t, s, want.Articles)
	}
	if fold(t, s) || chunks(t, s) > 0 { // few articles in each
		t.Fatalf("the last Fold leaves %d chunks", chunks(t, s))
	}
	holds(t, s, want.Articles)
	s.Close()
	holds(t, mustOpen(t, dir), want.Articles)
}

// TestJournalApart has a journal of one site and none of another, in the same file.
func TestJournalApart(t *testing.T) {
	limited(t, 8, 4)
	dir := t.TempDir()
	s := mustOpen(t, dir)
	other := s.Of("other")
	for _, s := range []*Store{s, other} {
		commit(t, s, sample(20))
	}
	commit(t, s, changed(0, 10, 1))
	if fold(t, other) || chunks(t, other) > 0 || chunks(t, s) != 2 {
		t.Errorf("there are %d chunks of the one, and %d of the other", chunks(t, s), chunks(t, other))
	}
	s.Close()
	other, err := Open(dir, "other")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	holds(t, other, sample(20).Articles)
	want := sample(20)
	maps.Copy(want.Articles, changed(0, 10, 1).Articles)
	s = other.Of("content")
	holds(t, s, want.Articles)
	if !fold(t, s) || fold(t, s) || chunks(t, s) > 0 {
		t.Errorf("of the site got by Of %d chunks are left", chunks(t, s))
	}
	holds(t, s, want.Articles)
	commit(t, other, changed(10, 9, 2))
	if fold(t, s) || chunks(t, other) != 2 {
		t.Errorf("of the other there are %d chunks, want 2", chunks(t, other))
	}
	if !fold(t, other) || fold(t, other) || chunks(t, other) > 0 {
		t.Errorf("of the other %d chunks are left", chunks(t, other))
	}
	holds(t, s, want.Articles)
}

// TestJournalBound goes on changing articles while nobody folds.
func TestJournalBound(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	s.db.NoSync = true
	want := sample(2 * bulk)
	commit(t, s, want)
	most := uint64(0)
	for i := range int(2 * mostChunks) {
		c := changed(i, 1, int64(i))
		if i == 0 || i == int(mostChunks)+5 {
			c = changed(i, 2*bulk-i, int64(i))
		}
		commit(t, s, c)
		maps.Copy(want.Articles, c.Articles)
		most = max(most, chunks(t, s))
	}
	if most != mostChunks+1 {
		t.Errorf("the journal had up to %d chunks, want %d", most, mostChunks+1)
	}
	holds(t, s, want.Articles)
}

// TestVisitFolds takes the journal of an earlier daemon with it, and makes none.
func TestVisitFolds(t *testing.T) {
	limited(t, 8, 4)
	dir := t.TempDir()
	s := mustOpen(t, dir)
	want := sample(40)
	commit(t, s, want)
	commit(t, s, changed(0, 20, 1))
	maps.Copy(want.Articles, changed(0, 20, 1).Articles)
	if chunks(t, s) != 3 {
		t.Fatalf("there are %d chunks, want 3", chunks(t, s))
	}
	s.Close()
	visit, err := Visit(dir, "content")
	if err != nil {
		t.Fatal(err)
	}
	defer visit.Close()
	holds(t, visit, want.Articles)
	for _, c := range []Changes{changed(3, 1, 2), changed(10, 20, 3)} {
		commit(t, visit, c)
		maps.Copy(want.Articles, c.Articles)
		if n := chunks(t, visit); n != 0 {
			t.Errorf("a visit leaves %d chunks", n)
		}
	}
	holds(t, visit, want.Articles)
}

// TestJournalDamaged changes what a chunk says, with and without a checksum that fits.
func TestJournalDamaged(t *testing.T) {
	limited(t, 8, 4)
	key := string(make([]byte, 7)) + "\x01"
	for name, tc := range map[string]struct {
		damage func(sealed []byte) []byte
		opens  bool // and is damaged all the same
	}{
		"checksum": {func(sealed []byte) []byte { sealed[len(sealed)-1] ^= 1; return sealed }, false},
		"cut":      {func(sealed []byte) []byte { return seal([]byte(key), sealed[4:len(sealed)-1]) }, true},
		"longer":   {func(sealed []byte) []byte { return seal([]byte(key), append(sealed[4:], 0)) }, true},
		"empty":    {func([]byte) []byte { return seal([]byte(key), nil) }, true},
		"record": {func([]byte) []byte {
			return seal([]byte(key), []byte("\x03\x01\x04\x01a.md?"))
		}, true},
	} {
		dir := t.TempDir()
		s := mustOpen(t, dir)
		commit(t, s, sample(20))
		commit(t, s, changed(0, 10, 1))
		if err := s.db.Update(func(tx *bolt.Tx) error {
			b := tx.Bucket(siteName(s.site)).Bucket(journal)
			return b.Put([]byte(key), tc.damage(slices.Clone(b.Get([]byte(key)))))
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Load(); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "journal") {
			t.Errorf("%s: Load = %v, want %v of the journal", name, err, ErrDamaged)
		}
		if name != "record" { // which is moved as it is
			more, err := s.Fold()
			if !more || !errors.Is(err, ErrDamaged) || !errors.Is(err, ErrFailed) {
				t.Errorf("%s: Fold = %t, %v, want %v", name, more, err, ErrDamaged)
			}
			if err := s.Commit(changed(0, 1, 2)); !errors.Is(err, ErrFailed) {
				t.Errorf("%s: Commit then = %v, want %v", name, err, ErrFailed)
			}
		}
		s.Close()
		_, err := Open(dir, "content")
		if tc.opens != (err == nil) || err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: Open = %v", name, err)
		}
	}
}

// TestFoldPulledAway takes the file away before the journal is folded.
func TestFoldPulledAway(t *testing.T) {
	limited(t, 8, 4)
	for name, pull := range pulls {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := mustOpen(t, dir)
			commit(t, s, sample(400))
			commit(t, s, changed(0, 400, 1))
			if err := pull(filepath.Join(dir, fileName)); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if more, err := s.Fold(); !more || !errors.Is(err, ErrFailed) {
					t.Fatalf("Fold = %t, %v, want %v", more, err, ErrFailed)
				}
			}
			if err := s.Commit(changed(0, 1, 2)); !errors.Is(err, ErrFailed) {
				t.Fatalf("Commit = %v, want %v", err, ErrFailed)
			}
		})
	}
}
