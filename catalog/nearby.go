package catalog

import (
	"context"
	"io/fs"
	"os"
	"path"
)

// nearby is a root for who asks for many files, one folder after the other: a root walks down to each of
// them anew, which takes more system calls than reading it. Once two in a row lie in the same folder, that
// one is opened and stays open until the next. What it does not find there, or would lead out of it, the
// root is asked for, so that the answers are those of the root. It is for one goroutine and one pass over
// files, since it follows the folder and not the name, as a root does.
type nearby struct {
	rootFS
	dir string   // of the last file
	at  *os.Root // that folder; nil: not opened
}

// near returns fsys, or where it is a root one for files side by side, and what closes that.
func near(fsys fs.FS) (fs.FS, func()) {
	root, ok := fsys.(rootFS)
	if !ok {
		return fsys, func() {}
	}
	n := &nearby{rootFS: root, dir: "."} // what lies in the root itself needs no walk
	return n, n.leave
}

// sideBySide calls do for all numbers below n, the last first, as [inRuns] has them, each time with a file system
// for files that lie side by side. It ends early when ctx is done.
func sideBySide(ctx context.Context, fsys fs.FS, n int, do func(fsys fs.FS, i int)) {
	inRuns(n, func(from, to int) {
		fsys, leave := near(fsys)
		defer leave()
		for i := to - 1; i >= from && ctx.Err() == nil; i-- {
			do(fsys, i)
		}
	})
}

func (n *nearby) Open(name string) (fs.File, error) {
	if at := n.enter(path.Dir(name)); at != nil {
		if f, err := (rootFS{at}).Open(path.Base(name)); err == nil {
			return f, nil
		}
	}
	return n.rootFS.Open(name)
}

func (n *nearby) Lstat(name string) (fs.FileInfo, error) {
	if at := n.enter(path.Dir(name)); at != nil {
		if fi, err := at.Lstat(path.Base(name)); err == nil {
			return fi, nil
		}
	}
	return n.rootFS.Lstat(name)
}

// enter returns the folder dir, or nil where the root is to be asked.
func (n *nearby) enter(dir string) *os.Root {
	if dir != n.dir {
		n.leave()
		n.dir = dir
		return nil
	}
	if n.at == nil && dir != "." {
		n.at, _ = n.OpenRoot(dir)
	}
	return n.at
}

func (n *nearby) leave() {
	if n.at != nil {
		_ = n.at.Close()
		n.at = nil
	}
}
