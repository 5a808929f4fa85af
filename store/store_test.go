package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"
)

// sample is changes that touch every table, and n articles.
func sample(n int) Changes {
	at := time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC)
	src := []byte("---\ntitle: T\n---\n")
	c := Changes{
		Articles:  map[string]*Article{},
		Feeds:     map[string]*Feed{"/": {Generations: []Generation{{Version: Digest{1}, Entries: []uint64{1, 1 << 63}}}, Modified: at}},
		Deletions: map[string]*Deletion{"urn:x:1": {When: at, Feeds: []string{"", "tags/go"}}},
		Sources:   map[string]*[]byte{"a.md": &src},
	}
	for i := range n {
		c.Articles[fmt.Sprintf("posts/%04d.md", i)] = &Article{
			ID: fmt.Sprintf("https://example.org/%d/", i), Published: at, Hash: Digest{byte(i), 2}, Sketch: Sketch{3, 1 << 31}, Feeds: []string{""},
		}
	}
	return c
}

func mustOpen(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir, "content")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func commit(t *testing.T, s *Store, c Changes) {
	t.Helper()
	if err := s.Commit(c); err != nil {
		t.Fatal(err)
	}
}

func TestRoundTrip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "by", "open")
	s := mustOpen(t, dir)
	want := sample(500)
	commit(t, s, want)
	want.Articles["posts/0001.md"].Gone = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	commit(t, s, Changes{Articles: map[string]*Article{
		"posts/0000.md": nil, "posts/0001.md": want.Articles["posts/0001.md"], "never.md": nil,
	}})
	delete(want.Articles, "posts/0000.md")

	beside, err := Read(dir, "content")
	if diff := cmp.Diff(State(want), beside); diff != "" || err != nil {
		t.Errorf("Read beside the owner (-want +have): %v\n%s", err, diff)
	}
	s.Close()
	have, err := mustOpen(t, dir).Load()
	if diff := cmp.Diff(State(want), have); diff != "" || err != nil {
		t.Errorf("Load after Open (-want +have): %v\n%s", err, diff)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != 1 {
		t.Errorf("the folder holds %q, want one file", names)
	}
}

func TestSitesApart(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	commit(t, s, sample(1))
	other, err := Read(dir, "another")
	if diff := cmp.Diff(State{}, other); diff != "" || err != nil {
		t.Errorf("Read of another site: %v\n%s", err, diff)
	}
	if none, err := Read(t.TempDir(), "content"); err != nil || none.Articles != nil {
		t.Errorf("Read of nothing = %v, %v", none, err)
	}
}

func TestOneOwner(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	if _, err := Open(dir, "another"); !errors.Is(err, ErrInUse) {
		t.Errorf("the second Open = %v, want %v", err, ErrInUse)
	}
	s.Close()
	mustOpen(t, dir)
}

// TestLeftovers opens a folder in which processes were killed.
func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	long := time.Now().Add(-2 * time.Hour)
	for name, changed := range map[string]time.Time{
		"files-0a1b.new": time.Now(), "state.db.copy-1": long, "state.db.copy-2": time.Now(), "state.db.new-3": long,
		"files-0a1b.cache": long, "state.db.damaged-4": long, "other.new": long,
	} {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(name, nil, 0o600), os.Chtimes(name, changed, changed)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, e := range all {
		have = append(have, e.Name())
	}
	want := []string{"files-0a1b.cache", "other.new", "state.db", "state.db.copy-2", "state.db.damaged-4"}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("(-want +have)\n%s", diff)
	}
}

