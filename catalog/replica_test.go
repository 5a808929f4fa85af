package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/article"
	"feedmill/catalog"
	"feedmill/store"
)

// book is what several catalogs have kept of one site, each change with its number.
type book struct {
	kept  []store.Changes
	dates map[string]bool // of all versions of feeds that were ever kept
	known map[string]*store.Article
	wrong []string // ids that changed
}

func newBook() *book {
	return &book{dates: map[string]bool{}, known: map[string]*store.Article{}}
}

// note takes down what is kept of articles, and whether the id of one changes that stays where it is.
func (b *book) note(articles map[string]*store.Article) {
	before := maps.Clone(b.known)
	maps.Copy(b.known, articles)
	for p, a := range articles {
		was := before[p]
		if was == nil || a == nil || was.ID == a.ID || was.Claim != a.Claim || !was.Gone.IsZero() {
			continue
		}
		came := false // the id comes from another path
		for q := range articles {
			came = came || before[q] != nil && articles[q] == nil && before[q].ID == a.ID
		}
		if !came && !b.holds(p, was.ID) {
			b.wrong = append(b.wrong, fmt.Sprintf("%s: the id was %s and is %s", p, was.ID, a.ID))
		}
	}
}

// holds reports whether an article at another path has the id: of those that claim one at the same
// time, one keeps it.
func (b *book) holds(path, id string) bool {
	for p, a := range b.known {
		if a != nil && p != path && a.ID == id {
			return true
		}
	}
	return false
}

func dated(path string, version store.Digest, modified time.Time) string {
	return fmt.Sprintf("%s %x %s", path, version, modified.UTC())
}

// copyOf is one catalog with a folder of its own.
type copyOf struct {
	*catalog.Catalog
	dir     string
	seen    int // changes of the content that its folder has
	known   int // of the book's
	away    bool
	loses   bool // what is kept, or the answer that it is
	shown   map[string]*catalog.Selection
	ids     map[string]string // by path
	pending []string
}

var errAway = errors.New("away")

func (c *copyOf) begin(b *book, r *rand.Rand) {
	o := options(c.dir, article.Layout{}, []string{"tags", "authors"})
	o.Minimum = map[string]int{"authors": 2}
	c.known = 0
	o.Turn = func(context.Context) (store.Changes, error) {
		if c.away {
			return store.Changes{}, errAway
		}
		news := store.Changes{Articles: map[string]*store.Article{}, Feeds: map[string]*store.Feed{}, Deletions: map[string]*store.Deletion{}, Sources: map[string]*[]byte{}}
		for _, ch := range b.kept[c.known:] {
			maps.Copy(news.Articles, ch.Articles)
			maps.Copy(news.Feeds, ch.Feeds)
			maps.Copy(news.Deletions, ch.Deletions)
			maps.Copy(news.Sources, ch.Sources)
		}
		c.known = len(b.kept)
		return news, nil
	}
	o.Keep = func(ch store.Changes) error {
		if ch.Empty() {
			return nil
		}
		if c.loses && r.IntN(2) == 0 {
			return errAway
		}
		b.kept = append(b.kept, store.Changes{
			Articles: maps.Clone(ch.Articles), Feeds: maps.Clone(ch.Feeds), Deletions: maps.Clone(ch.Deletions), Sources: maps.Clone(ch.Sources),
		})
		b.note(ch.Articles)
		for path, f := range ch.Feeds {
			b.dates[dated(path, f.Generations[0].Version, f.Modified)] = true
		}
		if c.loses {
			return errAway
		}
		c.known = len(b.kept)
		return nil
	}
	c.Catalog = catalog.New(o)
}

// write writes an article of May 2024 that has nothing but a title and a text.
func (c *copyOf) write(t *testing.T, name, title, body string) {
	t.Helper()
	pairs := []string{"title=" + title, "date=2024-05-01", "body=" + body}
	if err := os.WriteFile(filepath.Join(c.dir, name), frontMatter(pairs), 0o644); err != nil {
		t.Fatal(err)
	}
}

