package catalog

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"feedmill/article"
	"feedmill/store"
)

// maxDepth bounds how deep folders may nest.
const maxDepth = 64

// file is what is known of one content file.
type file struct {
	stamp    stamp
	refused  bool              // by the layout of the site: no article, and never read
	again    bool              // the stamp can't be trusted: read the file at the next look whatever it says
	ragged   bool              // the bytes on disk do not end with a line end
	hash     digest            // of the bytes on disk; zero: they could not be read
	good     source            // the newest version that could be parsed
	problems []article.Problem // of the version on disk
}

// lastGood gives the bytes of an older version that stands in for the one on disk, or nil.
func (f *file) lastGood() []byte {
	if f.good.article == nil || f.good.article.Hash == f.hash {
		return nil
	}
	return f.good.bytes
}

// source is an article and the bytes it was parsed from.
type source struct {
	article *article.Article // nil: no version could be parsed yet, or the file is no article
	bytes   []byte
	content store.Digest // see contentOf
	sketch  store.Sketch
	broken  bool // there is no article only because no version could be parsed
}

func newSource(a *article.Article, src []byte) source {
	if a == nil {
		return source{}
	}
	body := a.Body(src)
	return source{article: a, bytes: src, content: contentOf(a, body), sketch: sketchOf(body)}
}

func (s source) trace() trace {
	return trace{store.Digest(s.article.Hash[:]), s.sketch, s.article.Published}
}

// sighting is what a look at the disk found at one path.
type sighting struct {
	path    string
	info    fs.FileInfo
	err     error
	refused bool // see file
	linked  bool // found through a symbolic link
}

// view is what a look at a part of the tree found.
type view struct {
	files []sighting        // content files, in the order of the walk
	blind []article.Problem // folders that could not be listed: what they hold is unknown

	volumes map[string]string // where the links of Kubernetes' volumes led when they were listed
	linked  bool              // what is visited now was found through a symbolic link

	parser  *article.Parser
	claimed map[string]bool // folders that a look at their indexes was taken at: whether one article claims all in them
}

// look finds the content files at and below the given paths; the root is ".". Where there is
// nothing any more it finds nothing.
func look(ctx context.Context, fsys fs.FS, parser *article.Parser, paths []string) (view, error) {
	v := view{parser: parser, claimed: map[string]bool{}, volumes: map[string]string{}}
	for _, p := range paths {
		v.visit(ctx, fsys, p)
	}
	return v, ctx.Err()
}

func (v *view) visit(ctx context.Context, fsys fs.FS, name string) {
	fi, err := fs.Lstat(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil && fi.Mode()&fs.ModeSymlink != 0 {
		fi, err = fs.Stat(fsys, name)
		to, _ := fs.ReadLink(fsys, name)
		if err == nil && fi.IsDir() && !strings.HasPrefix(to, volume+"/") {
			return // where it points inside the root, its files are seen there
		}
		defer func(was bool) { v.linked = was }(v.linked)
		v.linked = true
	}
	switch {
	case err == nil && fi.IsDir():
		v.list(ctx, fsys, name)
	case article.IsContent(name):
		refused := !v.parser.IsArticle(name) || v.isResource(fsys, name)
		v.files = append(v.files, sighting{name, fi, err, refused, v.linked})
	case err != nil && path.Ext(name) == "":
		v.unlisted(name, err)
	}
}

func (v *view) list(ctx context.Context, fsys fs.FS, dir string) {
	if strings.Count(dir, "/") >= maxDepth {
		v.unlisted(dir, fmt.Errorf("it lies deeper than %d folders", maxDepth))
		return
	}
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		v.unlisted(dir, err)
	}
	for _, d := range entries {
		if ctx.Err() != nil {
			return
		}
		if d.Name() == volume {
			link := path.Join(dir, volume)
			v.volumes[link], _ = fs.ReadLink(fsys, link)
		}
		if strings.HasPrefix(d.Name(), ".") || d.Type().IsRegular() && !article.IsContent(d.Name()) {
			continue
		}
		v.visit(ctx, fsys, path.Join(dir, d.Name()))
	}
}

// isResource reports whether a file belongs to the article that claims its folder or one above.
func (v *view) isResource(fsys fs.FS, name string) bool {
	dir := path.Dir(name)
	if slices.Contains(v.parser.Indexes(), path.Base(name)) {
		if dir == "." {
			return false
		}
		dir = path.Dir(dir)
	}
	return v.isClaimed(fsys, dir)
}

func (v *view) isClaimed(fsys fs.FS, dir string) bool {
	is, known := v.claimed[dir]
	if known {
		return is
	}
	for _, index := range v.parser.Indexes() {
		index = path.Join(dir, index)
		if fi, err := fs.Stat(fsys, index); err == nil && fi.Mode().IsRegular() && v.parser.IsArticle(index) {
			is = true
		}
	}
	is = is || dir != "." && v.isClaimed(fsys, path.Dir(dir))
	v.claimed[dir] = is
	return is
}

func (v *view) unlisted(dir string, err error) {
	v.blind = append(v.blind, article.Problem{Path: dir, Line: 1, Severity: article.Error,
		Message: fmt.Sprintf("the folder can't be read: %v; what was known of its articles stays", cause(err))})
}

