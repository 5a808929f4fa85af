// Package store keeps what a site must never forget: the ids and dates that its feeds have shown,
// what was deleted from them, and the last good version of articles that are broken now.
//
// All of it is in one file, of which one process at a time is the owner. [Open] owns it, as do [Stay]
// and [Visit], which make way for each other; [Read] looks at it while another process does. A commit is
// on the disk when it returns, whole or not at all, with many articles in a journal first. A file that is
// damaged, or written by a newer feedmill, is refused and left as it is.
//
// Beside it lies what was known of the content files ([Store.WriteFiles]), which nobody would miss.
package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"

	"feedmill/internal/statefile"
)

// fileName is the file within the state folder; the others are patterns of names that files have there for a while.
const (
	fileName = "state.db"
	newFiles = "files-*.new"
	copies   = fileName + ".copy-*"
)

// Errors that a caller may want to tell apart.
var (
	// ErrInUse means that another process owns the state folder.
	ErrInUse = statefile.ErrInUse
	// ErrDamaged means that the file can't be trusted. It is left as it is.
	ErrDamaged = statefile.ErrDamaged
	// ErrNewer means that the file is in a format that this version does not know.
	ErrNewer = statefile.ErrNewer
	// ErrFailed means that the disk has broken a promise: nothing is written until the next start.
	ErrFailed = errors.New("the state file could not be written to the disk")
)

// Store is an open state file. One goroutine at a time may use it.
type Store struct {
	*stateFile
	site []byte
}

// stateFile is an open state file.
type stateFile struct {
	db     *bolt.DB
	file   string
	opened os.FileInfo // of the file
	failed error       // why nothing is written any more
	stuck  bool        // what goes on in bbolt has been left in its middle
	visit  *visit      // nil: the owner stays

	journals map[string]bool // sites that have one which is not empty
	written  atomic.Int64    // see Written
}

// Open makes or opens the state file in the folder dir and becomes its owner until [Store.Close].
// The site is the key of what is kept: sites that share a folder know nothing of each other.
// It fails with [ErrInUse], [ErrDamaged] or [ErrNewer], or for want of permissions.
func Open(dir, site string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	file := filepath.Join(dir, fileName)
	db, err := statefile.Open(file, statefile.Options{Create: writeFormat, Check: verify})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	sweep(dir)
	s := &stateFile{db: db, file: file}
	s.opened, err = os.Stat(file)
	if err == nil {
		err = upgrade(db)
	}
	if err == nil {
		err = db.View(func(tx *bolt.Tx) error {
			s.journals = journals(tx)
			return nil
		})
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Store{s, []byte(site)}, nil
}

// leftovers are patterns of what processes leave in the folder that are killed, each with the age from which on
// nobody has a use for it. New lists of files are an owner's, of whom there is none but the process that sweeps.
var leftovers = map[string]time.Duration{newFiles: 0, copies: time.Hour, fileName + ".new-*": time.Hour}

// sweep removes leftovers, as far as it can.
func sweep(dir string) {
	all, _ := os.ReadDir(dir)
	for _, e := range all {
		for pattern, age := range leftovers {
			left, _ := filepath.Match(pattern, e.Name())
			if fi, err := e.Info(); left && err == nil && time.Since(fi.ModTime()) >= age {
				_ = os.Remove(filepath.Join(dir, e.Name()))
			}
		}
	}
}

// Exists reports whether there is a state file in the folder dir, or may be, since nobody can tell.
func Exists(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, fileName))
	return !errors.Is(err, fs.ErrNotExist)
}

// Written rises while something is written to the folder: who would wait no longer sees by it whether the
// disk still takes what it is given. Any goroutine may call it.
func (s *Store) Written() int64 { return s.written.Load() }

// Of returns the store of another site in the same file, which is open as long as s is. The
// goroutine that may use the one may use the other.
func (s *Store) Of(site string) *Store { return &Store{s.stateFile, []byte(site)} }

// SetAside renames the state file in dir, so that [Open] makes a new one, and returns its new name.
func SetAside(dir string, now time.Time) (string, error) {
	return statefile.SetAside(filepath.Join(dir, fileName), now)
}

// Close gives the file back.
func (s *Store) Close() error {
	if s.stuck {
		return nil // bbolt would wait for ever; the end of the process gives the file back
	}
	return errors.Join(s.db.Close(), s.visit.Close())
}

// Load returns all that is kept of the site.
func (s *Store) Load() (State, error) { return s.LoadRest(nil) }

// LoadRest returns what is kept of the site beside the articles that told reports to be known already, by
// [Article.Sum] of what is kept of each. The path is told's during the call only.
func (s *Store) LoadRest(told func(path []byte, sum Digest) bool) (State, error) {
	defer statefile.Forget(s.db)
	return load(s.db, s.site, told)
}

