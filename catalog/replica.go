package catalog

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"feedmill/article"
	"feedmill/store"
)

// Several catalogs may keep one site, each with content of its own that is equal in the end and may
// lag in between. What they share is what is kept: each change of it is made in turns, by one that
// knows all changes before. So who sees a change of the content first decides what becomes of it, and
// the others find that decided when they see it too. A catalog keeps only what follows from changes of
// its own content; of what others have kept it shows what agrees with its content, and else shows what
// it showed before. Every version of a feed that readers see has been kept, with its date.

// ErrApart tells that a catalog can't agree with others on what it has found.
var ErrApart = errors.New("what replicas share can't be reached")

// replica is what a catalog knows of its part in a site that others keep too.
type replica struct {
	pending touches // since what was last kept
	apart   bool    // the last turn failed
	owes    bool    // what it found is not published yet,
	owed    Report  // nor told

	strays bool // the last look at everything found all as others know it, but for feeds

	unsure map[string]bool // articles that others knew of at the start, and that were not there
	since  time.Time       // when that was
}

// hear takes in what others have kept before any look at the disk, where that has failed the last time
// or never happened: without it there would be nothing to publish.
func (c *Catalog) hear(ctx context.Context) error {
	if !c.memory.shared || c.Current() != nil && !c.replica.apart {
		return nil
	}
	_, err := c.begin(ctx)
	c.end()
	return err
}

// begin waits for the turn of this catalog. It returns the paths touched so far.
func (c *Catalog) begin(ctx context.Context) (touched touches, err error) {
	if !c.memory.shared {
		return touches{}, nil
	}
	others, err := c.o.Turn(ctx)
	if c.replica.apart = err != nil; err != nil {
		return nil, fmt.Errorf("%w: %w", ErrApart, err)
	}
	c.memory.turn = true
	c.merge(others)
	return c.replica.pending, nil
}

// end ends a turn in which nothing was kept.
func (c *Catalog) end() {
	if c.memory.turn {
		c.memory.turn = false
		_ = c.o.Keep(store.Changes{}) // with nothing to lose
	}
}

// agreed tells whether what was found is kept and published. Otherwise it is, with r, the next time.
func (c *Catalog) agreed(r *Report) error {
	if !c.memory.shared {
		return nil
	}
	own := &c.replica
	own.owed.Changed += r.Changed
	own.owed.Removed += r.Removed
	own.owed.Feeds += r.Feeds
	if own.owes, own.apart = r.Unkept != nil, r.Unkept != nil; own.owes {
		c.retold["."] = true // problems have not been told
		return fmt.Errorf("%w: %w", ErrApart, r.Unkept)
	}
	r.Changed, r.Removed, r.Feeds = own.owed.Changed, own.owed.Removed, own.owed.Feeds
	own.owed, own.pending = Report{}, c.index.waiting
	c.index.waiting = touches{}
	return nil
}

// sure takes from the missing files those that this catalog has never seen. Others may just have
// added them: until a look that is a grace later finds them missing too, they are not gone.
func (c *Catalog) sure(missing []string, rescan bool, now time.Time) []string {
	own := &c.replica
	switch {
	case !c.memory.shared:
	case c.Current() == nil:
		own.unsure, own.since = map[string]bool{}, now
		known := missing[:0]
		for _, p := range missing {
			if c.files[p] != nil {
				known = append(known, p)
			} else {
				own.unsure[p] = true
			}
		}
		return known
	case rescan && now.Sub(own.since) >= c.o.DeleteGrace:
		for p := range own.unsure {
			if c.files[p] == nil {
				missing = append(missing, p)
			}
		}
		own.unsure = nil
	}
	return missing
}

// elsewhere reports whether others show the article at path.
func (m *memory) elsewhere(path string) bool {
	known := m.known(path)
	return m.shared && known != nil && known.Gone.IsZero()
}

// claimElsewhere is the claim of an article that only others have, so that nobody takes its id.
func (m *memory) claimElsewhere(path string) *claim {
	known := m.known(path)
	return &claim{article: &article.Article{Path: path, ID: known.ID, Published: known.Published, Extras: &article.Extras{}}, id: known.ID, held: true}
}

// ownPaths adds to touched what time changes, and returns the paths whose content or turn is why they
// are touched; those that it only concerns may be added to the others.
func (x *index) ownPaths(now time.Time, touched touches) (all, own touches) {
	for p, a := range x.turns {
		touched.add(p, !x.memory.shared || !nextTurn(a, x.looked).After(now))
	}
	if !x.memory.shared {
		return touched, touched
	}
	return maps.Clone(touched), touched
}

// lags reports whether what feeds show of the article at path must stay as it is: others have kept
// something about another version of it, or it has moved and is not seen at its new place yet. In that case it
// waits, and what never was published of it goes.
func (x *index) lags(path string, own bool, at func(path string) source, now time.Time) bool {
	if !x.memory.shared {
		return false
	}
	known, a, was := x.memory.known(path), at(path).article, x.shown[path]
	if !own {
		return !due(a, now) || known == nil || !known.Gone.IsZero() || known.Hash != store.Digest(a.Hash[:])
	}
	delete(x.waiting, path)
	claim := x.ids.byPath[path]
	if a == nil || known != nil || claim == nil {
		return false
	}
	id := claim.own()
	if was != nil {
		id = was.ID
	}
	holder := x.ids.claims[id]
	if holder == nil || holder.path() == path || at(holder.path()).article != nil {
		return false
	}
	if moved := x.memory.known(holder.path()); was == nil && (moved == nil || moved.Hash != store.Digest(a.Hash[:])) {
		return false
	}
	x.waiting[path] = true
	return was == nil || x.current != nil && x.current.shows(was)
}

// follow makes the selection of l anew where others have kept the same, and else leaves the one before.
func (x *index) follow(l *list, r *Report) bool {
	h, taxonomy := x.feeds[l.path], l.of()
	kept := h.kept
	kept.Settings = x.settings[taxonomy]
	h.list, l.selection = l, nil
	sel := x.selected(taxonomy, l, kept)
	if agreed := kept.Generations[0].Version; kept.Retired || agreed != store.Digest(sel.Version) {
		l.selection = h.last
		return false
	}
	sel.Modified, sel.past = kept.Modified, kept.Generations[1:]
	if h.last.Version != sel.Version || !h.last.Modified.Equal(sel.Modified) {
		r.Feeds++
	}
	h.last = sel
	if l.taxonomy != nil {
		l.taxonomy.snapshot.Terms = nil
	}
	return true
}

// modified is when any feed changed last, by what all have kept.
func (x *index) modified() time.Time {
	newest := undated
	for _, h := range x.feeds {
		newest = latest(newest, h.kept.Modified)
	}
	return newest
}
