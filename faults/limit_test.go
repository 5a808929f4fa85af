//go:build linux

package faults

import (
	"fmt"
	"syscall"
	"testing"
)

// flood writes n articles, which makes three events each.
func (s *site) flood(folder string, n int) {
	s.Helper()
	for i := range n {
		s.write(fmt.Sprintf("%s/%d.md", folder, i), article(fmt.Sprint("Flood ", i), "Text."))
	}
}

func TestW01Overflow(t *testing.T) {
	s := newSite(t, never)
	s.write("f/0.md", article("Zero", "Text."))
	s.start("", "")
	s.signal(syscall.SIGSTOP)
	s.flood("f", 12_000)
	s.signal(syscall.SIGCONT)
	s.untilRight(0)
	if n := s.metric("feedmill_watch_overflows_total"); n < 1 {
		t.Errorf("feedmill_watch_overflows_total is %v, want 1 or more", n)
	}
}

func TestW02OverflowDuringRecovery(t *testing.T) {
	s := newSite(t, never)
	s.write("f/0.md", article("Zero", "Text."))
	s.start("", "")
	before := s.metric("feedmill_scans_total")
	s.signal(syscall.SIGSTOP)
	s.flood("f", 12_000)
	s.signal(syscall.SIGCONT)
	for i := range 8 {
		s.flood(fmt.Sprint("g", i), 500)
	}
	s.untilRight(8)
	if n := s.metric("feedmill_watch_overflows_total"); n < 1 {
		t.Errorf("feedmill_watch_overflows_total is %v, want 1 or more", n)
	}
	if n := s.metric("feedmill_scans_total") - before; n > 20 {
		t.Errorf("%v looks at the whole folder, want few", n)
	}
}

func TestW03TooFewWatches(t *testing.T) {
	s := newSite(t, never, "unshare", "nsenter")
	for i := range 10 {
		s.write(fmt.Sprintf("d%d/a.md", i), article(fmt.Sprint("In ", i), "Text."))
	}
	s.start("-U -r -m", "echo 3 >/proc/sys/user/max_inotify_watches")
	s.untilState("degraded", "watch_limit")
	s.untilLog("sysctl=fs.inotify.max_user_watches needed=11 limit=3")
	for i := range 10 {
		s.write(fmt.Sprintf("d%d/a.md", i), article(fmt.Sprint("Changed in ", i), "Text."))
	}
	s.write("d9/below/new.md", article("Below", "Text."))
	s.untilRight(2)
	s.sh("echo 100 >/proc/sys/user/max_inotify_watches")
	s.untilState("watching", "")
	if n := s.usage().watches; n != 12 {
		t.Errorf("%d watches, want 12", n)
	}
	s.write("d5/a.md", article("Told by an event", "Text."))
	s.untilRight(9)
}

func TestW04OneFolderTooMany(t *testing.T) {
	s := newSite(t, never, "unshare", "nsenter")
	s.start("-U -r -m", "echo 2 >/proc/sys/user/max_inotify_watches")
	s.untilState("watching", "")
	s.write("one/a.md", article("One", "Text."))
	s.write("two/b.md", article("Two", "Text."))
	s.untilState("degraded", "watch_limit")
	s.write("one/c.md", article("Three", "Text."))
	s.write("two/d.md", article("Four", "Text."))
	scans := s.metric("feedmill_scans_total")
	s.untilRight(1)
	s.write("two/d.md", article("Four again", "Text."))
	s.untilRight(1)
	if n := s.metric("feedmill_scans_total"); n != scans {
		t.Errorf("%v looks at the whole folder, want none: only the folders without a watch", n-scans)
	}
	s.sh("rm -r content/one")
	s.untilRight(1)
	s.untilState("watching", "")
}

func TestW05NoInstances(t *testing.T) {
	s := newSite(t, never, "unshare", "nsenter")
	s.start("-U -r -m", "echo 0 >/proc/sys/user/max_inotify_instances")
	s.untilState("polling", "instance_limit")
	s.untilLog("sysctl=fs.inotify.max_user_instances needed=1 limit=0")
	s.write("d/a.md", article("Seen by looking", "Text."))
	s.untilRight(0)
	s.sh("echo 10 >/proc/sys/user/max_inotify_instances")
	s.untilState("watching", "")
}