// look lets the catalog look, and checks that what it shows was kept, and does not contradict what it
// has shown before.
func (c *copyOf) look(t *testing.T, b *book, now time.Time, ch catalog.Change) catalog.Report {
	t.Helper()
	before := c.Current()
	r, err := c.Apply(t.Context(), now, ch)
	if err != nil && !errors.Is(err, catalog.ErrApart) {
		t.Fatal(err)
	}
	s := c.Current()
	if s == before {
		return r
	}
	is := map[string]*catalog.Selection{}
	for sel := range s.Selections() {
		is[sel.Path()] = sel
		if !b.dates[dated(sel.Path(), sel.Version, sel.Modified)] {
			t.Errorf("%s: version %x of %s was never kept", sel.Path(), sel.Version, sel.Modified)
		}
		was := c.shown[sel.Path()]
		if was != nil && (was.Modified.After(sel.Modified) || was.Version != sel.Version && !was.Modified.Before(sel.Modified)) {
			t.Errorf("%s: version %x of %s follows %x of %s", sel.Path(), sel.Version, sel.Modified, was.Version, was.Modified)
		}
	}
	c.shown = is
	ids := map[string]string{}
	for e := range s.Entries() {
		if e.Article.ID != "" {
			continue
		}
		ids[e.Path] = e.ID
		if known := b.known[e.Path]; c.ids[e.Path] != e.ID && (known == nil || known.ID != e.ID) {
			t.Errorf("%s: has the id %s, and known is %+v", e.Path, e.ID, known)
		}
	}
	c.ids = ids
	return r
}

// everything is all that readers see, with the dates of archive pages.
func everything(s *catalog.Snapshot) []string {
	d := append(feedsOf(s), "modified "+s.Modified.UTC().String())
	for sel := range s.Selections() {
		for p := range sel.Pages() {
			d = append(d, fmt.Sprintf("page %s %s %x %s", sel.Path(), p.Name, p.Version, p.Modified.UTC()))
		}
	}
	return d
}

// TestReplicas lets three catalogs with folders of their own keep one site. Their folders go through
// the same changes, at different times; they start anew; and what they want to keep is lost, or was
// kept without their knowledge. All that they show was agreed on, no id changes, and when their folders
// are equal so is what they show, to the last date.
func TestReplicas(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 7))
			b := newBook()
			now := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
			var all []*copyOf
			for range 3 {
				c := &copyOf{dir: t.TempDir()}
				c.begin(b, r)
				all = append(all, c)
			}
			changes := 0
			catchUp := func(c *copyOf, n int) {
				for ; n > 0 && c.seen < changes; n-- {
					c.pending = append(c.pending, change(t, rand.New(rand.NewPCG(seed, uint64(1000+c.seen))), c.dir)...)
					c.seen++
				}
			}
			troubles := seed%3 > 0
			for range 300 {
				c := all[r.IntN(len(all))]
				now = now.Add(time.Duration(r.IntN(3)) * time.Hour)
				at := now.Add(time.Duration(r.IntN(5)) * time.Second) // clocks differ a little
				switch r.IntN(12) {
				case 0, 1, 2:
					changes++
				case 3:
					c.look(t, b, at, catalog.Change{})
				case 4:
					c.away = troubles && !c.away
				case 5:
					c.loses = troubles && !c.loses
				case 6:
					if troubles && r.IntN(3) == 0 {
						c.begin(b, r)
						c.pending = nil
						c.look(t, b, at, catalog.Change{Rescan: true})
					}
				default:
					catchUp(c, 1+r.IntN(3))
					if r.IntN(6) > 0 {
						c.look(t, b, at, catalog.Change{Paths: c.pending, Rescan: c.away || c.loses || r.IntN(8) == 0})
						c.pending = nil
					}
				}
			}
			for round := range 6 { // in the first rounds what is doubted is settled, later nothing changes any more
				now = now.Add(time.Minute)
				kept := len(b.kept)
				for _, c := range all {
					c.away, c.loses = false, false
					catchUp(c, changes)
					c.look(t, b, now, catalog.Change{Rescan: round < 3})
				}
				if round > 3 && len(b.kept) > kept {
					t.Errorf("round %d: something is still kept: %v", round, b.kept[kept:])
				}
			}
			for _, wrong := range b.wrong {
				t.Error(wrong)
			}
			want := everything(all[0].Current())
			for i, c := range all[1:] {
				if diff := cmp.Diff(want, everything(c.Current())); diff != "" {
					t.Errorf("catalog %d differs (-first +it):\n%s", i+1, diff)
				}
			}
		})
	}
}

