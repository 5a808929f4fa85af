package store

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/sync/errgroup"
)

// Article is what is kept of an article that feeds have shown.
type Article struct {
	ID        string    // in the feeds
	Claim     string    `json:",omitempty"` // the id that its author had given when ID was settled
	Published time.Time // in the feeds
	Updated   time.Time `json:",omitzero"` // when its content changed last, as far as was seen
	Touched   time.Time `json:",omitzero"` // when anything of it that feeds show changed last
	Position  time.Time // what feeds order it by
	Placed    time.Time // when it came to that place
	Gone      time.Time `json:",omitzero"` // since when feeds show it no more; zero: they do
	Hash      Digest    // of the file
	Content   Digest    // of what counts as content
	Shown     Digest    // of all that feeds show of it
	Sketch    Sketch    // of its text
	Feeds     []string  // that show it, by their keys
}

// Equal reports whether a and b say the same.
func (a *Article) Equal(b *Article) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.ID == b.ID && a.Claim == b.Claim && a.Published.Equal(b.Published) && a.Updated.Equal(b.Updated) &&
		a.Touched.Equal(b.Touched) && a.Position.Equal(b.Position) && a.Placed.Equal(b.Placed) && a.Gone.Equal(b.Gone) &&
		a.Hash == b.Hash && a.Content == b.Content && a.Shown == b.Shown && a.Sketch == b.Sketch && slices.Equal(a.Feeds, b.Feeds)
}

// Feed is what is kept of the feeds at one path.
type Feed struct {
	Generations []Generation // the versions it had, the present one first; at least one
	Modified    time.Time    // when it became the present one
	Removed     time.Time    `json:",omitzero"`  // when an article left it other than by its age
	Retired     bool         `json:",omitempty"` // there is no feed any more
	Settings    Digest       // of what its documents depend on beside the articles
	Rewritten   time.Time    `json:",omitzero"` // when that changed last
}

// Generation is a version of a feed, and a short digest of each article that it showed.
type Generation struct {
	Version Digest
	Entries []uint64
}

// Deletion tells that an article was deleted.
type Deletion struct {
	When  time.Time
	Feeds []string // that showed it, by their keys
}

// State is all that is kept of a site. Its maps may be nil.
type State struct {
	Articles  map[string]*Article  // by path
	Feeds     map[string]*Feed     // by path below the base URL
	Deletions map[string]*Deletion // by id
	Sources   map[string]*[]byte   // last good versions of broken files, by path
}

// Changes are values to write, by the keys of [State]; nil deletes.
type Changes State

// Empty reports whether there is nothing to write.
func (c Changes) Empty() bool {
	return len(c.Articles)+len(c.Feeds)+len(c.Deletions)+len(c.Sources) == 0
}

// Digest is the beginning of a SHA-256.
type Digest [16]byte

// MarshalText gives the digest in hexadecimal.
func (d Digest) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, d[:]), nil }

// UnmarshalText is the inverse of [Digest.MarshalText].
func (d *Digest) UnmarshalText(text []byte) error { return fromHex(d[:], text) }

// Sketch is a few numbers that similar texts have in common.
type Sketch [8]uint32

// MarshalText gives the sketch in hexadecimal.
func (s Sketch) MarshalText() ([]byte, error) {
	b, err := binary.Append(nil, binary.BigEndian, s)
	return hex.AppendEncode(nil, b), err
}

// UnmarshalText is the inverse of [Sketch.MarshalText].
func (s *Sketch) UnmarshalText(text []byte) error {
	var b [len(s) * 4]byte
	if err := fromHex(b[:], text); err != nil {
		return err
	}
	_, err := binary.Decode(b[:], binary.BigEndian, s)
	return err
}

func fromHex(b, text []byte) error {
	if len(text) != hex.EncodedLen(len(b)) {
		return fmt.Errorf("want %d hexadecimal digits, have %d", hex.EncodedLen(len(b)), len(text))
	}
	_, err := hex.Decode(b, text)
	return err
}

const sitePrefix = "site "

// siteName is the name of the bucket in which the tables of a site are.
func siteName(site []byte) []byte { return append([]byte(sitePrefix), site...) }

// siteOf is the inverse of siteName.
func siteOf(name []byte) (site string, is bool) { return strings.CutPrefix(string(name), sitePrefix) }

// The tables of a site, beside its [journal].
var (
	articles  = []byte("articles")
	feeds     = []byte("feeds")
	deletions = []byte("deletions")
	sources   = []byte("sources")
)

func encode[T any](v *T) ([]byte, error) { return json.Marshal(v) }

// raw is of values that are bytes.
func raw(v *[]byte) ([]byte, error) { return *v, nil }

func decode[T any](value []byte) (*T, error) {
	v := new(T)
	return v, json.Unmarshal(value, v)
}

