package origin

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// repository is a [Git] as a source.
type repository struct {
	Git
	size     int64
	at       folder
	lock     *os.File // of the folder; nil before the first pull
	log      *slog.Logger
	progress func(done, total int)
}

func (r *repository) name() string    { return r.URL + "\n" + r.Branch + "\n" }
func (r *repository) objects() string { return r.at.file("repository.git") }

// concerns reports whether a webhook may tell of the branch. One that names no branch may.
func (r *repository) concerns(body []byte) bool {
	var push struct {
		Ref string `json:"ref"`
	}
	if json.Unmarshal(body, &push) != nil || push.Ref == "" || r.Branch == "" {
		return true
	}
	return push.Ref == "refs/heads/"+r.Branch
}

// link is the mode of a symbolic link.
const link = "120000"

// blob is one file of a commit.
type blob struct {
	mode, kind, id string
	size           int64
	path           string
}

// export writes the files of a commit. What the current commit has too is the same file there: it costs
// no space, and keeps its times.
func (r *repository) export(ctx context.Context, rev string) (exported, error) {
	e := exported{revision: rev, written: true}
	blobs, err := r.list(ctx, rev)
	if err != nil {
		return e, err
	}
	when, err := r.committed(ctx, rev)
	if err != nil {
		return e, err
	}
	was := r.at.current()
	known := r.known(ctx, was)
	w, err := r.at.begin(rev)
	if err != nil {
		return e, err
	}
	defer w.close()
	c, err := r.startCat(ctx)
	if err != nil {
		return e, err
	}
	defer c.end()
	files, links := linksApart(blobs)
	for i, b := range slices.Concat(files, links) { // so that no link is ever on the way to a file
		r.progress(i+1, len(blobs))
		is := known[b.path] == b.mode+b.id
		if is && b.mode != link && w.share(filepath.Join(trees, was, filepath.FromSlash(b.path)), b.path) == nil {
			e.files++
			continue
		}
		why, err := r.write(w, c, b, when)
		switch {
		case err != nil:
			return e, fmt.Errorf("write %q: %w", b.path, err)
		case why != "":
			e.leftOut = append(e.leftOut, fmt.Sprintf("%q: %s", b.path, why))
		default:
			e.files++
			if !is {
				e.fresh++
			}
		}
	}
	for _, b := range links {
		if !w.leadsOut(b.path) {
			continue
		}
		if err := w.tree.Remove(filepath.FromSlash(b.path)); err != nil {
			return e, fmt.Errorf("write %q: %w", b.path, err)
		}
		e.files--
		e.leftOut = append(e.leftOut, fmt.Sprintf("%q: %s", b.path, outward))
	}
	if e.fresh > fewFiles {
		syscall.Sync() // one call for all is quicker then
	}
	return e, w.end()
}

const outward = "a link that leads out of the repository"

// known tells what a commit that lies here holds: modes and ids by path.
func (r *repository) known(ctx context.Context, rev string) map[string]string {
	known := map[string]string{}
	if rev == "" {
		return known
	}
	blobs, _ := r.list(ctx, rev) // where git has forgotten it all is written
	for _, b := range blobs {
		known[b.path] = b.mode + b.id
	}
	return known
}

func linksApart(blobs []blob) (files, links []blob) {
	for _, b := range blobs {
		if b.mode == link {
			links = append(links, b)
		} else {
			files = append(files, b)
		}
	}
	return files, links
}

// fewFiles is up to how many are brought to the disk one by one.
const fewFiles = 500

// list gives the files of a commit, or an error where they are larger than is allowed.
func (r *repository) list(ctx context.Context, rev string) ([]blob, error) {
	out, err := r.git(ctx, "ls-tree", "-r", "-z", "--long", "--full-tree", rev)
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
		if total += size; size > r.size || total > r.size {
			return nil, fmt.Errorf("commit %s: %w", rev, tooLarge{"content.git.size"})
		}
	}
	return blobs, nil
}

// committed is when the commit was made, as it says itself: the time of its files, which is then the
// same on every machine.
func (r *repository) committed(ctx context.Context, rev string) (time.Time, error) {
	out, err := r.git(ctx, "show", "--no-patch", "--format=%ct", rev)
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

// write writes a file of a commit, or says why it has no place.
func (r *repository) write(w *writer, c *cat, b blob, when time.Time) (why string, err error) {
	if b.kind != "blob" {
		return "a submodule", nil
	}
	if b.mode == link {
		return r.link(w, c, b)
	}
	return w.unplaced(b.path, func(name string) error {
		return w.file(name, when, b.size > 0 && c.copied <= fewFiles, func(f io.Writer) error { return c.copy(f, b.id) })
	})
}

// link makes a symbolic link, unless it leads out of the commit.
func (r *repository) link(w *writer, c *cat, b blob) (why string, err error) {
	const longest = 4096
	if b.size > longest {
		return "a link that leads nowhere", nil
	}
	var to strings.Builder
	if err := c.copy(&to, b.id); err != nil {
		return "", err
	}
	if path.IsAbs(to.String()) || !filepath.IsLocal(filepath.FromSlash(path.Join(path.Dir(b.path), to.String()))) {
		return outward, nil
	}
	return w.unplaced(b.path, func(name string) error { return w.tree.Symlink(to.String(), name) })
}