// TestReplicaClocks lets the look of one replica begin, or its clock be, before that of another which has
// noticed an edit first.
func TestReplicaClocks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	b := newBook()
	now := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
	var both []*copyOf
	for range 2 {
		c := &copyOf{dir: t.TempDir()}
		c.begin(b, r)
		both = append(both, c)
		c.write(t, "a.md", "A", "First.")
		c.look(t, b, now, catalog.Change{Rescan: true})
		c.write(t, "a.md", "A", "Edited.")
	}
	both[0].look(t, b, now.Add(time.Minute), catalog.Change{Rescan: true})
	both[1].look(t, b, now.Add(30*time.Second), catalog.Change{Rescan: true})
	want, have := everything(both[0].Current()), everything(both[1].Current())
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("the one that is behind differs (-first +it):\n%s", diff)
	}
	for e := range both[1].Current().Entries() {
		if want := now.Add(time.Minute); !e.Updated.Equal(want) {
			t.Errorf("updated %s, want %s", e.Updated, want)
		}
	}
}

// TestReplicaAstray has it that a version was agreed on which does not follow from the content: after two looks
// the catalog says so, and one that begins anew shows what follows, and has it agreed on.
func TestReplicaAstray(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	b := newBook()
	now := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
	c := &copyOf{dir: t.TempDir()}
	look := func(want bool) {
		t.Helper()
		now = now.Add(time.Minute)
		if r := c.look(t, b, now, catalog.Change{Rescan: true}); r.Astray != want {
			t.Errorf("astray: %t, want %t", r.Astray, want)
		}
	}
	c.write(t, "a.md", "A", "Text.")
	c.begin(b, r)
	look(false)
	look(false)
	want := c.Current().Site.Version

	other := *b.kept[len(b.kept)-1].Feeds["/"]
	other.Generations = append([]store.Generation{{Version: store.Digest{1}}}, other.Generations...)
	other.Modified = other.Modified.Add(time.Second)
	b.kept = append(b.kept, store.Changes{Feeds: map[string]*store.Feed{"/": &other}})
	look(false)
	look(true)
	if c.Current().Site.Version != want {
		t.Error("what was not derived is shown meanwhile")
	}
	c.begin(b, r)
	look(false)
	look(false)
	agreed := b.kept[len(b.kept)-1].Feeds["/"]
	if agreed == nil || agreed.Generations[0].Version != store.Digest(c.Current().Site.Version) {
		t.Errorf("agreed on %+v, and shown is version %x", agreed, c.Current().Site.Version)
	}

	newer := *b.known["a.md"]
	newer.Hash[0]++
	other.Modified = agreed.Modified.Add(time.Second)
	b.kept = append(b.kept, store.Changes{Articles: map[string]*store.Article{"a.md": &newer}, Feeds: map[string]*store.Feed{"/": &other}})
	for range 3 { // one that lags waits for its content
		look(false)
	}
}

// TestReplicaMoves has a replica start when the file of an article is gone, and lets it come to another place later:
// nobody has seen it go, and the article is the same.
func TestReplicaMoves(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	b := newBook()
	now := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
	first, second := &copyOf{dir: t.TempDir()}, &copyOf{dir: t.TempDir()}
	for _, c := range []*copyOf{first, second} {
		c.begin(b, r)
		c.write(t, "stays.md", "Stays", "Stays.")
	}
	first.write(t, "old.md", "Moves", "Moves.")
	first.look(t, b, now, catalog.Change{Rescan: true})
	second.look(t, b, now.Add(time.Second), catalog.Change{Rescan: true})
	second.write(t, "new.md", "Moves", "Moves.")
	second.look(t, b, now.Add(2*time.Second), catalog.Change{Paths: []string{"new.md"}})
	for e := range second.Current().Entries() {
		if e.Path == "new.md" && e.ID != "https://example.org/old/" {
			t.Errorf("the id of what has moved is %s", e.ID)
		}
	}
	if second.Current().Articles != 2 {
		t.Errorf("%d articles, want 2", second.Current().Articles)
	}
}
