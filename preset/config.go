package preset

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"

	"feedmill/article"
)

// config is what the configuration of a site says: values, or the text of a script.
type config struct {
	values values
	script string
}

// reader reads configuration files in one folder and notes which.
type reader struct {
	dir      string
	files    []string
	problems []article.Problem // by the path of the file as files has it
	sought   map[string]bool   // all files that were asked for, also by others
}

const maxFile = 1 << 20 // bytes

// text gives what a regular file holds; false if there is none.
func (r *reader) text(name string) (string, bool) {
	file := filepath.Join(r.dir, filepath.FromSlash(name))
	r.sought[file] = true
	src, err := readRegular(r.dir, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", false
	case err != nil:
		r.problems = append(r.problems, unread(file, 1, err))
	}
	r.files = append(r.files, file)
	return string(src), true
}

// readRegular reads a small file in dir, to which no link leads that points out of dir. What is neither file nor
// link does not exist for it.
func readRegular(dir, name string) ([]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fs.ErrNotExist
	}
	defer root.Close()
	name = filepath.FromSlash(name)
	fi, err := root.Lstat(name)
	link := err == nil && fi.Mode()&fs.ModeSymlink != 0
	if link { // as all files are that Kubernetes mounts
		fi, err = root.Stat(name)
	}
	switch {
	case link && (err != nil || !fi.Mode().IsRegular()):
		return nil, errLink
	case err == nil && !fi.Mode().IsRegular():
		return nil, fs.ErrNotExist
	case err != nil:
		return nil, err
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(src) > maxFile {
		return nil, errors.New("larger than 1 MiB")
	}
	return src, err
}

// folder reports whether there is a folder of that name.
func (r *reader) folder(name string) bool {
	fi, err := os.Lstat(filepath.Join(r.dir, filepath.FromSlash(name)))
	return err == nil && fi.IsDir()
}

// list gives what a folder in dir holds, to which no link leads that points out of dir.
func (r *reader) list(folder string) []fs.DirEntry {
	root, err := os.OpenRoot(r.dir)
	if err != nil {
		return nil
	}
	defer root.Close()
	entries, _ := fs.ReadDir(root.FS(), folder)
	return entries
}

// errLink tells of what is left out on purpose, whoever made the link: nobody need mend it.
var errLink = errors.New("is a link that leads out of its folder or to no file, and is not followed")

// unread is the problem of a file that can't be read, at a line.
func unread(file string, line int, err error) article.Problem {
	if inner, ok := errors.AsType[*fs.PathError](err); ok {
		err = inner.Err // which names the file without its folder
	}
	p := article.Problem{Path: file, Line: line, Severity: article.Error, Message: err.Error()}
	if errors.Is(err, errLink) {
		p.Severity = article.Warning
	}
	return p
}

// values gives what the first of these files says, by the syntax of its ending.
func (r *reader) values(names ...string) (values, bool) {
	v, _, ok := r.decoded(names...)
	return v, ok
}

// decoded is values, and the keys that the file has, as far as that is to be seen in one with a mistake.
func (r *reader) decoded(names ...string) (v, keys values, ok bool) {
	for _, name := range names {
		src, ok := r.text(name)
		if !ok {
			continue
		}
		v, line, err := decode(path.Ext(name), src)
		if err == nil {
			return v, v, true
		}
		r.problems = append(r.problems, unread(filepath.Join(r.dir, name), line, err))
		keys := values{}
		for _, m := range topKey.FindAllStringSubmatch(src, -1) {
			keys[m[1]] = ""
		}
		return v, keys, true
	}
	return nil, nil, false
}

// topKey is a key at the beginning of a line, or the name of a table.
var topKey = regexp.MustCompile(`(?m)^\[*["']?(\w+)["']?[ \t]*[]=:.]`)

// valuesIf is values for a file that other programs have under the same name: it counts only if is
// says so of its keys.
func (r *reader) valuesIf(is func(values) bool, names ...string) (values, bool) {
	attempt := &reader{dir: r.dir, sought: r.sought}
	v, keys, ok := attempt.decoded(names...)
	if !ok || !is(keys) {
		return nil, false
	}
	r.files, r.problems = append(r.files, attempt.files...), append(r.problems, attempt.problems...)
	return v, true
}

// readValues is what a generator does whose configuration is the first of these files.
func readValues(names ...string) func(*reader) (config, bool) {
	return func(r *reader) (config, bool) {
		v, ok := r.values(names...)
		return config{values: v}, ok
	}
}

// script gives the text of the first of these files, without comments.
func (r *reader) script(names ...string) (string, bool) {
	for _, name := range names {
		if src, ok := r.text(name); ok {
			return withoutComments(src), true
		}
	}
	return "", false
}

// readScript is what a generator does whose configuration is a script, the first of these files.
func readScript(names ...string) func(*reader) (config, bool) {
	return func(r *reader) (config, bool) {
		src, ok := r.script(names...)
		return config{script: src}, ok
	}
}
