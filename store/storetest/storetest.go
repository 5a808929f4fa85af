// Package storetest is what every kind of store must pass that keeps what a site must never forget.
package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/store"
)

// Keeper is a store of one site. Load returns all that is kept.
type Keeper interface {
	Load() (store.State, error)
	Commit(store.Changes) error
}

// Sample is changes that touch every table, and n articles.
func Sample(n int) store.Changes {
	at := time.Date(2024, 6, 1, 12, 0, 0, 123456789, time.UTC)
	src := []byte("---\ntitle: T\x00\xff\n---\n")
	empty := []byte{}
	c := store.Changes{
		Articles:  map[string]*store.Article{},
		Feeds:     map[string]*store.Feed{"/": {Generations: []store.Generation{{Version: store.Digest{1}, Entries: []uint64{1, 1 << 63}}}, Modified: at}, "/tags/算力/": {Generations: []store.Generation{{}}, Retired: true}},
		Deletions: map[string]*store.Deletion{"urn:x:1": {When: at, Feeds: []string{"", "tags/go"}}},
		Sources:   map[string]*[]byte{"a.md": &src, "empty.md": &empty},
	}
	for i := range n {
		c.Articles[fmt.Sprintf("posts/%04d.md", i)] = &store.Article{
			ID: fmt.Sprintf("https://example.org/%d/", i), Published: at, Hash: store.Digest{byte(i), 2}, Sketch: store.Sketch{3, 1 << 31}, Feeds: []string{""},
		}
	}
	return c
}

// Run runs the suite. open opens the store of a site at a place, where nothing is kept at first; with the
// same place and site again, after the first was closed, it is the same store.
func Run(t *testing.T, place func(testing.TB) string, open func(t testing.TB, place, site string) (k Keeper, end func())) {
	commit := func(t *testing.T, k Keeper, c store.Changes) {
		t.Helper()
		if err := k.Commit(c); err != nil {
			t.Fatal(err)
		}
	}
	holds := func(t *testing.T, k Keeper, want store.Changes) {
		t.Helper()
		have, err := k.Load()
		if diff := cmp.Diff(store.State(want), have); diff != "" || err != nil {
			t.Errorf("Load (-want +have): %v\n%s", err, diff)
		}
	}
	t.Run("round trip", func(t *testing.T) {
		at := place(t)
		k, end := open(t, at, "content")
		want := Sample(5000)
		commit(t, k, want)
		holds(t, k, want)
		gone := *want.Articles["posts/0001.md"]
		gone.Gone = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
		want.Articles["posts/0001.md"] = &gone
		commit(t, k, store.Changes{
			Articles: map[string]*store.Article{"posts/0000.md": nil, "posts/0001.md": &gone, "never.md": nil},
			Sources:  map[string]*[]byte{"a.md": nil},
		})
		delete(want.Articles, "posts/0000.md")
		delete(want.Sources, "a.md")
		holds(t, k, want)
		end()
		k, end = open(t, at, "content")
		defer end()
		holds(t, k, want)
		commit(t, k, store.Changes{}) // of nothing
		holds(t, k, want)
	})
	t.Run("many at once", func(t *testing.T) {
		at := place(t)
		k, end := open(t, at, "content")
		want := Sample(5000)
		commit(t, k, want)
		path := func(i int) string { return fmt.Sprintf("posts/%04d.md", i) }
		for round := range 3 { // the later ones change what the earlier ones have changed
			many := store.Changes{
				Articles:  map[string]*store.Article{},
				Feeds:     map[string]*store.Feed{"/": {Generations: []store.Generation{{Version: store.Digest{byte(round), 3}}}}},
				Deletions: map[string]*store.Deletion{fmt.Sprint("urn:x:", round): {Feeds: []string{""}}},
			}
			for i := round * 500; i < 4000; i++ {
				many.Articles[path(i)] = &store.Article{ID: fmt.Sprintf("urn:x:%d:%d", round, i), Hash: store.Digest{byte(i)}, Feeds: []string{"tags/go"}}
				if i%5 == round {
					many.Articles[path(i)] = nil
				}
			}
			few := store.Changes{Articles: map[string]*store.Article{
				path(2001): nil, path(2002): {ID: "urn:x:few"}, path(4500 + round): nil, fmt.Sprint("new", round): {ID: "urn:x:new"}, "new0": nil, "never.md": nil,
			}}
			for _, c := range []store.Changes{many, few} {
				commit(t, k, c)
				apply(want.Articles, c.Articles)
				apply(want.Feeds, c.Feeds)
				apply(want.Deletions, c.Deletions)
				holds(t, k, want)
			}
			end()
			k, end = open(t, at, "content")
			holds(t, k, want)
		}
		end()
	})
	t.Run("sites apart", func(t *testing.T) {
		at := place(t)
		k, end := open(t, at, "content")
		commit(t, k, Sample(1))
		end()
		k, end = open(t, at, "another")
		defer end()
		have, err := k.Load()
		if n := len(have.Articles) + len(have.Feeds) + len(have.Deletions) + len(have.Sources); n > 0 || err != nil {
			t.Errorf("of another site there are %d values, %v", n, err)
		}
	})
	t.Run("strange keys", func(t *testing.T) {
		k, end := open(t, place(t), "content")
		defer end()
		want := Sample(0)
		for _, key := range []string{"a\nb.md", "\xff.md", "a b.md", "'; --.md", "\u202e.md"} {
			want.Articles[key] = &store.Article{ID: "urn:x:1"}
		}
		commit(t, k, want)
		holds(t, k, want)
	})
}

// apply makes the changes in what is kept.
func apply[T any](kept, changes map[string]*T) {
	for key, v := range changes {
		if kept[key] = v; v == nil {
			delete(kept, key)
		}
	}
}
