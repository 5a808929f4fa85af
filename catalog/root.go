package catalog

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"syscall"
)

// Dir returns an opener of the folder at path, for [Options.Open].
//
// Nothing outside the folder is ever opened, symbolic links included: see [os.Root]. A root follows
// the folder it was opened on and not the name, so each look at the disk opens its own.
func Dir(path string) func() (fs.FS, error) {
	return func() (fs.FS, error) {
		r, err := os.OpenRoot(path)
		if err != nil {
			return nil, err
		}
		return rootFS{r}, nil
	}
}

type rootFS struct{ *os.Root }

// Open does not wait: a FIFO without a writer would hold an ordinary open for ever.
func (r rootFS) Open(name string) (fs.File, error) {
	return r.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

func (r rootFS) ReadLink(name string) (string, error) { return r.Readlink(name) }

// open opens the content folder for one look at it, which ends with close.
func (c *Catalog) open() (fsys fs.FS, close func(), err error) {
	fsys, err = c.o.Open()
	if cl, ok := fsys.(io.Closer); ok && err == nil {
		return fsys, func() { _ = cl.Close() }, nil // nothing was written
	}
	return fsys, func() {}, err
}

// ReadDir lists a folder like [fs.ReadDir]. A root asks the system about each file that it lists; here that is
// done on all cores.
func (r rootFS) ReadDir(name string) ([]fs.DirEntry, error) {
	at, err := r.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	defer at.Close()
	h, err := at.Open(".")
	if err != nil {
		return nil, err
	}
	defer h.Close()
	names, err := h.Readdirnames(-1)
	slices.Sort(names)
	entries, errs := make([]fs.DirEntry, len(names)), make([]error, len(names))
	inRuns(len(names), func(from, to int) {
		for i := from; i < to; i++ {
			fi, err := at.Lstat(names[i])
			if err == nil {
				entries[i] = fs.FileInfoToDirEntry(fi)
			} else if !errors.Is(err, fs.ErrNotExist) {
				errs[i] = err
			}
		}
	})
	return slices.DeleteFunc(entries, func(d fs.DirEntry) bool { return d == nil }), cmp.Or(append(errs, err)...)
}
