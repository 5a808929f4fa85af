package catalog

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"feedmill/article"
)

// TestShelf lays down more than there is room for, in an order that does not matter: the newest
// stay, and so does what is pinned.
func TestShelf(t *testing.T) {
	const size, room = 10, 3 * 10
	var articles []*article.Article
	for i := range 8 {
		hash := sha256.Sum256([]byte{byte(i)})
		articles = append(articles, &article.Article{Hash: hash, Published: time.Unix(int64(i), 0)})
	}
	held := func(s *shelf) string {
		var is []int
		for i, a := range articles {
			if s.get(a.Hash) != nil {
				is = append(is, i)
			}
		}
		return fmt.Sprint(is)
	}
	for _, order := range [][]int{{0, 1, 2, 3, 4, 5}, {5, 4, 3, 2, 1, 0}, {3, 0, 5, 1, 4, 2}} {
		s := newShelf(room)
		for _, i := range order {
			s.put(articles[i], make([]byte, size))
		}
		if is := held(s); is != "[3 4 5]" {
			t.Errorf("of %v stay %s, want [3 4 5]", order, is)
		}
		if s.pin(articles[0], nil) {
			t.Error("what is not there was pinned")
		}
		s.pin(articles[3], nil)
		s.put(articles[6], make([]byte, size))
		s.put(articles[7], make([]byte, size))
		if is := held(s); is != "[3 6 7]" {
			t.Errorf("with 3 pinned stay %s, want [3 6 7]", is)
		}
		now := time.Unix(100, 0)
		s.leave(articles[3], now)
		s.leave(articles[7], now)
		s.put(articles[7], make([]byte, size)) // there is one again
		s.sweep(now.Add(linger - 1))
		if is := held(s); is != "[3 6 7]" {
			t.Errorf("a moment after 3 left: %s", is)
		}
		s.sweep(now.Add(linger))
		if is := held(s); is != "[6 7]" || s.used != 2*size || len(s.order) != 2 {
			t.Errorf("after 3 left: %s, %d bytes used, %d in order", is, s.used, len(s.order))
		}
	}
}

// TestShelfTwins has two broken files whose last good version is the same: it stays until neither needs it.
func TestShelfTwins(t *testing.T) {
	hash, now := sha256.Sum256([]byte("twins")), time.Unix(100, 0)
	a, b := &article.Article{Path: "a.md", Hash: hash}, &article.Article{Path: "b.md", Hash: hash}
	s := newShelf(10)
	s.put(a, make([]byte, 5))
	s.pin(a, nil)
	s.pin(b, nil)
	s.put(a, make([]byte, 5)) // it is whole again,
	s.leave(a, now)           // and then another
	s.sweep(now.Add(linger))
	if s.get(hash) == nil {
		t.Fatal("a left, and what b has left went with it")
	}
	s.leave(b, now)
	s.sweep(now.Add(linger))
	if s.get(hash) != nil || s.used != 0 || len(s.order) != 0 {
		t.Errorf("nobody has it, and %d bytes are used, %d in order", s.used, len(s.order))
	}
}

// TestTextFromDisk has room for no text at all: files are read again, and those that have changed
// since give none; who breaks has no older version to stand in.
func TestTextFromDisk(t *testing.T) {
	fsys := fstest.MapFS{
		"a.md": {Data: []byte("---\ntitle: A\ndate: 2024-01-01\n---\nA.\n")},
		"b.md": {Data: []byte("---\ntitle: B\ndate: 2024-01-02\n---\nB.\n")},
	}
	site, _ := url.Parse("https://example.org/")
	c := New(Options{
		Open: func() (fs.FS, error) { return fsys, nil }, Parser: article.New(article.Options{Site: site}),
		Limit: 3, MaxFileSize: 4096,
	})
	now := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
	apply := func() {
		t.Helper()
		if _, err := c.Apply(t.Context(), now, Change{Rescan: true, Reread: true}); err != nil {
			t.Fatal(err)
		}
	}
	apply()
	entries := slices.Collect(c.Current().Entries())
	src, err := c.Text(entries[1])
	if err != nil || string(src) != string(fsys["a.md"].Data) {
		t.Errorf("text %q, %v", src, err)
	}
	fsys["a.md"] = &fstest.MapFile{Data: []byte("---\ntitle: [\n---\n")}
	delete(fsys, "b.md")
	for _, e := range entries {
		if src, err := c.Text(e); !errors.Is(err, ErrChanged) {
			t.Errorf("%s: text %q, %v, want %v", e.Path, src, err, ErrChanged)
		}
	}
	apply()
	if snap := c.Current(); snap.Articles != 0 || len(snap.Problems) != 1 {
		t.Errorf("%d articles, problems %v", snap.Articles, snap.Problems)
	}
	fsys["a.md"] = &fstest.MapFile{Data: src}
	apply()
	if snap := c.Current(); snap.Articles != 1 || snap.Site.Entries[0].ID != entries[1].ID {
		t.Errorf("%d articles after the repair", snap.Articles)
	}
}
