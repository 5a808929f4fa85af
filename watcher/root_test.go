package watcher

import (
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

func TestRootComesAndGoes(t *testing.T) {
	withRig(t, Options{}, []string{"b"}, func(r *rig) {
		away := t.TempDir() + "/away"
		move := func(from, to string) {
			t.Helper()
			if err := os.Rename(from, to); err != nil {
				t.Fatal(err)
			}
		}
		move(r.root, away)
		r.run()
		r.wantStatus(Degraded, "root_gone")
		r.wantNone(2*time.Minute - 500*ms)

		move(away, r.root)
		r.wantRescan(2*time.Minute, "start")
		r.wantStatus(Watching, "")

		r.event(fsnotify.Remove, "b/c.md")
		move(r.root, away)
		r.event(fsnotify.Rename, "")
		r.wantStatus(Degraded, "root_gone")
		r.wantNone(10*second + 500*ms)

		r.mkdir(".")
		r.wantRescan(2*time.Minute+11*second, "root")
		r.wantStatus(Watching, "")
		if got, want := r.watched(), []string{r.root}; !slices.Equal(got, want) {
			t.Errorf("watched = %q, want %q", got, want)
		}
		r.wantLogged(2, "root_gone")
	})
}

func TestRootReplacedWithoutAnEvent(t *testing.T) {
	for _, mode := range []Mode{Events, Poll} {
		t.Run(string(mode), func(t *testing.T) {
			withRig(t, Options{Mode: mode, PollInterval: time.Minute}, nil, func(r *rig) {
				r.run()
				r.wantRescan(0, "start")
				time.Sleep(500 * ms)
				if err := os.Rename(r.root, t.TempDir()+"/away"); err != nil {
					t.Fatal(err)
				}
				r.mkdir("b")
				r.wantRescan(second, "root")
				r.wantNone(10 * second)
			})
		})
	}
}

func TestRootThatIsAFile(t *testing.T) {
	withRig(t, Options{}, nil, func(r *rig) {
		r.w.options.Root = r.abs("a.md")
		r.run()
		r.wantStatus(Degraded, "root_unreadable")
		r.wantLogged(1, "not a directory")
		r.wantNone(5 * second)
	})
}

func TestUnreadableRoot(t *testing.T) {
	withRig(t, Options{}, nil, func(r *rig) {
		r.refuse[r.root] = syscall.EACCES
		r.run()
		r.wantStatus(Degraded, "root_unreadable")
		r.wantNone(4500 * ms)
		r.set(func() { clear(r.refuse) })
		r.wantRescan(5*second, "start")
		r.wantStatus(Watching, "")
	})
}

func TestRootThatBecomesUnreadable(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	withRig(t, Options{}, []string{"b"}, func(r *rig) {
		chmod := func(mode os.FileMode) {
			if err := os.Chmod(r.root, mode); err != nil {
				t.Fatal(err)
			}
		}
		r.run()
		r.wantRescan(0, "start")
		chmod(0)
		defer chmod(0o777)
		r.set(func() { r.refuse[r.root] = syscall.EACCES }) // as the system would
		r.wantNone(60*second + 500*ms)
		r.wantStatus(Degraded, "root_unreadable")
		chmod(0o777)
		r.set(func() { clear(r.refuse) })
		r.wantRescan(61*second, "root")
		r.wantStatus(Watching, "")
	})
}
