// Package statefile opens the files of the state folder: names go in, bbolt's databases come out,
// made where there was none, and looked at page by page before they are trusted. A file that is damaged
// is refused and left as it is.
package statefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Errors that a caller may want to tell apart.
var (
	// ErrInUse means that another process has the file.
	ErrInUse = errors.New("another feedmill uses this state folder")
	// ErrDamaged means that the file can't be trusted. It is left as it is.
	ErrDamaged = errors.New("the state file is damaged")
	// ErrNewer means that the file is in a format that this version does not know.
	ErrNewer = errors.New("the state file was written by a newer feedmill")
)

// Options is what opening a file needs to know.
type Options struct {
	Create func(*bolt.Tx) error // fills a new file; nil: there must be one
	Check  func(*bolt.Tx) error // finds damage in what the file holds, or that it is [ErrNewer]; may panic
}

// Open opens a file, or makes it, readable for its owner alone. Whoever calls closes it. It fails with
// [ErrInUse], [ErrDamaged] or [ErrNewer], or for want of permissions.
func Open(file string, o Options) (db *bolt.DB, err error) {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) && o.Create != nil {
		if err := create(file, o.Create); err != nil {
			return nil, err
		}
	}
	// Whatever a look at the file brings about can be caught; what bbolt does later can't.
	if err := guarded(func() error { return verify(file, o.Check) }); err != nil {
		return nil, err
	}
	err = guarded(func() (err error) {
		db, err = open(file, false)
		return err
	})
	return db, err
}

// open opens a file that exists, waiting a moment for one that another process is about to close.
func open(file string, readOnly bool) (*bolt.DB, error) {
	// Where a file outgrows what of it is mapped, bbolt copies all that is to be written, and maps anew.
	// A map that nothing lies in yet takes addresses alone.
	const mapped = 256 << 20
	db, err := bolt.Open(file, 0o600, &bolt.Options{Timeout: 300 * time.Millisecond, ReadOnly: readOnly, InitialMmapSize: mapped})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, ErrInUse
	}
	if err != nil {
		return nil, err
	}
	db.AllocSize = 64 << 10 // what the file itself grows by: with a map that large, bbolt's own step is 16 MiB
	return db, nil
}

// create makes a file under another name first, so that a file of the right name is never half made.
func create(file string, fill func(*bolt.Tx) error) error {
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".new-*") // which is 0600
	if err != nil {
		return err
	}
	f.Close()
	defer os.Remove(f.Name())
	db, err := bolt.Open(f.Name(), 0o600, nil)
	if err != nil {
		return err
	}
	err = db.Update(fill)
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	// A link fails where somebody else was quicker; a renaming would take the file from under them.
	if err := os.Link(f.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
		if err := os.Rename(f.Name(), file); err != nil {
			return err
		}
	}
	return syncFolder(filepath.Dir(file))
}

// syncFolder makes the names in a folder last through a loss of power.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// SetAside renames a file, so that [Open] makes a new one, and returns its new name.
func SetAside(file string, now time.Time) (string, error) {
	aside := file + ".damaged-" + now.UTC().Format("20060102T150405.000")
	if err := os.Rename(file, aside); err != nil {
		return "", err
	}
	return aside, syncFolder(filepath.Dir(file))
}

// guarded turns whatever the reading of a damaged file may bring about into [ErrDamaged]. What the
// system refuses for its own reasons is no damage.
func guarded(read func() error) error {
	err := Caught(read)
	for _, other := range []error{
		ErrInUse, ErrNewer, os.ErrPermission,
		syscall.EROFS, syscall.ENOSPC, syscall.EDQUOT, syscall.EIO, syscall.ENOLCK, syscall.EOPNOTSUPP, syscall.ESTALE,
		syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM,
	} {
		if errors.Is(err, other) {
			return err
		}
	}
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// Caught makes an error of a panic, and of the fault of touching mapped memory that lies beyond the
// end of the file or that the disk does not give.
func Caught(do func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return do()
}

// verify reads all that is in a file and finds what does not fit together.
func verify(file string, check func(*bolt.Tx) error) error {
	db, err := open(file, true)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := verifyPages(file, db.Info().PageSize); err != nil {
		return err
	}
	return db.View(func(tx *bolt.Tx) error {
		if fi, err := os.Stat(file); err != nil || fi.Size() < tx.Size() {
			return fmt.Errorf("it is cut short: %w", err)
		}
		return check(tx)
	})
}
