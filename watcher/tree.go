package watcher

import (
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/fsnotify/fsnotify"
)

// tree keeps a watch on every folder at and below a root. Its folders are named by slash-separated
// paths relative to the root, which is itself ".". The loop's goroutine owns it.
type tree struct {
	root    string
	source  source
	logger  *slog.Logger
	folders map[string]*folder
	missing map[string]bool     // those without a watch, for want of watches
	doubles map[string]bool     // those without a watch, since it would tell the name of another place
	denied  map[string]error    // those that cannot be watched or listed
	logged  map[string]bool     // those denied that the log has told
	places  map[identity]string // where each of the folders is

	unchecked []string // folders at and below which the watches are to be brought in line
}

// folder is a folder of the tree, watched or at least wanted.
type folder struct {
	id  identity
	sub map[string]bool // base names of the folders in it
}

// identity tells folders apart whatever they are called.
type identity struct{ device, inode uint64 }

func identify(info fs.FileInfo) identity {
	st := info.Sys().(*syscall.Stat_t)
	return identity{uint64(st.Dev), st.Ino}
}

func newTree(root string, logger *slog.Logger) *tree {
	return &tree{
		root:    root,
		logger:  logger,
		folders: map[string]*folder{},
		missing: map[string]bool{},
		doubles: map[string]bool{},
		denied:  map[string]error{},
		logged:  map[string]bool{},
		places:  map[identity]string{},
	}
}

func (t *tree) abs(rel string) string { return filepath.Join(t.root, filepath.FromSlash(rel)) }

// rel is the inverse of abs, for the names that events bear.
func (t *tree) rel(name string) string {
	inside := strings.TrimPrefix(filepath.Clean(name), t.root)
	return path.Clean(strings.TrimPrefix(filepath.ToSlash(inside), "/"))
}

// open starts over with a fresh source and watches the whole tree. A queue that has lost events
// cannot be mended, only replaced.
func (t *tree) open(s source) {
	t.close()
	t.source = s
	t.arm(".", nil)
	maps.DeleteFunc(t.logged, func(rel string, _ bool) bool { return t.denied[rel] == nil })
}

// close gives all watches back.
func (t *tree) close() {
	if !t.source.closed() {
		if err := t.source.Close(); err != nil {
			t.logger.Warn("close event source", "error", err)
		}
	}
	t.source = source{}
	clear(t.folders)
	clear(t.missing)
	clear(t.doubles)
	clear(t.denied)
	clear(t.places)
	t.unchecked = nil
}

// watches returns how many watches are held.
func (t *tree) watches() int {
	return len(t.folders) - len(t.missing) - len(t.doubles) - len(t.denied)
}

// follow makes the watches at and below rel match what is there after an event, and tells the
// files in folders that are new. It reports whether rel is or was a folder.
func (t *tree) follow(rel string, op fsnotify.Op, tell func(rel string)) bool {
	was := t.folders[rel] != nil
	if op == fsnotify.Chmod && t.watched(rel) {
		return true
	}
	if op != fsnotify.Chmod {
		// A watch stays with its folder wherever that goes, and reports the old path.
		t.drop(rel)
	}
	if t.folders[path.Dir(rel)] == nil {
		return was // the event was on its way when its folder was dropped
	}
	t.arm(rel, tell)
	return was || t.folders[rel] != nil
}

// check brings the watch on the next unchecked folder in line, which leaves those in it.
func (t *tree) check() {
	last := len(t.unchecked) - 1
	rel := t.unchecked[last]
	t.unchecked = t.unchecked[:last]
	if rel != "." && t.folders[path.Dir(rel)] == nil {
		return // its folder was dropped meanwhile
	}
	t.unchecked = append(t.unchecked, t.armOne(rel, nil)...)
}

// arm makes the watches at and below rel match the folders there, and tells the files in them
// unless tell is nil.
func (t *tree) arm(rel string, tell func(rel string)) {
	for _, sub := range t.armOne(rel, tell) {
		t.arm(sub, tell)
	}
}

