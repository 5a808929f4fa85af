package watcher

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// State says how changes come to be known.
type State string

// The states.
const (
	Watching State = "watching" // all by events
	Degraded State = "degraded" // not all; see Status.Reason
	Polling  State = "polling"  // by rescans every Options.PollInterval, beside what events there are
)

// Status says how well the tree is watched.
type Status struct {
	State State

	// Reason is "" while watching. Degraded: "idle" (Run has not begun or has returned),
	// "root_gone", "root_unreadable", "watch_limit" (folders are left without events) or "stalled"
	// (the disk does not answer). Polling: "mode" (as told), "remote" (a file system whose events
	// are incomplete), "instance_limit" or "no_events" (there are none at all). The last two are
	// Degraded if Mode forbids polling.
	Reason string

	Watches   int    // folders watched
	Overflows uint64 // times that the system's event queue was full
}

// report is a status and when it was last known to be true.
type report struct {
	Status
	at time.Time // zero: true for ever
}

var idle = report{Status: Status{State: Degraded, Reason: "idle"}}

// stall is how old a report of a loop may be that renews it each heartbeat.
const stall = 5 * heartbeat

func (r report) status() Status {
	if !r.at.IsZero() && time.Since(r.at) > stall {
		r.State, r.Reason = Degraded, "stalled"
	}
	return r.Status
}

// status says how things stand.
func (l *loop) status() Status {
	s := Status{State: Watching, Watches: l.tree.watches(), Overflows: l.overflows}
	switch {
	case errors.Is(l.rootErr, fs.ErrNotExist):
		s.State, s.Reason = Degraded, "root_gone"
	case l.rootErr != nil:
		s.State, s.Reason = Degraded, "root_unreadable"
	case l.Mode == Poll:
		s.State, s.Reason = Polling, "mode"
	case l.sourceErr != nil && l.Mode == Events:
		s.State, s.Reason = Degraded, noSource(l.sourceErr)
	case l.sourceErr != nil:
		s.State, s.Reason = Polling, noSource(l.sourceErr)
	case l.mounts.remote && l.Mode == Auto:
		s.State, s.Reason = Polling, "remote"
	case len(l.tree.missing) > 0:
		s.State, s.Reason = Degraded, "watch_limit"
	}
	return s
}

func noSource(err error) string {
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		return "instance_limit"
	}
	return "no_events"
}

// publish lets others know how things stand, and logs it if that is news.
func (l *loop) publish() {
	was, now := l.report.Load(), &report{l.status(), l.beatAt}
	if *was == *now {
		return
	}
	l.report.Store(now)
	if now.State == was.State && now.Reason == was.Reason {
		return
	}
	log := l.Logger.Info
	if now.State != Watching && now.Reason != "mode" {
		log = l.Logger.Warn
	}
	log("watcher "+string(now.State), l.details(now.Status)...)
}

// details returns what to log about s: all that somebody needs to mend it.
func (l *loop) details(s Status) []any {
	args := []any{"root", l.Root, "watches", s.Watches}
	if s.Reason != "" {
		args = append(args, "reason", s.Reason)
	}
	switch s.Reason {
	case "root_gone", "root_unreadable":
		args = append(args, "error", l.rootErr)
	case "no_events":
		args = append(args, "error", l.sourceErr)
	case "instance_limit":
		args = append(args, "error", l.sourceErr, "sysctl", "fs.inotify.max_user_instances", "needed", 1,
			"limit", limit("fs/inotify/max_user_instances", "user/max_inotify_instances"))
	case "watch_limit":
		args = append(args, "sysctl", "fs.inotify.max_user_watches", "needed", len(l.tree.folders),
			"limit", limit("fs/inotify/max_user_watches", "user/max_inotify_watches"))
	}
	return args
}

// limit returns the smallest number in these files of /proc/sys (a user namespace has limits of
// its own), or "unknown".
func limit(files ...string) string {
	smallest, found := math.MaxInt, "unknown"
	for _, f := range files {
		text, err := os.ReadFile("/proc/sys/" + f)
		if err != nil {
			continue
		}
		if n, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && n < smallest {
			smallest, found = n, strconv.Itoa(n)
		}
	}
	return found
}
