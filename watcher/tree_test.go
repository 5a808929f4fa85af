package watcher

import (
	"fmt"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

func TestUnreadableFolder(t *testing.T) {
	withRig(t, Options{}, []string{"b/c"}, func(r *rig) {
		r.refuse[r.abs("b")] = syscall.EACCES
		r.run()
		r.wantRescan(0, "start")
		r.wantStatus(Watching, "")
		r.wantRescan(60*second, "reconcile")
		r.errors <- fsnotify.ErrEventOverflow
		r.wantRescan(61*second, "overflow")
		r.wantLogged(1, `path=b error="permission denied"`)
		if got, want := r.watched(), []string{r.root}; !slices.Equal(got, want) {
			t.Errorf("watched = %q, want %q", got, want)
		}

		r.set(func() { clear(r.refuse) })
		if err := os.WriteFile(r.abs("b/c/d.md"), nil, 0o666); err != nil {
			t.Fatal(err)
		}
		r.event(fsnotify.Chmod, "b")
		r.want(61100*ms, "b", "b/c/d.md")
		if got, want := r.watched(), []string{r.root, r.abs("b"), r.abs("b/c")}; !slices.Equal(got, want) {
			t.Errorf("watched after chmod = %q, want %q", got, want)
		}

		r.set(func() { r.refuse[r.abs("b")] = syscall.EACCES })
		r.errors <- fsnotify.ErrEventOverflow
		r.wantRescan(62*second, "overflow")
		r.wantLogged(2, `path=b error="permission denied"`)
	})
}

func TestFolderReplacedByItsLike(t *testing.T) {
	withRig(t, Options{}, []string{"b"}, func(r *rig) {
		r.run()
		r.wantRescan(0, "start")
		// The new folder may have the inode of the old one, with which the watch has gone.
		if err := os.Remove(r.abs("b")); err != nil {
			t.Fatal(err)
		}
		r.set(func() { delete(r.held, r.abs("b")) })
		r.mkdir("b")
		r.event(fsnotify.Remove, "b")
		r.want(100*ms, "b")
		if got, want := r.watched(), []string{r.root, r.abs("b")}; !slices.Equal(got, want) {
			t.Errorf("watched = %q, want %q", got, want)
		}
	})
}

func TestEventFromAFolderThatIsNotKnown(t *testing.T) {
	withRig(t, Options{}, nil, func(r *rig) {
		r.run()
		r.wantRescan(0, "start")
		r.mkdir("b/c")
		r.event(fsnotify.Create, "b/c")
		r.want(100*ms, "b/c")
		if got, want := r.watched(), []string{r.root}; !slices.Equal(got, want) {
			t.Errorf("watched = %q, want %q", got, want)
		}
		r.event(fsnotify.Create, "b")
		r.want(200*ms, "b")
		if got, want := r.watched(), []string{r.root, r.abs("b"), r.abs("b/c")}; !slices.Equal(got, want) {
			t.Errorf("watched = %q, want %q", got, want)
		}
	})
}

func TestEventsDoNotWaitForRoutine(t *testing.T) {
	var folders []string
	for i := range 40 {
		folders = append(folders, fmt.Sprint(i))
	}
	withRig(t, Options{}, folders, func(r *rig) {
		for _, rel := range folders {
			r.refuse[r.abs(rel)] = syscall.EACCES // so that routine tries to watch it again
		}
		r.run()
		r.wantRescan(0, "start")
		r.set(func() { r.slow = 100 * ms })
		time.Sleep(60*second + 50*ms)
		r.event(fsnotify.Write, "a.md")
		if got := <-r.w.Batches(); len(got.Paths) != 1 {
			t.Errorf("batch = %v at %v, want the path before all folders are checked", got, time.Since(r.start))
		}
		r.wantRescan(64*second, "reconcile")
	})
}
