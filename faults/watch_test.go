//go:build linux

package faults

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// never is a configuration in which nothing is found by the regular look at the whole folder.
const never = "watch: {reconcile: 1h}"

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

func TestW06TreesAtOnce(t *testing.T) {
	s := newSite(t, never, "tar", "cp", "git")
	s.start("", "")
	for i := range 500 {
		s.write(fmt.Sprintf("made/%d/b/c/x.md", i), article(fmt.Sprint("Made ", i), "Text."))
	}
	s.sh(`cp -a content/made content/copied
		mkdir content/unpacked; tar -C content/made -c . | tar -C content/unpacked -x
		cd content/made; git init -q; git add .
		git -c user.name=a -c user.email=a@b.c commit -qm all; cd ../..
		git clone -q content/made content/cloned`)
	s.untilRight(1 << 20)
	if n := s.metric("feedmill_articles"); n != 2001 {
		t.Errorf("%v articles, want 2001", n)
	}
}

func TestW07FolderRenamed(t *testing.T) {
	s := newSite(t, never)
	s.write("name0/b/c/x.md", article("X", "Text."))
	s.start("", "")
	for i := range 100 {
		s.sh(fmt.Sprintf("mv content/name%d content/name%d", i, i+1))
		s.write(fmt.Sprintf("name%d/b/new%d.md", i+1, i), article(fmt.Sprint("New ", i), "Text."))
	}
	s.untilRight(0)
	if body := s.feed(); strings.Contains(body, "/name99/") {
		t.Error("articles are left at their old address")
	}
}

func TestW08FolderMovedOutAndIn(t *testing.T) {
	s := newSite(t, never)
	s.write("d/e/x.md", article("X", "Text."))
	s.write("d/y.md", article("Y", "Text."))
	s.start("", "")
	s.sh("mv content/d away")
	s.untilFeed("!/d/e/x/")
	s.untilRight(-2)
	s.sh("mv away content/back")
	s.untilFeed("/back/e/x/")
	s.untilRight(0)
}

func TestW09RootGone(t *testing.T) {
	s := newSite(t, never)
	s.start("", "")
	served := s.feed()
	s.sh("mv content away")
	s.untilState("degraded", "root_gone")
	if s.feed() != served {
		t.Error("the feed changes with the folder gone")
	}
	s.sh("mkdir content; cp away/* content; printf '%s\n' --- 'title: Second' 'date: 2024-02-02' --- >content/second.md")
	s.untilFeed("Second")
	s.untilState("watching", "")
	s.untilRight(0)
}

// A folder that is not there must not cost more than one that is, whatever is due meanwhile.
func TestW09RootGoneWhileSomethingIsDue(t *testing.T) {
	s := newSite(t, never)
	due := time.Now().Add(5 * time.Second).UTC().Format(time.RFC3339)
	s.write("due.md", "---\ntitle: Due\ndate: "+due+"\n---\nText.\n")
	s.start("", "")
	s.sh("mv content away")
	s.untilState("degraded", "root_gone")
	s.untilFeed("<title>Due</title>")
	if n := strings.Count(s.log(), "look at the content folder"); n > 10 {
		t.Errorf("%d complaints in the log", n)
	}
	s.sh("mv away content")
	s.untilState("watching", "")
	s.untilRight(0)
}

func TestW18WriteThroughMemory(t *testing.T) {
	s := newSite(t, "watch: {reconcile: 3s}", "python3")
	s.start("", "")
	s.sh(`python3 -c '
import mmap
f = open("content/first.md", "r+b")
m = mmap.mmap(f.fileno(), 0)
at = m.find(b"first.")
m[at:at+5] = b"f1rst"
m.flush()'`)
	s.untilFeed("f1rst.")
	s.untilRight(0)
}

func TestW19SameSizeAndTime(t *testing.T) {
	for _, mode := range []string{"events", "poll"} {
		t.Run(mode, func(t *testing.T) {
			s := newSite(t, "watch: {reconcile: 1h, mode: "+mode+"}")
			s.start("", "")
			time.Sleep(3 * time.Second) // until the clock alone tells the file from a fresh one
			s.sh("touch -r content/first.md stamp; sed 's/The first/The f1rst/' content/first.md >new; cat new >content/first.md; touch -r stamp content/first.md")
			s.untilFeed("The f1rst")
			s.untilRight(0)
		})
	}
}

func TestW20OddTimes(t *testing.T) {
	s := newSite(t, "watch: {reconcile: 1h, mode: poll}")
	s.start("", "")
	for i, when := range []string{"1970-01-01", "2099-01-01", "2001-01-01"} {
		text := fmt.Sprint("Version ", i)
		s.write("first.md", article("First", text))
		s.sh("touch -d " + when + " content/first.md")
		s.untilFeed(text)
	}
	generation := s.metric("feedmill_generation")
	s.sh("touch -d 2050-01-01 content/first.md")
	s.untilRight(0)
	if have := s.metric("feedmill_generation"); have != generation {
		t.Errorf("generation %v after a new time for the same text, want %v", have, generation)
	}
}

