package origin

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// folder is the path of what an origin keeps: trees, a folder for each generation, and what leads to the
// current one.
type folder string

const (
	current = "current" // the symbolic link to a generation
	trees   = "trees"   // the folder of generations
	part    = ".part"   // ends the name of what is not whole yet
)

func (f folder) make() error             { return os.MkdirAll(f.file(trees), 0o755) }
func (f folder) file(name string) string { return filepath.Join(string(f), name) }
func (f folder) tree(rev string) string  { return filepath.Join(string(f), trees, rev) }
func (f folder) holds(source string) bool {
	src, err := os.ReadFile(f.file("source"))
	return err == nil && string(src) == source
}

// current is the generation at the path, or "".
func (f folder) current() string {
	to, err := os.Readlink(f.file(current))
	if err != nil {
		return ""
	}
	rev := filepath.Base(to)
	if fi, err := os.Stat(f.tree(rev)); err != nil || !fi.IsDir() {
		return ""
	}
	return rev
}

// swap leads the path to the generation of the source.
func (f folder) swap(rev, source string) error {
	if was := f.current(); was != rev {
		now := time.Now()
		_ = os.Chtimes(f.tree(was), now, now) // sweep counts from here; there may be none
		link := f.file(current + part)
		if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.Symlink(filepath.Join(trees, rev), link); err != nil {
			return err
		}
		if err := os.Rename(link, f.file(current)); err != nil {
			return err
		}
	}
	if f.holds(source) {
		return nil
	}
	return os.WriteFile(f.file("source"), []byte(source), 0o600)
}

// sweep removes what nobody needs any more: generations that have been replaced for a while, and halves
// of some.
func (f folder) sweep() error {
	entries, err := os.ReadDir(f.file(trees))
	errs := []error{err}
	for _, d := range entries {
		fi, err := d.Info()
		old := err == nil && time.Since(fi.ModTime()) > keep && d.Name() != f.current()
		if old || filepath.Ext(d.Name()) == part {
			errs = append(errs, os.RemoveAll(f.tree(d.Name())))
		}
	}
	return errors.Join(errs...)
}
