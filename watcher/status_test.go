package watcher

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

func TestWatchLimit(t *testing.T) {
	folders := strings.Split("b c d e f g h i", " ")
	withRig(t, Options{Reconcile: time.Hour}, folders, func(r *rig) {
		r.limit = 3
		r.run()
		r.wantRescan(0, "start")
		r.wantStatus(Degraded, "watch_limit")
		r.wantLogged(1, "sysctl=fs.inotify.max_user_watches needed=9 limit=")
		r.want(2*second, "d", "e", "f", "g", "h", "i")
		r.event(fsnotify.Write, "b/a.md")
		r.want(2100*ms, "b/a.md")
		r.want(4*second, "d", "e", "f", "g", "h", "i")

		r.set(func() { r.limit = 5 })
		r.want(6*second, "d", "e", "f", "g", "h", "i")
		r.wantStatus(Degraded, "watch_limit")
		r.set(func() { r.limit = 9 })
		r.want(8*second, "f", "g", "h", "i")
		r.wantStatus(Watching, "")
		r.wantNone(10 * second)

		r.mkdir("new")
		r.event(fsnotify.Create, "new")
		r.wantStatus(Degraded, "watch_limit")
		if err := os.Remove(r.abs("new")); err != nil {
			t.Fatal(err)
		}
		r.event(fsnotify.Remove, "new")
		r.wantStatus(Watching, "")
		r.wantLogged(2, "max_user_watches")
	})
}

func TestWatchLimitWithoutPolling(t *testing.T) {
	withRig(t, Options{Mode: Events}, []string{"b"}, func(r *rig) {
		r.limit = 1
		r.run()
		r.wantRescan(0, "start")
		r.wantStatus(Degraded, "watch_limit")
		r.wantNone(9 * second)
		r.set(func() { r.limit = 2 })
		r.want(10*second, "b")
		r.wantStatus(Watching, "")
	})
}

func TestNoSource(t *testing.T) {
	tests := []struct {
		err    error
		mode   Mode
		state  State
		reason string
	}{
		{syscall.EMFILE, Auto, Polling, "instance_limit"},
		{syscall.ENFILE, Events, Degraded, "instance_limit"},
		{syscall.ENOSYS, Auto, Polling, "no_events"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.mode, " ", tt.err), func(t *testing.T) {
			withRig(t, Options{Mode: tt.mode}, nil, func(r *rig) {
				r.openErr = fmt.Errorf("open: %w", tt.err)
				r.run()
				r.wantRescan(0, "start")
				r.wantStatus(tt.state, tt.reason)
				if tt.mode == Auto {
					r.wantRescan(2*second, "poll")
				} else {
					r.wantNone(2 * second)
				}
				r.wantLogged(1, "reason="+tt.reason)
				time.Sleep(second)
				r.set(func() { r.openErr = nil })
				r.wantRescan(4*second, "limit")
				r.wantStatus(Watching, "")
			})
		})
	}
}

func TestPollMode(t *testing.T) {
	withRig(t, Options{Mode: Poll, PollInterval: 5 * second, Reconcile: 3 * second}, nil, func(r *rig) {
		r.run()
		r.wantStatus(Polling, "mode")
		r.wantRescan(0, "start")
		got := <-r.w.Batches()
		if since := time.Since(r.start); !got.Rescan || since != 3*second {
			t.Errorf("batch %v at %v, want a rescan after the smaller interval", got, since)
		}
		if r.opened != 0 {
			t.Errorf("%d sources opened, want none", r.opened)
		}
	})
}

func TestPauseAndStall(t *testing.T) {
	withRig(t, Options{}, nil, func(r *rig) {
		r.run()
		r.wantRescan(0, "start")
		r.set(func() { r.slow = 20 * second })
		r.mkdir("b")
		r.event(fsnotify.Create, "b")
		time.Sleep(10 * second)
		if got := r.w.Status(); got.State != Degraded || got.Reason != "stalled" {
			t.Errorf("status while the disk hangs = %v %q, want degraded stalled", got.State, got.Reason)
		}
		// The settled path may be sent before or after the heartbeat that notes the gap.
		for got := range r.w.Batches() {
			if got.Reason == "pause" {
				break
			}
			if !slices.Equal(got.Paths, []string{"b"}) {
				t.Errorf("batch after the pause = %v, want b or a rescan", got)
			}
		}
		r.wantStatus(Watching, "")
	})
}