// TestReadDuringCommits copies a file that is written to all the time: what is read is one commit.
func TestReadDuringCommits(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	commit(t, s, sample(300))
	done := make(chan error, 1)
	stop := make(chan struct{})
	go func() {
		var err error
		for n := byte(0); err == nil; n++ {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			c := sample(300)
			for _, a := range c.Articles {
				a.Content = Digest{n}
			}
			err = s.Commit(c)
			time.Sleep(time.Millisecond)
		}
		done <- err
	}()
	t.Cleanup(func() {
		close(stop)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	for range 30 {
		st, err := Read(dir, "content")
		if err != nil {
			t.Fatal(err)
		}
		for p, a := range st.Articles {
			if a.Content != st.Articles["posts/0000.md"].Content {
				t.Fatalf("%s is of another commit", p)
			}
		}
	}
}

// TestDamage flips bits, cuts the file short, and empties it: that is noticed, or did no harm, and
// the file stays as it is.
func TestDamage(t *testing.T) {
	good := t.TempDir()
	s := mustOpen(t, good)
	commit(t, s, sample(400))
	want, err := s.Load()
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	src, err := os.ReadFile(filepath.Join(good, fileName))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 4))
	damaged := [][]byte{{}, src[:1], src[:4096], src[:len(src)/2], src[:len(src)-4096], append([]byte("x"), src...)}
	for range 150 {
		flipped := append([]byte{}, src...)
		flipped[r.IntN(len(flipped))] ^= 1 << r.IntN(8)
		damaged = append(damaged, flipped)
	}
	noticed := 0
	dir := t.TempDir()
	file := filepath.Join(dir, fileName)
	for i, bad := range damaged {
		if err := os.WriteFile(file, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := Open(dir, "content")
		if err == nil {
			have, err := s.Load()
			s.Close()
			if diff := cmp.Diff(want, have); diff != "" || err != nil {
				t.Fatalf("damage %d was not noticed: %v\n%s", i, err, diff)
			}
			continue
		}
		noticed++
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNewer) {
			t.Errorf("damage %d: %v, want %v", i, err, ErrDamaged)
		}
		if have, _ := os.ReadFile(file); string(have) != string(bad) {
			t.Errorf("damage %d: the file was changed", i)
		}
	}
	if noticed < 6 {
		t.Errorf("only %d of %d were noticed", noticed, len(damaged))
	}

	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	aside, err := SetAside(dir, time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC))
	if err != nil || filepath.Base(aside) != "state.db.damaged-20240601T120000.000" {
		t.Errorf("SetAside = %q, %v", aside, err)
	}
	mustOpen(t, dir)
}

// pulls are ways to take a file from under its owner.
var pulls = map[string]func(file string) error{
	"cut":      func(file string) error { return os.Truncate(file, 0) },
	"removed":  os.Remove,
	"replaced": func(file string) error { return errors.Join(os.Remove(file), os.WriteFile(file, nil, 0o644)) },
}

// TestPulledAway takes the file from under its owner: that is noticed once and for all, whatever of
// the file is in memory.
func TestPulledAway(t *testing.T) {
	for name, pull := range pulls {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := mustOpen(t, dir)
			commit(t, s, sample(400))
			if err := pull(filepath.Join(dir, fileName)); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				c := sample(400)
				for _, a := range c.Articles {
					a.Content = Digest{9}
				}
				if err := s.Commit(c); !errors.Is(err, ErrFailed) {
					t.Fatalf("Commit = %v, want %v", err, ErrFailed)
				}
			}
		})
	}
}

func TestNewer(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	err := s.db.Update(func(tx *bolt.Tx) error {
		return tx.Bucket(metaTable).Put(formatKey, seal(formatKey, []byte(strconv.Itoa(format+1))))
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, err := Open(dir, "content"); !errors.Is(err, ErrNewer) || errors.Is(err, ErrDamaged) {
		t.Errorf("Open of a newer file = %v, want %v", err, ErrNewer)
	}
}

func BenchmarkCommit(b *testing.B) {
	s, err := Open(b.TempDir(), "content")
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if err := s.Commit(sample(10_000)); err != nil {
		b.Fatal(err)
	}
	c := sample(1)
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		c.Articles["posts/0000.md"].Updated = time.Unix(int64(n), 0)
		if err := s.Commit(c); err != nil {
			b.Fatal(err)
		}
	}
}
