package catalog

import (
	"iter"
	"slices"
	"time"

	"feedmill/article"
	"feedmill/store"
)

// Selection is the articles of one feed. It is immutable.
type Selection struct {
	Taxonomy string   // "" for the whole site
	Name     string   // the term as people read it; "" for the whole site
	Slug     string   // the term as URLs hold it, unescaped; "" for the whole site
	Entries  []*Entry // the newest ones, up to the limit: newest first, ties by id
	Count    int      // how many articles the selection has in all

	Deleted []Deleted // articles that it showed and that were deleted of late, the newest first
	Removed time.Time // when an article left it other than by its age; zero: never, as far as is known

	// Version is a digest of everything of the catalog that the feed's bytes depend on:
	// equal versions, equal bytes.
	Version [16]byte
	// Modified is when Version became what it is, as far as is known: the newest Updated of
	// Entries at a start, later the time at which a change was noticed. It rises with every new
	// Version by at least a second.
	Modified time.Time

	all       roll               // as Entries, without a limit
	limit     int                // of Entries, and of a page
	archived  bool               // whether there are pages
	rewritten time.Time          // when settings changed that all documents depend on; zero: never, as far as is known
	past      []store.Generation // the versions before, the newest first
}

// Path is where the selection's feeds live below the base URL, unescaped, with a slash at both
// ends: "/", "/categories/qq/".
func (s *Selection) Path() string { return pathOf(s.Taxonomy, s.Slug) }

func pathOf(taxonomy, slug string) string {
	if taxonomy == "" {
		return "/"
	}
	return "/" + taxonomy + "/" + slug + "/"
}

// Since returns the selection with those entries alone that it did not show, or not as they are
// now, in the version before for which is holds; or nil if there is none that is remembered.
func (s *Selection) Since(is func(version [16]byte) bool) *Selection {
	for _, g := range s.past {
		if !is(g.Version) {
			continue
		}
		delta := *s
		delta.Entries = nil
		for _, e := range s.Entries {
			if !slices.Contains(g.Entries, e.short()) {
				delta.Entries = append(delta.Entries, e)
			}
		}
		return &delta
	}
	return nil
}

// All yields every article of the selection, ordered as Entries.
func (s *Selection) All() iter.Seq[*Entry] { return s.all.values }

// Taxonomy is one way of sorting articles, and its terms.
type Taxonomy struct {
	Name  string
	Terms []*Selection // by name; those with too few articles left out

	at map[string]int // by slug, the index in Terms
}

// Snapshot is an immutable view of all articles.
type Snapshot struct {
	Generation uint64
	Articles   int               // shown in feeds: neither hidden, expired nor dated in the future
	Site       *Selection        // all of them
	Taxonomies []Taxonomy        // in the order of Options.Taxonomies
	Problems   []article.Problem // by path and line
	Modified   time.Time         // when any feed changed last, as [Selection.Modified]
	Next       time.Time         // when the passing of time alone changes something; zero: never

	made    time.Time // by the clock of [Catalog.Apply]
	entries roll
	gone    map[string]bool // paths of selections that there were once
}

// Term finds the selection of a term by its slug. gone means that there was such a term once.
func (s *Snapshot) Term(taxonomy, slug string) (sel *Selection, gone bool) {
	if t, ok := s.Taxonomy(taxonomy); ok {
		if i, ok := t.at[slug]; ok {
			return t.Terms[i], false
		}
	}
	return nil, s.gone[pathOf(taxonomy, slug)]
}

// Taxonomy returns the taxonomy of that name, if it has feeds.
func (s *Snapshot) Taxonomy(name string) (Taxonomy, bool) {
	for _, t := range s.Taxonomies {
		if t.Name == name {
			return t, true
		}
	}
	return Taxonomy{}, false
}

// Entries yields every article that is shown, newest first.
func (s *Snapshot) Entries() iter.Seq[*Entry] { return s.entries.values }

// shows reports whether feeds show e, and not only one like it.
func (s *Snapshot) shows(e *Entry) bool { return s.entries.holds(e) }

// Selections yields the site and then every term, in a fixed order.
func (s *Snapshot) Selections() iter.Seq[*Selection] {
	return func(yield func(*Selection) bool) {
		if !yield(s.Site) {
			return
		}
		for _, t := range s.Taxonomies {
			for _, sel := range t.Terms {
				if !yield(sel) {
					return
				}
			}
		}
	}
}

// Changed yields the selections whose feeds are not what they were in the snapshot before, which
// may be nil, and those that it did not have.
func (s *Snapshot) Changed(before *Snapshot) iter.Seq[*Selection] {
	return func(yield func(*Selection) bool) {
		for sel := range s.Selections() {
			var was *Selection
			switch {
			case before == nil:
			case sel.Taxonomy == "":
				was = before.Site
			default:
				was, _ = before.Term(sel.Taxonomy, sel.Slug)
			}
			if (was == nil || was != sel && was.Version != sel.Version) && !yield(sel) {
				return
			}
		}
	}
}

// Feeds is how many feeds there are, each in whatever formats.
func (s *Snapshot) Feeds() int {
	n := 1
	for _, t := range s.Taxonomies {
		n += len(t.Terms)
	}
	return n
}