// armOne does what arm does for rel alone, and returns the folders in it, sorted.
func (t *tree) armOne(rel string, tell func(rel string)) []string {
	info, err := t.stat(rel)
	if err != nil || !info.IsDir() {
		t.drop(rel)
		return nil
	}
	// Watch first, then list: what appears in between is found twice, and never missed.
	err = t.watch(rel, identify(info))
	var entries []fs.DirEntry // sorted by name
	if err == nil {
		entries, err = os.ReadDir(t.abs(rel))
	}
	if err == nil { // it may be listed and not entered
		_, err = os.Lstat(t.abs(rel) + "/.")
	}
	if err != nil {
		t.deny(rel, identify(info), err)
		return nil
	}
	delete(t.logged, rel)
	for name := range t.folders[rel].sub {
		if !listed(entries, name) {
			t.drop(path.Join(rel, name))
		}
	}
	var folders []string
	for _, e := range entries {
		switch {
		case ignored(e.Name(), e.IsDir()):
		case e.IsDir():
			folders = append(folders, path.Join(rel, e.Name()))
		case tell != nil:
			tell(path.Join(rel, e.Name()))
		}
	}
	return folders
}

// watch adds a watch on rel, the folder of this identity, unless there is one.
func (t *tree) watch(rel string, id identity) error {
	if f := t.folders[rel]; f != nil && f.id != id {
		t.drop(rel)
	}
	if t.watched(rel) {
		return nil
	}
	if t.isDouble(rel, id) {
		t.keep(rel, id)
		t.doubles[rel] = true
		return nil
	}
	err := t.source.Add(t.abs(rel))
	noRoom := errors.Is(err, syscall.ENOSPC)
	if err != nil && !noRoom {
		return err
	}
	t.keep(rel, id)
	if noRoom {
		t.missing[rel] = true
	}
	return nil
}

// deny notes that the folder rel cannot be watched, and logs it unless that is old news.
func (t *tree) deny(rel string, id identity, err error) {
	logged := t.logged[rel]
	t.drop(rel)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return // it went away while we looked
	}
	if !logged {
		t.logger.Warn("folder not watched", "path", rel, "error", err)
	}
	t.keep(rel, id)
	t.denied[rel] = err
	t.logged[rel] = true
}

// keep notes the folder rel as watched.
func (t *tree) keep(rel string, id identity) {
	delete(t.missing, rel)
	delete(t.doubles, rel)
	delete(t.denied, rel)
	if t.places[id] == "" {
		t.places[id] = rel
	}
	if t.folders[rel] != nil {
		return
	}
	t.folders[rel] = &folder{id: id, sub: map[string]bool{}}
	if parent := t.folders[path.Dir(rel)]; parent != nil && rel != "." {
		parent.sub[path.Base(rel)] = true
	}
}

// listed reports whether a folder was among the entries of its parent.
func listed(entries []fs.DirEntry, name string) bool {
	i, found := slices.BinarySearchFunc(entries, name, func(e fs.DirEntry, name string) int {
		return strings.Compare(e.Name(), name)
	})
	return found && entries[i].IsDir()
}

// stat follows a symlink at the root and nowhere else.
func (t *tree) stat(rel string) (fs.FileInfo, error) {
	if rel == "." {
		return os.Stat(t.root)
	}
	return os.Lstat(t.abs(rel))
}

func (t *tree) watched(rel string) bool {
	return t.folders[rel] != nil && !t.missing[rel] && !t.doubles[rel] && t.denied[rel] == nil
}

// isDouble reports whether the folder at rel is known at another place too, as a bind mount shows
// it. If it has only moved it is dropped there: the event that says so may still be on its way, and
// when it came it would take the watch with it.
func (t *tree) isDouble(rel string, id identity) bool {
	old, ok := t.places[id]
	if !ok || old == rel {
		return false
	}
	if info, err := t.stat(old); err == nil && identify(info) == id {
		return true
	}
	t.drop(old)
	return false
}

// drop forgets rel and the folders below it, with their watches.
func (t *tree) drop(rel string) {
	f := t.folders[rel]
	if f == nil {
		return
	}
	for name := range f.sub {
		t.drop(path.Join(rel, name))
	}
	if t.watched(rel) {
		// An error says that the watch went with its folder.
		_ = t.source.Remove(t.abs(rel))
	}
	delete(t.folders, rel)
	delete(t.missing, rel)
	delete(t.doubles, rel)
	delete(t.denied, rel)
	delete(t.logged, rel)
	if t.places[f.id] == rel {
		delete(t.places, f.id)
	}
	if parent := t.folders[path.Dir(rel)]; parent != nil {
		delete(parent.sub, path.Base(rel))
	}
}
