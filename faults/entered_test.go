//go:build linux

package faults

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestFoldersNotEntered takes the leave to enter folders from feedmill's user, and has it begin anew in every way
// that there is: nothing counts as gone.
func TestFoldersNotEntered(t *testing.T) {
	s := newKeeping(t, "feeds: {limit: 100}\nwatch: {delete_grace: 1s, reconcile: 2s}", "setpriv")
	for i := range 30 {
		s.write(fmt.Sprintf("%d.md", i), article(fmt.Sprint("Number ", i), "Text."))
		s.write(fmt.Sprintf("sub/%d.md", i), article(fmt.Sprint("Below ", i), "Text."))
	}
	user := `set -- setpriv --reuid 65532 --regid 65532 --clear-groups "$@"`
	s.sh("mkdir -p state; chown -R 65532:65532 .")
	s.start("", user)
	s.untilFeed("Below 29")
	stays := func(what string, articles float64) {
		t.Helper()
		_, atom, err := s.ask("http://" + s.addr + "/atom.xml")
		if have := s.metric("feedmill_articles"); err != nil || have != articles || strings.Contains(atom, "deleted-entry") {
			t.Errorf("%s: %v articles, want %v, and none that is told to be deleted (%v)", what, have, articles, err)
		}
	}

	s.sh("chmod 644 content")
	s.until("the folder is unreadable", func() error {
		if s.metric(`feedmill_watch_reason{reason="root_unreadable"}`) != 1 {
			return errors.New("it is not")
		}
		return nil
	})
	time.Sleep(3 * time.Second) // longer than the grace
	stays("a root that can't be entered", 61)
	s.sh("chmod 755 content")
	s.write("late.md", article("Late", "Text."))
	s.untilFeed("Late")

	s.sh("chmod 000 content/sub")
	s.signal(syscall.SIGHUP)
	s.untilLog("sub can't be read, and 30 files were there before")
	stays("a reload", 62)
	s.end()
	s.start("", user)
	s.untilFeed("Late")
	stays("a start", 32)
	s.sh("chmod 755 content/sub")
	s.untilFeed("Below 29")
	stays("the end of it", 62)
	s.untilRight(1)
}

// TestReloadInDoubt leads a start that does not believe yet what it finds to another folder, which is empty.
func TestReloadInDoubt(t *testing.T) {
	s := newKeeping(t, "watch: {delete_grace: 1m}")
	s.start("", "")
	s.end()
	s.sh("mv content/first.md first.md; mkdir empty")
	s.launch("", "")
	s.untilLog("articles kept")
	s.sh("sed -i 's/content: {/&dir: empty, /' config.yaml")
	s.untilLog("configuration reloaded")
	s.end()
}
