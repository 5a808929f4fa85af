package origin

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// part ends the name of a commit's folder while it is written.
const part = ".part"

// exported is what became of a commit.
type exported struct {
	revision string
	written  bool // it was not here yet
	files    int
	fresh    int      // files that the commit before did not have
	leftOut  []string // files without a place, and why
}

// blob is one file of a commit.
type blob struct {
	mode, kind, id string
	size           int64
	path           string
}

// export writes the files of a commit to its folder. What the current commit has too is the same
// file there: it costs no space, and keeps its times.
func (g *Git) export(ctx context.Context, rev string) (exported, error) {
	e := exported{revision: rev, written: true}
	blobs, err := g.list(ctx, rev)
	if err != nil {
		return e, err
	}
	when, err := g.committed(ctx, rev)
	if err != nil {
		return e, err
	}
	was := g.current()
	known := map[string]string{} // what the current commit holds: ids by path
	if was != "" {
		if old, err := g.list(ctx, was); err == nil { // else git has forgotten it, and all is written
			for _, b := range old {
				known[b.path] = b.mode + b.id
			}
		}
	}
	if err := errors.Join(os.RemoveAll(g.tree(rev+part)), os.RemoveAll(g.tree(rev)), os.Mkdir(g.tree(rev+part), 0o755)); err != nil {
		return e, err
	}
	root, err := os.OpenRoot(g.file("trees"))
	if err != nil {
		return e, err
	}
	defer root.Close()
	c, err := g.startCat(ctx)
	if err != nil {
		return e, err
	}
	defer c.end()
	w := writer{root: root, cat: c, into: rev + part, when: when}
	for _, b := range blobs {
		shared := known[b.path] == b.mode+b.id && w.share(was, b.path)
		if shared {
			e.files++
			continue
		}
		why, err := w.write(b)
		switch {
		case err != nil:
			return e, fmt.Errorf("write %q: %w", b.path, err)
		case why != "":
			e.leftOut = append(e.leftOut, fmt.Sprintf("%q: %s", b.path, why))
		default:
			e.files++
			e.fresh++
		}
	}
	if e.fresh > fewFiles {
		syscall.Sync() // one call for all is quicker then
	}
	return e, root.Rename(rev+part, rev)
}

// fewFiles is up to how many are brought to the disk one by one.
const fewFiles = 500

// list gives the files of a commit, or an error where they are larger than is allowed.
func (g *Git) list(ctx context.Context, rev string) ([]blob, error) {
	out, err := g.git(ctx, "ls-tree", "-r", "-z", "--long", "--full-tree", rev)
	if err != nil {
		return nil, err
	}
	var blobs []blob
	var total int64
	for line := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		head, name, ok := strings.Cut(line, "\t")
		f := strings.Fields(head)
		if !ok || len(f) != 4 {
			continue // of an empty commit
		}
		size, _ := strconv.ParseInt(f[3], 10, 64) // "-" for what is no file
		blobs = append(blobs, blob{f[0], f[1], f[2], size, name})
		if total += size; size > g.o.Size || total > g.o.Size {
			return nil, fmt.Errorf("commit %s: %w", rev, errTooLarge)
		}
	}
	return blobs, nil
}

// committed is when the commit was made, as it says itself: the time of its files, which is then the
// same on every machine.
func (g *Git) committed(ctx context.Context, rev string) (time.Time, error) {
	out, err := g.git(ctx, "show", "--no-patch", "--format=%ct", rev)
	if err != nil {
		return time.Time{}, err
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	now := time.Now()
	if when := time.Unix(seconds, 0); err == nil && seconds > 0 && when.Before(now) {
		return when, nil
	}
	return now, nil
}

// writer puts files of a commit into its folder.
type writer struct {
	root *os.Root // of all commits
	cat  *cat
	into string
	when time.Time
	made string // the folder that was needed last
}

func (w *writer) place(name string) (string, error) {
	name = filepath.Join(w.into, filepath.FromSlash(name))
	dir := filepath.Dir(name)
	if dir == w.made {
		return name, nil
	}
	err := w.root.MkdirAll(dir, 0o755)
	if err == nil {
		w.made = dir
	}
	return name, err
}

// share makes the file of the other commit one of this one too, if the file system can.
func (w *writer) share(other, name string) bool {
	to, err := w.place(name)
	return err == nil && w.root.Link(filepath.Join(other, filepath.FromSlash(name)), to) == nil
}

// write writes a file, or says why it has no place.
func (w *writer) write(b blob) (why string, err error) {
	switch {
	case b.kind != "blob":
		return "a submodule", nil
	case !filepath.IsLocal(filepath.FromSlash(b.path)) || strings.ContainsAny(b.path, "\\\x00") || holdsGit(b.path):
		return "no name for a file", nil
	}
	name, err := w.place(b.path)
	switch {
	case b.mode == "120000" && err == nil:
		why, err = w.link(b, name)
	case err == nil:
		err = w.file(b, name)
	}
	switch {
	case errors.Is(err, syscall.ENAMETOOLONG), errors.Is(err, syscall.EILSEQ), errors.Is(err, syscall.EINVAL):
		return "no name for a file here", nil
	case errors.Is(err, syscall.EEXIST), errors.Is(err, syscall.ENOTDIR):
		return "its name is that of another file here", nil
	}
	return why, err
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

func (w *writer) file(b blob, name string) (err error) {
	f, err := w.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o444)
	if err != nil {
		return err
	}
	err = w.cat.copy(f, b.id)
	if err == nil && b.size > 0 && w.cat.copied <= fewFiles {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return w.root.Chtimes(name, w.when, w.when)
}

// link makes a symbolic link, unless it leads out of the commit.
func (w *writer) link(b blob, name string) (why string, err error) {
	const longest = 4096
	if b.size > longest {
		return "a link that leads nowhere", nil
	}
	var to strings.Builder
	if err := w.cat.copy(&to, b.id); err != nil {
		return "", err
	}
	if path.IsAbs(to.String()) || !filepath.IsLocal(filepath.FromSlash(path.Join(path.Dir(b.path), to.String()))) {
		return "a link that leads out of the repository", nil
	}
	return "", w.root.Symlink(to.String(), name)
}

// cat gives the bytes of objects, as they are in the repository.
type cat struct {
	in     io.WriteCloser
	out    *bufio.Reader
	wait   func() error
	copied int
}

func (g *Git) startCat(ctx context.Context) (*cat, error) {
	cmd := g.command(ctx, "cat-file", "--batch")
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &cat{in: in, out: bufio.NewReaderSize(out, 64<<10), wait: cmd.Wait}, nil
}

// copy writes the object to w.
func (c *cat) copy(w io.Writer, id string) error {
	if _, err := io.WriteString(c.in, id+"\n"); err != nil {
		return err
	}
	head, err := c.out.ReadString('\n')
	if err != nil {
		return err
	}
	f := strings.Fields(head)
	if len(f) != 3 || f[0] != id || f[1] != "blob" {
		return fmt.Errorf("git cat-file: %s", strings.TrimSpace(head))
	}
	size, err := strconv.ParseInt(f[2], 10, 64)
	if err != nil {
		return err
	}
	if _, err := io.CopyN(w, c.out, size); err != nil {
		return err
	}
	c.copied++
	_, err = c.out.Discard(1)
	return err
}

func (c *cat) end() {
	c.in.Close()
	_ = c.wait() // what it had to give has been read
}