// Commit writes the changes, all or none, and returns when they are on the disk. After an error for
// which [errors.Is] says [ErrFailed] it will never write again; after others (a full disk) the same
// changes may be tried another time.
func (s *Store) Commit(c Changes) error {
	return s.update(func(root *bolt.Bucket) error { return c.write(root, s.visit == nil) })
}

// Fold makes what is read at a start smaller, and the next commits quicker, where many articles have
// changed at once: of these it brings some thousand to their places, and reports whether there are more.
// Where there are none it does nothing. Errors are those of [Store.Commit]; nothing is lost by them.
func (s *Store) Fold() (more bool, err error) {
	if s.journals[string(s.site)] {
		err = s.update(func(root *bolt.Bucket) error { return foldJournal(root, bulk) })
	}
	return s.journals[string(s.site)], err
}

// update lets write change the tables of the site. Its errors are those of [Store.Commit].
func (s *Store) update(write func(root *bolt.Bucket) error) error {
	if s.failed == nil {
		s.failed = s.misplaced()
	}
	if s.failed != nil {
		return s.failed
	}
	var full error
	s.stuck = true
	err := statefile.Caught(func() error {
		err := s.commit(write)
		if isFull(err) {
			full, err = err, nil
		}
		s.stuck = false
		return err
	})
	// What a failed sync has left in the system's memory may be neither old nor new, and a second
	// sync would not tell. Only what failed for want of room is known to be as before.
	if err != nil {
		s.failed = fmt.Errorf("%w: %w", ErrFailed, err)
		return s.failed
	}
	return full
}

func (s *Store) commit(write func(root *bolt.Bucket) error) error {
	tx, err := s.db.Begin(true)
	if err != nil {
		return err
	}
	root, err := tx.CreateBucketIfNotExists(siteName(s.site))
	if err == nil {
		err = write(root)
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	left := journaled(root) > 0
	if err := tx.Commit(); err != nil {
		return err
	}
	s.journals[string(s.site)] = left
	s.written.Add(1)
	statefile.Forget(s.db) // or each page that was ever changed would stay in memory, in each of its places
	return nil
}

// misplaced tells whether the file is not the one that was opened any more: what would be written to
// that one, nobody could ever read.
func (s *Store) misplaced() error {
	is, err := os.Stat(s.file)
	if err == nil && !os.SameFile(is, s.opened) {
		err = fmt.Errorf("%s was put in the place of the file in use", s.file)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFailed, err)
	}
	return nil
}

// write puts the changes into the tables of the site, or those of articles into its journal. stays tells
// that the journal will be folded.
func (c Changes) write(root *bolt.Bucket, stays bool) error {
	chunks := journaled(root)
	switch {
	case chunks > 0 && (!stays || chunks > mostChunks):
		if err := foldJournal(root, everything); err != nil {
			return err
		}
	case chunks > 0 || stays && len(c.Articles) > bulk && begun(root):
		if err := appendJournal(root, c.Articles); err != nil {
			return err
		}
		c.Articles = nil
	}
	return errors.Join(
		writeTable(root, articles, c.Articles, encodeArticle),
		writeTable(root, feeds, c.Feeds, encode),
		writeTable(root, deletions, c.Deletions, encode),
		writeTable(root, sources, c.Sources, raw),
	)
}

// begun reports whether feeds are kept. Before, all articles are new and come in order.
func begun(root *bolt.Bucket) bool {
	b := root.Bucket(feeds)
	return b != nil && b.Sequence() > 0
}

// writeTable puts the values by key, in order, and deletes the keys of nil. The sequence of a table
// counts its keys, for [verify].
func writeTable[T any](root *bolt.Bucket, name []byte, values map[string]*T, encode func(*T) ([]byte, error)) error {
	b, err := root.CreateBucketIfNotExists(name)
	if err != nil {
		return err
	}
	b.FillPercent = 0.9 // keys come in order, and mostly once
	n := b.Sequence()
	for _, k := range slices.Sorted(maps.Keys(values)) {
		key := []byte(k)
		had := b.Get(key) != nil
		if values[k] == nil {
			if had {
				n--
			}
			if err := b.Delete(key); err != nil {
				return err
			}
			continue
		}
		value, err := encode(values[k])
		if err != nil {
			return err
		}
		sealed := seal(key, value)
		if bytes.Equal(b.Get(key), sealed) {
			continue
		}
		if !had {
			n++
		}
		if err := b.Put(key, sealed); err != nil {
			return err
		}
	}
	return b.SetSequence(n)
}

// Read returns what is kept of a site in the folder dir, as of the last commit, whether or not
// another process owns it. Without a state file there is nothing.
func Read(dir, site string) (State, error) {
	file := filepath.Join(dir, fileName)
	copied, err := copyFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return State{}, nil
	}
	if err != nil {
		return State{}, err
	}
	defer os.Remove(copied)
	db, err := statefile.Open(copied, statefile.Options{Check: verify})
	if err != nil {
		return State{}, fmt.Errorf("%s: %w", file, err)
	}
	defer db.Close()
	return load(db, []byte(site), nil)
}