// examine reads and parses the file of a sighting; nil means that it has gone since. old is what was known of it, or nil: its last
// good version stays where the new one can't be parsed. It may be called from several goroutines.
func (c *Catalog) examine(fsys fs.FS, s sighting, old *file, now time.Time) *file {
	f := &file{refused: s.refused}
	if s.refused {
		if s.err == nil {
			f.stamp = newStamp(s.info)
		}
		return f
	}
	f.good = c.lastGood(s.path, old)
	fail := func(err error) *file {
		kept := "it is not in the feeds"
		if f.good.article != nil {
			kept = "its last good version stays in the feeds"
		}
		f.again = true // it may heal without a change of the stamp
		if s.err == nil {
			f.stamp = newStamp(s.info)
		}
		f.problems = []article.Problem{{Path: s.path, Line: 1, Severity: article.Error, Message: err.Error() + "; " + kept}}
		return f
	}
	if s.err != nil {
		return fail(cause(s.err))
	}
	if !utf8.ValidString(s.path) {
		return fail(errors.New("the name is not valid UTF-8: rename the file"))
	}
	if !s.info.Mode().IsRegular() {
		return fail(irregular(s.info))
	}
	src, st, err := c.read(fsys, s.path)
	if errors.Is(err, fs.ErrNotExist) && !s.linked {
		return nil
	}
	if err != nil {
		return fail(err)
	}
	f.stamp, f.again = st, st.fresh(now)
	f.hash, f.ragged = sha256.Sum256(src), !bytes.HasSuffix(src, []byte("\n"))
	if old != nil && old.hash == f.hash {
		f.good, f.problems = old.good, old.problems
		return f
	}
	a, problems := c.o.Parser.Parse(s.path, src)
	if a != nil && a.Published.IsZero() && !a.Hidden {
		problems = append(problems, c.undated(s.path))
	}
	f.problems = problems
	if a != nil || len(problems) == 0 {
		f.good = newSource(a, src)
	}
	return f
}

// lastGood is the last good version of a file: the one known of it, else the one that an earlier
// run has kept.
func (c *Catalog) lastGood(path string, old *file) source {
	if old != nil {
		return old.good
	}
	kept := c.memory.sources[path]
	if kept == nil {
		return source{}
	}
	a, _ := c.o.Parser.Parse(path, *kept)
	return newSource(a, *kept)
}

// undated tells what stands in for the date that an article lacks.
func (c *Catalog) undated(path string) article.Problem {
	instead := undated.Format(time.DateOnly) + " stands in for it, so that the article comes last"
	if c.memory.keeps() {
		instead = "the day on which it was first seen stands in for it; " + undated.Format(time.DateOnly) + " where it was there from the start"
	}
	return article.Problem{Path: path, Line: 1, Severity: article.Warning,
		Message: "date: neither the front matter nor the name tells one; " + instead}
}

// read returns the bytes of a regular file and its stamp, taken while it did not change.
func (c *Catalog) read(fsys fs.FS, name string) ([]byte, stamp, error) {
	h, err := fsys.Open(name)
	if err != nil {
		return nil, stamp{}, cause(err)
	}
	defer h.Close()
	for range 3 {
		fi, err := h.Stat()
		switch {
		case err != nil:
			return nil, stamp{}, cause(err)
		case !fi.Mode().IsRegular():
			return nil, stamp{}, irregular(fi)
		case fi.Size() > c.o.MaxFileSize:
			return nil, stamp{}, fmt.Errorf("%d bytes are more than content.limits.file_size allows (%d)", fi.Size(), c.o.MaxFileSize)
		}
		src, err := io.ReadAll(io.LimitReader(h, c.o.MaxFileSize+1))
		if err != nil {
			return nil, stamp{}, cause(err)
		}
		after, err := h.Stat()
		if err != nil {
			return nil, stamp{}, cause(err)
		}
		if newStamp(fi) == newStamp(after) {
			return src, newStamp(after), nil
		}
		if sk, ok := h.(io.Seeker); ok {
			if _, err := sk.Seek(0, io.SeekStart); err != nil {
				return nil, stamp{}, cause(err)
			}
		}
	}
	return nil, stamp{}, errors.New("it goes on changing while it is read")
}

func irregular(fi fs.FileInfo) error {
	kind := "device"
	switch {
	case fi.Mode()&fs.ModeNamedPipe != 0:
		kind = "named pipe"
	case fi.Mode()&fs.ModeSocket != 0:
		kind = "socket"
	}
	return fmt.Errorf("it is a %s, not a file", kind)
}

// cause drops the operation and path from err: a problem names the path itself.
func cause(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// examineAll examines the sightings in parallel and returns the files in the same order.
func (c *Catalog) examineAll(ctx context.Context, fsys fs.FS, found []sighting, now time.Time) ([]*file, error) {
	files := make([]*file, len(found))
	var next, done atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(found)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(found) {
					return
				}
				files[i] = c.examine(fsys, found[i], c.files[found[i].path], now)
				c.o.Progress(int(done.Add(1)), len(found))
			}
		})
	}
	wg.Wait()
	return files, ctx.Err()
}
