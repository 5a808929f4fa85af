package watcher

import (
	"fmt"
	"os"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	ms     = time.Millisecond
	second = time.Second
)

func TestFirstBatchIsARescanWithAllWatchesInPlace(t *testing.T) {
	withRig(t, Options{}, []string{"b/c", "d", ".git/objects"}, func(r *rig) {
		r.wantStatus(Degraded, "idle")
		r.run()
		synctest.Wait()
		if got, want := r.watched(), []string{r.root, r.abs("b"), r.abs("b/c"), r.abs("d")}; !slices.Equal(got, want) {
			t.Errorf("watched before the first batch: %q, want %q", got, want)
		}
		r.wantStatus(Watching, "")
		r.wantRescan(0, "start")
		r.wantNone(59 * second)
	})
}

func TestPathsSettle(t *testing.T) {
	withRig(t, Options{}, nil, func(r *rig) {
		r.run()
		r.wantRescan(0, "start")
		r.event(fsnotify.Create, "b.md")
		r.event(fsnotify.Write, "a.md")
		r.event(fsnotify.Chmod, "a.md")
		r.event(fsnotify.Write, "a.md~")
		r.event(fsnotify.Create, ".a.md.swp")
		r.want(100*ms, "a.md", "b.md")
		r.wantNone(10 * second)
	})
}

func TestStirs(t *testing.T) {
	withRig(t, Options{}, nil, func(r *rig) {
		r.run()
		r.wantRescan(0, "start")
		var stirs []time.Duration
		go func() {
			for range r.w.Stirs() {
				stirs = append(stirs, time.Since(r.start))
			}
		}()
		time.Sleep(second)
		r.event(fsnotify.Write, "a.md")
		time.Sleep(50 * ms)
		r.event(fsnotify.Write, "b.md")
		r.want(1150*ms, "a.md", "b.md")
		time.Sleep(50 * ms)
		r.event(fsnotify.Write, "a.md")
		r.want(1300*ms, "a.md")
		synctest.Wait()
		if want := []time.Duration{1000 * ms, 1200 * ms}; !slices.Equal(stirs, want) {
			t.Errorf("stirs at %v, want %v", stirs, want)
		}
	})
}

func TestManyPathsAreToldEarly(t *testing.T) {
	withRig(t, Options{}, nil, func(r *rig) {
		r.run()
		r.wantRescan(0, "start")
		var all []string
		for i := range 2 * manyPaths {
			all = append(all, fmt.Sprintf("%03d.md", i))
		}
		for _, p := range all {
			r.event(fsnotify.Write, p)
			time.Sleep(ms)
		}
		var early []string
		for len(early) < len(all) {
			paths := <-r.w.Early()
			early = append(early, paths...)
		}
		if at := time.Since(r.start); at > 350*ms {
			t.Errorf("all are told early by %v, want it by 350 ms, soon after the last is quiet", at)
		}
		slices.Sort(early)
		if !slices.Equal(early, all) {
			t.Errorf("early = %q, want each once", early)
		}
		r.want(499*ms, all...)
		r.wantNone(10 * second)
	})
}

func TestBusyPathDelaysNoOther(t *testing.T) {
	withRig(t, Options{}, nil, func(r *rig) {
		r.run()
		r.wantRescan(0, "start")
		r.event(fsnotify.Write, "edited.md")
		go func() {
			for time.Since(r.start) < 1500*ms {
				r.event(fsnotify.Write, "busy.md")
				time.Sleep(20 * ms)
			}
		}()
		r.want(100*ms, "edited.md")
		r.want(1000*ms, "busy.md")
		r.want(1580*ms, "busy.md")
		r.wantNone(10 * second)
	})
}

