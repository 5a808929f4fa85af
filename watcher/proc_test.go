package watcher

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// openFiles returns how many files this process has open, or 0 where the system does not tell.
func openFiles(t *testing.T) int {
	t.Helper()
	files, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

// kernelWatches returns how many inotify watches this process has, or 0 where the system does not
// tell. No other watcher may run.
func kernelWatches(t *testing.T) int {
	t.Helper()
	infos, err := filepath.Glob("/proc/self/fdinfo/*")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range infos {
		text, err := os.ReadFile(f)
		if err != nil {
			continue // closed meanwhile
		}
		n += strings.Count(string(text), "inotify wd:")
	}
	return n
}
