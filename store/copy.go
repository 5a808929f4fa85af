package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// copyTries is how often a copy is begun anew because a commit came in between.
const copyTries = 50

// copyFile copies a state file that another process may be writing to, and returns the copy's name.
// bbolt never writes over pages that the last commit refers to, and ends each commit by writing one
// of the two meta pages at the beginning: while these stay the same, what was copied is one commit.
func copyFile(file string) (string, error) {
	src, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer src.Close()
	// Either folder may have no room, or not be ours to write to.
	copied, err := copyInto(filepath.Dir(file), src)
	if err != nil {
		if other, err2 := copyInto("", src); err2 == nil {
			return other, nil
		}
	}
	return copied, err
}

// copyInto copies src to a new file in the folder dir, or in that for temporary files, which is "".
func copyInto(dir string, src *os.File) (string, error) {
	dst, err := os.CreateTemp(dir, copies)
	if err != nil {
		return "", err
	}
	defer dst.Close()
	for range copyTries {
		same, err := copyOnce(dst, src)
		if err != nil {
			return "", errors.Join(err, os.Remove(dst.Name()))
		}
		if same {
			return dst.Name(), nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return "", errors.Join(fmt.Errorf("%s goes on changing while it is copied", src.Name()), os.Remove(dst.Name()))
}

// copyOnce copies src over dst, and reports whether no commit came in between.
func copyOnce(dst, src *os.File) (bool, error) {
	before, err := metaPages(src)
	if err != nil {
		return false, err
	}
	if err := dst.Truncate(0); err != nil {
		return false, err
	}
	if _, err := io.Copy(io.NewOffsetWriter(dst, 0), io.NewSectionReader(src, 0, 1<<62)); err != nil {
		return false, err
	}
	after, err := metaPages(src)
	return bytes.Equal(before, after), err
}

// metaPages returns the beginning of the file, where the meta pages are.
func metaPages(f *os.File) ([]byte, error) {
	pages := make([]byte, 2*os.Getpagesize())
	n, err := f.ReadAt(pages, 0)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return pages[:n], err
}

// isFull reports whether something could not be written because the disk has no room. That it could
// not be synced is another matter: it may have been written in part.
func isFull(err error) bool {
	pe, ok := errors.AsType[*fs.PathError](err)
	return ok && pe.Op != "sync" && (errors.Is(pe, syscall.ENOSPC) || errors.Is(pe, syscall.EDQUOT))
}