// seal puts a checksum of key and value before the value, so that a bit that has flipped on the
// disk is noticed.
func seal(key, value []byte) []byte {
	sealed := make([]byte, 0, crc32.Size+len(value))
	return append(binary.BigEndian.AppendUint32(sealed, checksum(key, value)), value...)
}

// unseal is the inverse of seal.
func unseal(key, sealed []byte) ([]byte, error) {
	const size = crc32.Size
	if len(sealed) < size || binary.BigEndian.Uint32(sealed) != checksum(key, sealed[size:]) {
		return nil, fmt.Errorf("%w: the checksum of %q does not fit", ErrDamaged, key)
	}
	return sealed[size:], nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(key, value []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, value)
}

// load reads what is kept of the site, but the articles that told reports to be known by the sums of their
// records; nil knows none.
func load(db *bolt.DB, site []byte, told func(path []byte, sum Digest) bool) (State, error) {
	var s State
	err := db.View(func(tx *bolt.Tx) error {
		root := tx.Bucket(siteName(site))
		if root == nil {
			return nil
		}
		var err error
		if s.Articles, err = readArticles(root, told); err != nil {
			return err
		}
		if s.Feeds, err = readTable(root, feeds, func(_, value []byte) (*Feed, error) { return decode[Feed](value) }); err != nil {
			return err
		}
		if s.Deletions, err = readTable(root, deletions, func(_, value []byte) (*Deletion, error) { return decode[Deletion](value) }); err != nil {
			return err
		}
		s.Sources, err = readTable(root, sources, func(_, value []byte) (*[]byte, error) {
			src := append([]byte{}, value...) // bbolt's memory is gone with the transaction
			return &src, nil
		})
		return err
	})
	return s, err
}

// readArticles reads the articles that told does not report to be known. What the journal says of one counts in
// place of what the table says.
func readArticles(root *bolt.Bucket, told func(path []byte, sum Digest) bool) (map[string]*Article, error) {
	changed, _, err := readJournal(root, everything)
	if err != nil {
		return nil, err
	}
	var asking sync.Mutex
	isTold := func(path []byte, sum Digest) bool {
		asking.Lock()
		defer asking.Unlock()
		return told(path, sum)
	}
	rest := func(path, value []byte) (*Article, error) {
		if told != nil && isTold(path, sumOf(value)) {
			return nil, nil
		}
		a, err := decodeArticle(value)
		if err == nil && told != nil && isTold(path, a.Sum()) { // as it would be written now
			return nil, nil
		}
		return a, err
	}
	all, err := readTable(root, articles, func(path, value []byte) (*Article, error) {
		if _, is := changed[string(path)]; is {
			return nil, nil
		}
		return rest(path, value)
	})
	if err != nil {
		return nil, err
	}
	for path, value := range changed {
		if value == nil {
			continue
		}
		a, err := rest([]byte(path), *value)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %s %q: %w", ErrDamaged, journal, articles, path, err)
		}
		if a != nil {
			all[path] = a
		}
	}
	return all, nil
}

// row is a row of a table as it lies there, in memory that is gone when the transaction ends.
type row struct{ key, sealed []byte }

// portions yields all rows of a table, many at a time.
func portions(b *bolt.Bucket) iter.Seq[[]row] {
	const many = 1024
	return func(yield func([]row) bool) {
		rows := make([]row, 0, many)
		c := b.Cursor()
		for key, sealed := c.First(); key != nil; key, sealed = c.Next() {
			if rows = append(rows, row{key, sealed}); len(rows) == many {
				if !yield(rows) {
					return
				}
				rows = make([]row, 0, many)
			}
		}
		yield(rows)
	}
}

// readTable reads the values of a table, but those of which decode makes nil. That is called from as many
// goroutines as there are processors.
func readTable[T any](root *bolt.Bucket, name []byte, decode func(key, value []byte) (*T, error)) (map[string]*T, error) {
	b := root.Bucket(name)
	if b == nil {
		return nil, nil
	}
	values := map[string]*T{}
	var taking sync.Mutex
	read := func(r row) error {
		value, err := unseal(r.key, r.sealed)
		if err != nil {
			return err
		}
		v, err := decode(r.key, value)
		if err != nil {
			return fmt.Errorf("%w: %s %q: %w", ErrDamaged, name, r.key, err)
		}
		if v != nil {
			taking.Lock()
			defer taking.Unlock()
			values[string(r.key)] = v
		}
		return nil
	}
	var reading errgroup.Group
	reading.SetLimit(runtime.GOMAXPROCS(0))
	for rows := range portions(b) {
		reading.Go(func() error {
			for _, r := range rows {
				if err := read(r); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return values, reading.Wait()
}
