//go:build linux

package faults

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

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

// A rebuild waits for nothing, and takes files as they are; but not one that is saved in place in the
// moment between its being emptied and written.
func TestRebuildsWhileFilesAreSavedInPlace(t *testing.T) {
	s := newKeeping(t, "watch: {reconcile: 2s}\nfeeds: {limit: 1000}")
	a, l := newAuthor(s, 5), newLedger()
	for range 300 {
		a.act(300)
	}
	s.start("", "")
	stop := make(chan struct{})
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		for range 40 {
			if resp, err := client.Post("http://"+s.admin+"/-/rebuild?wait=1", "", nil); err == nil {
				resp.Body.Close()
			}
			if err := l.ask(s.addr); err != nil {
				t.Error(err)
			}
		}
		close(stop)
	}()
	for running := true; running; {
		select {
		case <-stop:
			running = false
		default:
			n := a.any()
			s.write(a.path[n], "---\ntitle: \"broken\n---\n")
			a.replace(n)
		}
	}
	<-asked
	s.untilRight(0)
	l.check(s, a.path)
}