func TestW21InodeUsedAgain(t *testing.T) {
	s := newSite(t, "watch: {reconcile: 1h, mode: poll}")
	s.write("a.md", article("Old", "Text of the old."))
	s.start("", "")
	s.sh("rm content/a.md; printf '%s\n' --- 'title: New' 'date: 2024-02-02' --- >content/b.md")
	s.untilFeed("New")
	s.untilRight(0)
	if body := s.feed(); strings.Contains(body, "/a/") {
		t.Error("the removed article is still there")
	}
}

func TestW29Unreadable(t *testing.T) {
	s := newSite(t, never, "setpriv")
	s.write("d/x.md", article("In a folder", "Text."))
	s.write("y.md", article("Alone", "Text."))
	s.sh("chown -R 65532:65532 content")
	s.start("", `exec setpriv --reuid 65532 --regid 65532 --clear-groups "$@"`)
	served := s.feed()
	s.sh("chmod 000 content/d content/y.md")
	s.write("first.md", article("First", "Changed meanwhile."))
	s.untilFeed("Changed meanwhile.")
	s.until("the problems are told", func() error {
		_, body, err := s.ask("http://" + s.admin + "/-/status")
		if !strings.Contains(body, `"path": "d"`) || !strings.Contains(body, `"path": "y.md"`) {
			err = errors.New(body)
		}
		return err
	})
	for _, title := range []string{"In a folder", "Alone"} {
		if !strings.Contains(served, title) || !strings.Contains(s.feed(), title) {
			t.Errorf("%s: its last good version is not there", title)
		}
	}
	s.sh("chmod 755 content/d; chmod 644 content/y.md; printf '%s\n' --- 'title: After' 'date: 2024-02-02' --- >content/d/x.md")
	s.untilFeed("After")
	s.untilRight(0)
	if have := s.metric("feedmill_problems"); have != 0 {
		t.Errorf("%v problems are left", have)
	}
}

func TestW30Symlinks(t *testing.T) {
	s := newSite(t, never, "strace")
	s.sh(`mkdir outside content/d; echo secret >outside/secret.md
		cd content
		ln -s loop.md loop.md; ln -s . self; ln -s .. d/up
		ln -s "$PWD/../outside/secret.md" absolute.md; ln -s ../outside/secret.md relative.md
		ln -s ../outside folder; ln -s /proc/self/environ environ.md
		ln -s ../first.md d/inside.md
		ln -s ../first.md d/c0.md; for i in $(seq 50); do ln -s c$((i-1)).md d/c$i.md; done`)
	s.start("", `exec strace -D -f -qq -e trace=open,openat,openat2 -o trace "$@"`)
	s.sh("echo >>outside/secret.md; touch content/first.md")
	s.write("d/new.md", article("After all of them", "Text."))
	s.untilFeed("After all of them")
	trace, err := os.ReadFile(filepath.Join(s.dir, "trace"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(trace)) {
		if strings.Contains(line, "secret") || strings.Contains(line, "/outside") || strings.Contains(line, "/environ") {
			t.Errorf("opened: %s", line)
		}
	}
	if len(trace) == 0 {
		t.Error("nothing was traced")
	}
	if body := s.feed(); strings.Contains(body, "secret") || !strings.Contains(body, "/d/inside/") {
		t.Errorf("feed: %s", body)
	}
	_, status, _ := s.ask("http://" + s.admin + "/-/status")
	for _, name := range []string{"loop.md", "absolute.md", "relative.md", "environ.md", "d/c50.md"} {
		if !strings.Contains(status, fmt.Sprintf("%q: %q", "path", name)) {
			t.Errorf("%s is not told as a problem", name)
		}
	}
}

func TestW31LookRacesRemoval(t *testing.T) {
	s := newSite(t, "watch: {reconcile: 1s}")
	s.start("", "")
	for i := range 3_000 {
		name := fmt.Sprintf("d%d/%d.md", i%7, i%50)
		s.write(name, article(fmt.Sprint("Number ", i), "Text."))
		if i%3 == 0 {
			s.sh("rm -rf content/d" + fmt.Sprint(i%7))
		}
	}
	s.untilRight(7)
	if strings.Contains(s.log(), "no such file") {
		t.Error("the log complains of files that came and went")
	}
}

func TestW32Paused(t *testing.T) {
	s := newSite(t, never)
	s.start("", "")
	scans := s.metric("feedmill_scans_total")
	s.signal(syscall.SIGSTOP)
	s.write("d/a.md", article("While it slept", "Text."))
	time.Sleep(5 * time.Second)
	s.signal(syscall.SIGCONT)
	s.untilRight(1)
	s.until("it looks at everything", func() error {
		if s.metric("feedmill_scans_total") == scans {
			return errors.New("it has not")
		}
		return nil
	})
}
