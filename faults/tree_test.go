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
