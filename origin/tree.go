package origin

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// writer puts the files of a generation into its folder.
type writer struct {
	origin   *os.Root // all that the origin keeps
	tree     *os.Root // the generation's folder, out of which nothing is written
	into, to string   // the folder below origin while it is written, and then
	made     string   // the folder that was needed last
}

// begin makes a generation's folder, which is not there until [writer.end]. Whoever calls closes the writer.
func (f folder) begin(rev string) (*writer, error) {
	if err := errors.Join(os.RemoveAll(f.tree(rev+part)), os.RemoveAll(f.tree(rev)), os.Mkdir(f.tree(rev+part), 0o755)); err != nil {
		return nil, err
	}
	origin, err := os.OpenRoot(string(f))
	if err != nil {
		return nil, err
	}
	to := filepath.Join(trees, rev)
	tree, err := origin.OpenRoot(to + part)
	if err != nil {
		return nil, errors.Join(err, origin.Close())
	}
	return &writer{origin: origin, tree: tree, into: to + part, to: to}, nil
}

func (w *writer) close() { _ = errors.Join(w.tree.Close(), w.origin.Close()) } // nothing is written by them any more

func (w *writer) end() error { return w.origin.Rename(w.into, w.to) }

// place is where the file of that name lies in the tree, in a folder that is there.
func (w *writer) place(name string) (string, error) {
	name = filepath.FromSlash(name)
	dir := filepath.Dir(name)
	if dir == w.made {
		return name, nil
	}
	err := w.tree.MkdirAll(dir, 0o755)
	if err == nil {
		w.made = dir
	}
	return name, err
}

// share makes the file at a path of the origin one of this generation too, if the file system can. There must be
// no symbolic link yet in the tree.
func (w *writer) share(path, name string) error {
	to, err := w.place(name)
	if err != nil {
		return err
	}
	return w.origin.Link(path, filepath.Join(w.into, to))
}

// leadsOut reports whether a symbolic link of the tree leads out of it, be it by way of others.
func (w *writer) leadsOut(name string) bool {
	_, err := w.tree.Stat(filepath.FromSlash(name))
	return err != nil && !errors.Is(err, fs.ErrNotExist)
}

// longestName is how many bytes a name may have with its folders, as in S3: beyond some thousands a file
// can't be opened by its name.
const longestName = 1024

// unplaced writes the file of that name by write, which is told its path in the tree, or says why it
// has no place.
func (w *writer) unplaced(name string, write func(path string) error) (why string, err error) {
	if len(name) > longestName || !filepath.IsLocal(filepath.FromSlash(name)) || strings.ContainsAny(name, "\\\x00") || holdsGit(name) {
		return "no name for a file", nil
	}
	path, err := w.place(name)
	if err == nil {
		err = write(path)
	}
	switch {
	case errors.Is(err, syscall.ENAMETOOLONG), errors.Is(err, syscall.EILSEQ), errors.Is(err, syscall.EINVAL):
		return "no name for a file here", nil
	case errors.Is(err, syscall.EEXIST), errors.Is(err, syscall.ENOTDIR):
		return "its name is that of another file here", nil
	}
	return "", err
}

// holdsGit reports whether a part of the path is the name by which git knows its own folder.
func holdsGit(name string) bool {
	for p := range strings.SplitSeq(name, "/") {
		if strings.EqualFold(p, ".git") {
			return true
		}
	}
	return false
}

// file writes a new file by fill, which is as old as when, and brings it to the disk at once where sync says so.
func (w *writer) file(path string, when time.Time, sync bool, fill func(io.Writer) error) error {
	f, err := w.tree.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o444)
	if err != nil {
		return err
	}
	err = fill(f)
	if err == nil && sync {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return w.tree.Chtimes(path, when, when)
}
