package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

const maxFile = 1 << 20 // bytes

// readFile puts what the file says. Its error is of a file that cannot be read as YAML at all;
// what is wrong with single keys joins the mistakes.
func (l *loader) readFile(name string, required bool) error {
	if name == "" {
		return nil
	}
	src, err := readSmall(name)
	if errors.Is(err, fs.ErrNotExist) && !required {
		return nil
	}
	if err != nil {
		return err
	}
	root, err := parse(src)
	if err != nil {
		return fmt.Errorf("%s:%d: %w", name, lineOf(err, src), err)
	}
	l.config.File = name
	l.readMap(value{source: name, line: root.Line, dir: filepath.Dir(name), mistakes: &l.mistakes}, root)
	return nil
}

// readSmall returns the bytes of a file, unless there are too many of them.
func readSmall(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(src) > maxFile {
		err = fmt.Errorf("%s: larger than 1 MiB", name)
	}
	return src, err
}
