package catalog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"feedmill/article"
)

// maxDepth bounds how deep folders may nest.
const maxDepth = 64

// sighting is what a look at the disk found at one path.
type sighting struct {
	path    string
	stamp   stamp       // zero where there is an error
	mode    fs.FileMode // likewise
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
// nothing any more it finds nothing. It has room for as many files as are expected.
func look(ctx context.Context, fsys fs.FS, parser *article.Parser, paths []string, expected int) (view, error) {
	v := view{files: make([]sighting, 0, expected), parser: parser, claimed: map[string]bool{}, volumes: map[string]string{}}
	infos, errs := make([]fs.FileInfo, len(paths)), make([]error, len(paths))
	sideBySide(ctx, fsys, len(paths), func(fsys fs.FS, i int) { infos[i], errs[i] = fs.Lstat(fsys, paths[i]) })
	for i, p := range paths {
		if ctx.Err() != nil {
			break
		}
		if p == "." && errs[i] != nil { // it may be listed and not entered, and then nothing is seen
			return v, fmt.Errorf("it can't be entered: %w", cause(errs[i]))
		}
		v.visit(ctx, fsys, p, infos[i], errs[i])
	}
	return v, ctx.Err()
}

// visit looks at what has this name, of which an lstat has told fi or the error.
func (v *view) visit(ctx context.Context, fsys fs.FS, name string, fi fs.FileInfo, err error) {
	if errors.Is(err, fs.ErrNotExist) || strings.Count(name, "/") > maxDepth { // deeper than a look at everything comes
		return
	}
	if err == nil && fi.Mode()&fs.ModeSymlink != 0 {
		fi, err = fs.Stat(fsys, name)
		to, _ := fs.ReadLink(fsys, name)
		if err == nil && fi.IsDir() && !strings.HasPrefix(to, volume+"/") {
			return // where it points inside the root, its files are seen there
		}
		switch {
		case err != nil && leadsOut(name, to):
			err = errLeadsOut
		case errors.Is(err, fs.ErrNotExist):
			err = errDangles
		}
		defer func(was bool) { v.linked = was }(v.linked)
		v.linked = true
	}
	switch {
	case err == nil && fi.IsDir():
		v.list(ctx, fsys, name)
	case article.IsContent(name):
		refused := !v.parser.IsArticle(name) || v.isResource(fsys, name)
		s := sighting{path: name, err: err, refused: refused, linked: v.linked}
		if err == nil {
			s.stamp, s.mode = newStamp(fi), fi.Mode()
		}
		v.files = append(v.files, s)
	case err != nil && path.Ext(name) == "":
		v.unlisted(name, err)
	}
}

// The errors of symbolic links: those at which [os.Root] says that a path escapes, and those to nothing.
var (
	errLeadsOut = errors.New("a symbolic link that is absolute or leads out of the content folder is not followed")
	errDangles  = errors.New("a symbolic link leads to nothing")
)

// leadsOut reports whether the link of that name, which holds to, is one of those.
func leadsOut(name, to string) bool {
	return path.IsAbs(to) || !filepath.IsLocal(path.Join(path.Dir(name), to))
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
		fi, err := d.Info() // which a root has asked for when it listed the folder
		name := d.Name()
		if dir != "." {
			name = dir + "/" + name
		}
		v.visit(ctx, fsys, name, fi, err)
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
	p := article.Problem{Path: dir, Line: 1, Severity: article.Error, Message: fmt.Sprintf("the folder can't be read: %v", cause(err))}
	if errors.Is(err, errLeadsOut) || errors.Is(err, errDangles) { // who made the link may have meant it, and it need not be one to a folder
		p.Severity, p.Message = article.Warning, err.Error()
	}
	v.blind = append(v.blind, p)
}

// scope is where to look: at the paths of a change, and at the whole folder of one that claims or
// claimed it.
func (c *Catalog) scope(ch Change) []string {
	if ch.Rescan {
		return []string{"."}
	}
	scope := slices.Clone(ch.Paths)
	for i, p := range scope {
		if slices.Contains(c.o.Parser.Indexes(), path.Base(p)) {
			scope[i] = path.Dir(p)
		}
	}
	return scope
}
