package watcher

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	// lockPatience is how long a lock is waited for: longer, and whoever held it has most likely died.
	lockPatience = 30 * time.Second
	lockPoll     = 50 * time.Millisecond
)

// gitLock is the lock that Git takes before it changes the files of a working tree, and gives back
// when all of them are as they should be.
type gitLock struct {
	seen  os.FileInfo // the lock, when it was last looked for; nil: there was none
	since time.Time   // when it was first seen
	freed time.Time   // when it was last given back
}

// held reports whether what happens in the tree at root is half of something. rest is for how long
// after the end of it the last events may come.
func (k *gitLock) held(root string, rest time.Duration, now time.Time) bool {
	info, err := os.Stat(indexLock(root))
	switch {
	case err != nil:
		if k.seen != nil && now.Sub(k.since) < lockPatience {
			k.freed = now
		}
		k.seen = nil
		return now.Sub(k.freed) < rest
	case k.seen == nil || !os.SameFile(k.seen, info):
		k.seen, k.since = info, now
	}
	return now.Sub(k.since) < lockPatience
}

// GitState tells apart the states that Git gives the working tree which root is or lies in, and
// reports whether it is changing that at the moment: a lock that is older than Git could need counts
// as forgotten. Without a working tree there is one state, "".
func GitState(root string) (state string, changing bool) {
	lock := indexLock(root)
	if lock == "" {
		return "", false
	}
	if info, err := os.Stat(lock); err == nil && time.Since(info.ModTime()) < lockPatience {
		return "", true
	}
	index, err := os.Stat(strings.TrimSuffix(lock, ".lock"))
	if err != nil {
		return "", false
	}
	return index.ModTime().String(), false
}

// indexLock returns the file by which Git locks the working tree that root is or lies in, or "".
func indexLock(root string) string {
	for dir := root; ; dir = filepath.Dir(dir) {
		git := filepath.Join(dir, ".git")
		info, err := os.Lstat(git)
		switch {
		case err == nil && info.IsDir():
			return filepath.Join(git, "index.lock")
		case err == nil && info.Mode().IsRegular() && info.Size() < 10_000: // of a further working tree, or a submodule
			text, _ := os.ReadFile(git)
			to := strings.TrimSpace(strings.TrimPrefix(string(text), "gitdir:"))
			if !filepath.IsAbs(to) {
				to = filepath.Join(dir, to)
			}
			return filepath.Join(to, "index.lock")
		case dir == filepath.Dir(dir):
			return ""
		}
	}
}
