package publish

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// place is where documents are stored. All but tickets may be called from several goroutines.
type place interface {
	// tag is what the place knows the bytes at the path by: equal bytes have equal ones; "" where
	// nothing is.
	tag(ctx context.Context, name string) (string, error)
	// tags are those at all of the paths, without what is not there.
	tags(ctx context.Context, names []string) (map[string]string, error)
	// get returns the bytes and their tag; the error of what is not there is [fs.ErrNotExist], unless
	// the place itself is missing.
	get(ctx context.Context, name string) (body []byte, tag string, err error)
	// put stores the object, whole or not at all, for good, and returns its tag.
	put(ctx context.Context, name string, o object) (tag string, err error)
	// remove removes what is there, if anything is.
	remove(ctx context.Context, name string) error
	// tickets is how many documents may be under way at a time.
	tickets() int
}

// mostManifest bounds what is read of a manifest.
const mostManifest = 256 << 20

// folder is a folder of this machine. Nothing outside of it is ever touched, whatever symbolic links
// lie in it.
type folder struct {
	path string
}

// unfinished is how the name of a file begins that is being written, in the folder itself. One that
// is older than abandoned was left by a process that was killed.
const (
	unfinished = ".feedmill-part-"
	abandoned  = time.Hour
)

func (f *folder) tickets() int { return 4 }

// in does something within the folder, which is opened anew each time: it may have been replaced, or
// mounted.
func (f *folder) in(do func(*os.Root) error) error {
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return err
	}
	defer root.Close()
	return do(root)
}

func (f *folder) tag(ctx context.Context, name string) (string, error) {
	tags, err := f.tags(ctx, []string{name})
	return tags[name], unlessMissing(err) // the folder itself may be
}

func (f *folder) tags(ctx context.Context, names []string) (map[string]string, error) {
	tags := map[string]string{}
	return tags, f.in(func(root *os.Root) error {
		for _, name := range names {
			if err := ctx.Err(); err != nil {
				return err
			}
			tag, err := tagIn(root, name)
			if err != nil {
				return err
			}
			if tag != "" {
				tags[name] = tag
			}
		}
		return nil
	})
}

// tagOf is the tag of these bytes.
func tagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16])
}

// tagIn is the tag of the file, "" where there is none.
func tagIn(root *os.Root, name string) (string, error) {
	fi, err := root.Lstat(filepath.FromSlash(name))
	if err == nil && !fi.Mode().IsRegular() {
		return "", nil // what is no file of ours is not read, and renamed over
	}
	if err != nil {
		return "", unlessMissing(err)
	}
	file, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return "", unlessMissing(err)
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}

// unlessMissing is err, but for one that says that there is nothing.
func unlessMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// clean removes what killed processes have left.
func clean(root *os.Root) {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return
	}
	for _, e := range entries {
		if fi, err := e.Info(); err == nil && strings.HasPrefix(e.Name(), unfinished) && fi.Mode().IsRegular() && time.Since(fi.ModTime()) > abandoned {
			_ = root.Remove(e.Name()) // next time, else
		}
	}
}

func (f *folder) get(_ context.Context, name string) (text []byte, tag string, err error) {
	if err := os.MkdirAll(f.path, 0o755); err != nil {
		return nil, "", hinted(err)
	}
	err = f.in(func(root *os.Root) error {
		clean(root)
		file, err := root.Open(filepath.FromSlash(name))
		if err != nil {
			return err
		}
		defer file.Close()
		text, err = io.ReadAll(io.LimitReader(file, mostManifest))
		return err
	})
	return text, tagOf(text), hinted(err)
}

func (f *folder) put(_ context.Context, name string, o object) (string, error) {
	err := f.in(func(root *os.Root) error {
		temporary := unfinished + rand.Text()
		if err := writeSynced(root, temporary, o.body); err != nil {
			_ = root.Remove(temporary)
			return err
		}
		at := filepath.FromSlash(name)
		err := root.MkdirAll(filepath.Dir(at), 0o755)
		if err == nil {
			err = root.Rename(temporary, at)
		}
		if err != nil {
			_ = root.Remove(temporary)
			return err
		}
		return syncDir(root, filepath.Dir(at))
	})
	return tagOf(o.body), hinted(err)
}

func writeSynced(root *os.Root, name string, body []byte) error {
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(body)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// syncDir sees to it that a renamed file is found after a power cut.
func syncDir(root *os.Root, dir string) error {
	d, err := root.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	_ = d.Sync() // some file systems can't, and then need not
	return nil
}

func (f *folder) remove(_ context.Context, name string) error {
	return hinted(f.in(func(root *os.Root) error {
		if err := unlessMissing(root.Remove(filepath.FromSlash(name))); err != nil {
			return err
		}
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if root.Remove(filepath.FromSlash(dir)) != nil {
				break // something else lies there
			}
		}
		return nil
	}))
}
