package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	bolt "go.etcd.io/bbolt"

	"feedmill/internal/record"
)

// Many articles that change at once lie in nearly all pages of their table, and whoever waits for the commit
// would wait for all of these to be written. So such changes are appended to a journal first, in few
// pages, and are folded into the table by and by. As long as there is a journal, what it says of an
// article counts, and all changes of articles go there.
//
// It is a table, too: under ascending numbers it has chunks, each the changes of some articles.

var journal = []byte("journal")

// Limits of a journal. They are variables for tests alone.
var (
	bulk       = 1024        // changed articles: more of them are appended; the most of a chunk
	mostChunks = uint64(128) // with more, which every start has to read, the next commit folds all
)

// everything is more articles than a journal tells of.
const everything = math.MaxInt

// journaled is how many chunks the journal of a site has.
func journaled(root *bolt.Bucket) uint64 {
	if b := root.Bucket(journal); b != nil {
		return b.Sequence()
	}
	return 0
}

// journals tells which sites have a journal that is not empty.
func journals(tx *bolt.Tx) map[string]bool {
	sites := map[string]bool{}
	_ = tx.ForEach(func(name []byte, root *bolt.Bucket) error {
		if site, is := siteOf(name); is && journaled(root) > 0 {
			sites[site] = true
		}
		return nil
	})
	return sites
}

// appendJournal appends changes of articles.
func appendJournal(root *bolt.Bucket, changed map[string]*Article) error {
	var last uint64
	if b := root.Bucket(journal); b != nil {
		if key, _ := b.Cursor().Last(); key != nil {
			last = binary.BigEndian.Uint64(key)
		}
	}
	chunks := map[string]*[]byte{}
	for paths := range slices.Chunk(slices.Sorted(maps.Keys(changed)), bulk) {
		chunk, err := encodeChunk(paths, changed)
		if err != nil {
			return err
		}
		last++
		chunks[string(binary.BigEndian.AppendUint64(nil, last))] = &chunk
	}
	return writeTable(root, journal, chunks, raw)
}

// foldJournal moves the oldest chunks into the table, until they have told of that many articles.
func foldJournal(root *bolt.Bucket, many int) error {
	changed, chunks, err := readJournal(root, many)
	if err != nil || len(chunks) == 0 {
		return err
	}
	return errors.Join(writeTable(root, articles, changed, raw), writeTable(root, journal, chunks, raw))
}

// readJournal reads the oldest chunks, until they have told of that many articles: the record of each by its
// path, or nil where it is deleted. The chunks that it has read are those to delete, by their keys.
func readJournal(root *bolt.Bucket, many int) (changed, chunks map[string]*[]byte, err error) {
	b := root.Bucket(journal)
	if b == nil {
		return nil, nil, nil
	}
	changed, chunks = map[string]*[]byte{}, map[string]*[]byte{}
	c := b.Cursor()
	for key, sealed := c.First(); key != nil && len(changed) < many; key, sealed = c.Next() {
		chunk, err := unseal(key, sealed)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", journal, err)
		}
		if err := decodeChunk(chunk, changed); err != nil {
			return nil, nil, fmt.Errorf("%w: %s %q: %w", ErrDamaged, journal, key, err)
		}
		chunks[string(key)] = nil
	}
	return changed, chunks, nil
}

// encodeChunk makes a chunk of the changes of the articles at the paths.
func encodeChunk(paths []string, changed map[string]*Article) (chunk []byte, err error) {
	chunk = record.Append(nil, func(w *record.Writer) {
		for _, path := range paths {
			a := changed[path]
			w.Bool(a != nil)
			w.Text(path)
			if a == nil {
				continue
			}
			value, failed := encodeArticle(a)
			w.Text(string(value))
			err = errors.Join(err, failed)
		}
	})
	return chunk, err
}

// decodeChunk adds what encodeChunk has made a chunk of.
func decodeChunk(chunk []byte, changed map[string]*[]byte) error {
	r := record.Open(chunk)
	for r.More() {
		is, path := r.Bool(), r.Text()
		changed[path] = nil
		if is {
			value := []byte(r.Text())
			changed[path] = &value
		}
	}
	return r.Err()
}
