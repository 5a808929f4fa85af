package preset

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
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
	warnings []string
	sought   map[string]bool // all files that were asked for, also by others
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
		r.warnings = append(r.warnings, err.Error())
	}
	r.files = append(r.files, file)
	return string(src), true
}

// readRegular reads a small file in dir that is no link, and to which no link leads that points out of dir. What
// is neither file nor link does not exist for it.
func readRegular(dir, name string) ([]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fs.ErrNotExist
	}
	defer root.Close()
	file := filepath.Join(dir, filepath.FromSlash(name))
	fi, err := root.Lstat(filepath.FromSlash(name))
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && !fi.Mode().IsRegular() && fi.Mode()&fs.ModeSymlink == 0:
		return nil, fs.ErrNotExist
	case err != nil:
		return nil, fmt.Errorf("%s: %w", file, err)
	case fi.Mode()&fs.ModeSymlink != 0:
		return nil, fmt.Errorf("%s: is a link, which is not followed", file)
	}
	f, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(src) > maxFile {
		return nil, fmt.Errorf("%s: larger than 1 MiB", file)
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

// values gives what the first of these files says, by the syntax of its ending.
func (r *reader) values(names ...string) (values, bool) {
	for _, name := range names {
		src, ok := r.text(name)
		if !ok {
			continue
		}
		v, err := decode(path.Ext(name), src)
		if err != nil {
			r.warnings = append(r.warnings, fmt.Sprintf("%s: %v", filepath.Join(r.dir, name), err))
		}
		return v, true
	}
	return nil, false
}

// valuesIf is values for a file that other programs have under the same name: it counts only if is
// says so.
func (r *reader) valuesIf(is func(values) bool, names ...string) (values, bool) {
	attempt := &reader{dir: r.dir, sought: r.sought}
	v, ok := attempt.values(names...)
	if !ok || !is(v) {
		return nil, false
	}
	r.files, r.warnings = append(r.files, attempt.files...), append(r.warnings, attempt.warnings...)
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
