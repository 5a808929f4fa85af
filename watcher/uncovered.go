package watcher

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// pollUncovered tells the folders and files of which no event comes, and watches those again for
// which there is room by now.
func (l *loop) pollUncovered() {
	var paths []string
	if l.Mode == Auto {
		paths = slices.Clone(l.singles)
	}
	for _, rel := range l.tree.uncovered() {
		l.tree.arm(rel, nil)
		if l.Mode == Auto || l.tree.watched(rel) {
			paths = append(paths, rel)
		}
	}
	l.pending = l.pending.withPaths(paths)
}

// uncovered returns the folders without events of their own, sorted, but for those that lie in
// another one of them.
func (t *tree) uncovered() []string {
	var top []string
	bare := func(rel string) bool { return t.missing[rel] || t.doubles[rel] }
	for _, rel := range slices.Sorted(maps.Keys(t.folders)) {
		if !bare(rel) {
			continue
		}
		inner := false
		for dir := rel; dir != "." && !inner; {
			dir = path.Dir(dir)
			inner = bare(dir)
		}
		if !inner {
			top = append(top, rel)
		}
	}
	return top
}

// findSingles looks for files that are mounted each by itself. Such a mount shows the very file it
// was made with, whatever takes its place later, and sends no event.
func (l *loop) findSingles() {
	was := l.singles
	l.singles = nil
	root, err := filepath.EvalSymlinks(l.Root) // as the table knows it
	if err != nil {
		return
	}
	for line := range strings.Lines(l.mounts.table) {
		point, _ := mountFields(line)
		rel, err := filepath.Rel(root, point)
		if err != nil || !within(point, root) || ignored(path.Base(point), false) {
			continue
		}
		if info, err := os.Stat(point); err != nil || !info.Mode().IsRegular() {
			continue
		}
		l.singles = append(l.singles, rel)
		if !slices.Contains(was, rel) {
			l.Logger.Warn("file mounted by itself: when another file takes its place outside, this one stays; mount its folder instead", "path", rel)
		}
	}
}
