package watcher

import (
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
)

func TestGitLock(t *testing.T) {
	withRig(t, Options{}, []string{".git"}, func(r *rig) {
		lock := func() {
			t.Helper()
			if err := os.WriteFile(r.abs(".git/index.lock"), nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		lock()
		r.run()
		r.wantRescan(0, "start")
		r.event(fsnotify.Write, "a.md")
		r.wantNone(10*second + 10*ms)
		r.event(fsnotify.Write, "b.md")
		synctest.Wait()
		if err := os.Remove(r.abs(".git/index.lock")); err != nil {
			t.Fatal(err)
		}
		// The lock is looked for every 50 ms, and the last events of its holder may take twice the settle time.
		r.want(10*second+260*ms, "a.md", "b.md")

		lock()
		r.event(fsnotify.Write, "a.md")
		r.want(40*second+400*ms, "a.md") // at the next look after 40.36 s
		// Whoever held it has died: it is not waited for again.
		r.event(fsnotify.Write, "a.md")
		r.want(time.Since(r.start)+100*ms, "a.md")
	})
}

func TestIndexLock(t *testing.T) {
	root := t.TempDir()
	for file, text := range map[string]string{
		"repo/.git/HEAD":              "",
		"repo/content/posts/a.md":     "",
		"tree/.git":                   "gitdir: ../repo/.git/worktrees/tree\n",
		"tree/content/a.md":           "",
		"elsewhere/content/sub/.keep": "",
	} {
		makeFile(t, root+"/"+file)
		if err := os.WriteFile(root+"/"+file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for dir, want := range map[string]string{
		"repo":              "repo/.git/index.lock",
		"repo/content":      "repo/.git/index.lock",
		"tree/content":      "repo/.git/worktrees/tree/index.lock",
		"elsewhere/content": "",
	} {
		if want != "" {
			want = root + "/" + want
		}
		if got := indexLock(root + "/" + dir); got != want {
			t.Errorf("indexLock(%s) = %q, want %q", dir, got, want)
		}
	}
}
