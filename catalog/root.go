package catalog

import (
	"io/fs"
	"os"
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
