package catalog

import (
	"bytes"
	"container/heap"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"feedmill/article"
)

// ErrChanged means that the file of an article does not hold what the entry was made from, because
// it has changed since, or can't be read. The next snapshot will say what became of it.
var ErrChanged = errors.New("the file is not what it was when it was looked at")

// Text returns the bytes that the article of e was parsed from, or [ErrChanged]. They must not be
// changed. It is safe for concurrent use.
func (c *Catalog) Text(e *Entry) ([]byte, error) {
	if src := c.shelf.get(e.Hash); src != nil {
		return src, nil
	}
	fsys, close, err := c.open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", e.Path, ErrChanged, err)
	}
	defer close()
	src, _, err := c.read(fsys, e.Path, new([]byte))
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", e.Path, ErrChanged, err)
	}
	if hashOf(src) != e.Hash {
		return nil, fmt.Errorf("%s: %w", e.Path, ErrChanged)
	}
	return src, nil
}

// shelf holds the bytes of articles: of the newest as many as there is room for, so that a change of
// their files can't take them from readers, and of those whose files hold something else by now. All
// others are read from their files when they are wanted. It is safe for concurrent use.
type shelf struct {
	mu    sync.Mutex
	room  int64 // bytes; what is pinned may exceed it
	used  int64
	texts map[digest]*text
	order oldestFirst // those that are not pinned
	gone  []*text     // those of no article any more, in the order in which they left
}

// text is the bytes of an article.
type text struct {
	hash      digest
	bytes     []byte
	published time.Time
	at        int // index in order, or pinned

	paths   []string        // of the articles that have it
	holders map[string]bool // those of them whose files are broken: nothing else holds the bytes
	left    time.Time       // when the last article ceased to have it; zero: one has it
}

const pinned = -1

// linger is how long readers may still want the text of an article that has just changed: those that
// go by the snapshot before.
const linger = 10 * time.Second

func newShelf(room int64) *shelf { return &shelf{room: room, texts: map[digest]*text{}} }

// put lays down a copy of the bytes of a, if they are among those there is room for.
func (s *shelf) put(a *article.Article, src []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.texts[a.Hash]
	switch {
	case t == nil && s.used+int64(len(src)) > s.room && (len(s.order) == 0 || !a.Published.After(s.order[0].published)):
		return
	case t == nil:
		t = &text{hash: a.Hash, bytes: bytes.Clone(src), published: a.Published}
		s.texts[t.hash], s.used = t, s.used+int64(len(src))
		heap.Push(&s.order, t)
	default:
		s.unpin(t, a.Path)
	}
	t.join(a.Path)
	for s.used > s.room && len(s.order) > 0 {
		s.remove(s.order[0])
	}
}

// pin keeps the bytes of a, which are src unless it is nil, until it leaves or is put down anew. It
// reports whether they are there at all.
func (s *shelf) pin(a *article.Article, src []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.texts[a.Hash]
	switch {
	case t == nil && src == nil:
		return false
	case t == nil:
		t = &text{hash: a.Hash, bytes: src, published: a.Published, at: pinned}
		s.texts[t.hash], s.used = t, s.used+int64(len(src))
	case t.at != pinned:
		heap.Remove(&s.order, t.at)
		t.at = pinned
	}
	if t.holders == nil {
		t.holders = map[string]bool{}
	}
	t.holders[a.Path] = true
	t.join(a.Path)
	return true
}

// unpin notes that the file at path needs t no longer to be kept for it.
func (s *shelf) unpin(t *text, path string) {
	delete(t.holders, path)
	if t.at == pinned && len(t.holders) == 0 {
		heap.Push(&s.order, t)
	}
}

// join notes that the article at path has t.
func (t *text) join(path string) {
	if !slices.Contains(t.paths, path) {
		t.paths = append(t.paths, path)
	}
	t.left = time.Time{}
}

// get returns the bytes of this hash, or nil.
func (s *shelf) get(hash digest) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.texts[hash]; t != nil {
		return t.bytes
	}
	return nil
}

// leave notes that a is not what feeds show of its file any more, at the time now.
func (s *shelf) leave(a *article.Article, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.texts[a.Hash]
	if t == nil {
		return
	}
	s.unpin(t, a.Path)
	t.paths = slices.DeleteFunc(t.paths, func(p string) bool { return p == a.Path })
	if len(t.paths) == 0 {
		t.left = now
		s.gone = append(s.gone, t)
	}
}

// sweep takes away what left long enough ago.
func (s *shelf) sweep(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.gone) > 0 {
		t := s.gone[0]
		if since := now.Sub(t.left); !t.left.IsZero() && since >= 0 && since < linger {
			return
		}
		if !t.left.IsZero() && s.texts[t.hash] == t {
			s.remove(t)
		}
		s.gone = s.gone[1:]
	}
}

func (s *shelf) remove(t *text) {
	if t.at != pinned {
		heap.Remove(&s.order, t.at)
	}
	delete(s.texts, t.hash)
	s.used -= int64(len(t.bytes))
}

// oldestFirst is a heap of texts: see [container/heap].
type oldestFirst []*text

func (o oldestFirst) Len() int           { return len(o) }
func (o oldestFirst) Less(i, j int) bool { return o[i].published.Before(o[j].published) }
func (o oldestFirst) Swap(i, j int) {
	o[i], o[j] = o[j], o[i]
	o[i].at, o[j].at = i, j
}

func (o *oldestFirst) Push(x any) {
	t := x.(*text)
	t.at = len(*o)
	*o = append(*o, t)
}

func (o *oldestFirst) Pop() any {
	t := (*o)[len(*o)-1]
	*o = (*o)[:len(*o)-1]
	return t
}