func TestBatchesMergeWhileTheConsumerIsBusy(t *testing.T) {
	withRig(t, Options{}, nil, func(r *rig) {
		r.run()
		r.wantRescan(0, "start")
		for i := range 5 {
			r.event(fsnotify.Write, fmt.Sprintf("%d.md", 5-i))
			r.event(fsnotify.Write, "a.md")
			time.Sleep(second)
		}
		r.want(5*second, "1.md", "2.md", "3.md", "4.md", "5.md", "a.md")
		r.wantNone(second)
	})
}

func TestRescansCoalesce(t *testing.T) {
	withRig(t, Options{}, nil, func(r *rig) {
		r.run()
		r.event(fsnotify.Write, "a.md")
		time.Sleep(150 * second) // two reconciles, too
		r.wantRescan(150*second, "start")
		r.wantNone(29 * second)
	})
}

func TestReconcile(t *testing.T) {
	withRig(t, Options{Reconcile: 30 * second}, []string{"b/c", "d"}, func(r *rig) {
		r.run()
		r.wantRescan(0, "start")
		// As if the events were lost: one folder removed, one replaced, one new.
		if err := os.RemoveAll(r.abs("b")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(r.abs("d"), r.abs(".d")); err != nil {
			t.Fatal(err)
		}
		r.set(func() { delete(r.held, r.abs("d")) })
		r.mkdir("d")
		r.mkdir("e")
		r.wantRescan(30*second, "reconcile")
		if got, want := r.watched(), []string{r.root, r.abs("d"), r.abs("e")}; !slices.Equal(got, want) {
			t.Errorf("watched after reconcile: %q, want %q", got, want)
		}
		r.wantRescan(60*second, "reconcile")
		if r.opened != 1 {
			t.Errorf("%d sources opened, want 1", r.opened)
		}
	})
}

func TestLostEvents(t *testing.T) {
	tests := []struct {
		err       error
		reason    string
		overflows uint64
	}{
		{fsnotify.ErrEventOverflow, "overflow", 1},
		{syscall.EIO, "error", 0},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			withRig(t, Options{}, nil, func(r *rig) {
				r.run()
				r.wantRescan(0, "start")
				r.errors <- tt.err
				r.mkdir("b")
				r.wantRescan(second, tt.reason)
				if got, want := r.watched(), []string{r.root, r.abs("b")}; !slices.Equal(got, want) {
					t.Errorf("watched after the loss: %q, want %q", got, want)
				}
				if got := r.w.Status(); got != (Status{Watching, "", 2, tt.overflows}) {
					t.Errorf("status = %+v, want watching, 2 watches, %d overflows", got, tt.overflows)
				}
				r.wantNone(10 * second)
			})
		})
	}
}

func TestClosedSourceIsReplaced(t *testing.T) {
	withRig(t, Options{}, nil, func(r *rig) {
		r.run()
		r.wantRescan(0, "start")
		old := r.events
		r.set(func() { r.events = make(chan fsnotify.Event) })
		close(old)
		r.wantRescan(second, "error")
		r.event(fsnotify.Write, "a.md")
		r.want(1100*ms, "a.md")
	})
}

func TestFlood(t *testing.T) {
	withRig(t, Options{}, nil, func(r *rig) {
		r.run()
		r.wantRescan(0, "start")
		for i := range maxPaths + 1 {
			r.event(fsnotify.Write, fmt.Sprintf("%d.md", i))
		}
		r.wantRescan(300*ms, "flood")
		r.wantNone(second)
	})
}

func TestSwapOfAKubernetesVolume(t *testing.T) {
	withRig(t, Options{}, nil, func(r *rig) {
		r.run()
		r.wantRescan(0, "start")
		r.mkdir("..v2")
		r.event(fsnotify.Create, "..v2")
		r.event(fsnotify.Create, "..data_tmp")
		r.event(fsnotify.Rename, "..data_tmp")
		r.event(fsnotify.Create, "..data")
		r.event(fsnotify.Remove, "..v1")
		r.wantRescan(100*ms, "swap")
		r.wantNone(second)
		if got := r.w.Status().Watches; got != 1 {
			t.Errorf("%d watches, want 1", got)
		}
	})
}
