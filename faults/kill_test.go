//go:build linux

package faults

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/store"
)

// newKeeping is newSite with a state folder.
func newKeeping(t *testing.T, yaml string, tools ...string) *site {
	t.Helper()
	s := newSite(t, yaml, tools...)
	text, err := os.ReadFile(s.config())
	if err == nil {
		err = os.WriteFile(s.config(), []byte(strings.Replace(string(text), "state: none", "state: state", 1)), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// kill ends the program as a loss of power would, but for the disk.
func (s *site) kill() {
	s.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		s.Fatal(err)
	}
	<-s.ended
	s.err = nil
}

// rounds is how often a test kills the program: as the environment says, else few times.
func rounds(few int) int {
	if n, err := strconv.Atoi(os.Getenv("FEEDMILL_KILLS")); err == nil {
		return n
	}
	return few
}

// quick makes changes visible soon.
const quick = "watch: {settle: 10ms}\nfeeds: {limit: 200}\n"

// TestD01KilledAtRandom kills the program again and again while articles change and somebody reads.
// Whatever was served once, with this id and these dates, is so again.
func TestD01KilledAtRandom(t *testing.T) {
	s := newKeeping(t, quick)
	a, l := newAuthor(s, 1), newLedger()
	for range 10 {
		a.act(10)
	}
	var slowest time.Duration
	n := rounds(30)
	for range n {
		begin := time.Now()
		s.start("", "")
		slowest = max(slowest, time.Since(begin))
		l.check(s, a.path)
		read := make(chan struct{})
		go func() {
			defer close(read)
			for l.ask(s.addr) == nil {
			}
		}()
		end := time.After(time.Duration(a.r.IntN(300)) * time.Millisecond)
	acting:
		for {
			select {
			case <-end:
				break acting
			case <-time.After(time.Duration(a.r.IntN(30)) * time.Millisecond):
				a.act(30)
			}
		}
		s.kill()
		<-read
	}
	s.start("", "")
	l.check(s, a.path)
	s.untilRight(20)
	t.Logf("%d kills, %d answers, %d articles and %d versions of them, %d deleted; the slowest start took %v", n, l.answers, len(l.first), len(l.changed), len(l.deleted), slowest)
}

// TestD10KilledWhileMade kills the program while it makes its state file for the first time.
func TestD10KilledWhileMade(t *testing.T) {
	s := newKeeping(t, "")
	a := newAuthor(s, 2)
	for range 20 {
		a.act(20)
	}
	state := filepath.Join(s.dir, "state")
	made := 0
	n := rounds(30)
	for range n {
		if err := os.RemoveAll(state); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), program, "serve", "--config", s.config(), "--listen", "127.0.0.1:0", "--admin", "none")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Duration(a.r.IntN(100_000)) * time.Microsecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if _, err := os.Stat(filepath.Join(state, "state.db")); err == nil {
			made++
		}
		out, err := exec.CommandContext(t.Context(), program, "check", "--config", s.config()).CombinedOutput()
		if err != nil {
			t.Fatalf("after a kill: %v\n%s", err, out)
		}
	}
	s.start("", "")
	s.untilRight(0)
	t.Logf("%d kills; in %d of them the file was there", n, made)
}

// TestD19KilledAfterMany kills the program as soon as it serves what has changed in thousands of articles at
// once: some of that is in the journal of the state, and some in its place. All of it is so again.
func TestD19KilledAfterMany(t *testing.T) {
	const many, tags = 4000, 5
	s := newKeeping(t, "watch: {reconcile: 1h, settle: 10ms}\nfeeds: {limit: 1000}")
	words := rand.New(rand.NewPCG(8, 0))
	for i := range many {
		s.write(fmt.Sprintf("%c/%d.md", 'a'+i%2, i), fmt.Sprintf("---\ntitle: Title %d\ntags: [t%d]\n---\nbefore-%d %x %x %x\n", i, i%tags, i, words.Uint64(), words.Uint64(), words.Uint64()))
	}
	s.start("", "")
	ids := s.itemsOf(tags)
	if len(ids) != many {
		t.Fatalf("%d articles are served, want %d", len(ids), many)
	}
	// Half of them move, half are written anew; Git's lock makes it one change.
	s.sh("mkdir content/.git; touch content/.git/index.lock; mv content/a content/moved; sed -i s/^before-/after-/ content/b/*.md; rm content/.git/index.lock")
	s.until("the articles change", func() error {
		_, body, err := s.ask("http://" + s.addr + "/tags/t1/feed.json")
		if n := strings.Count(body, "after-"); err == nil && n < many/tags/2 {
			err = fmt.Errorf("%d are changed", n)
		}
		return err
	})
	for kill := range 3 {
		served := s.itemsOf(tags)
		s.kill()
		left := s.foldsLeft()
		if t.Logf("%d portions of the journal are left", left); left < 0 || left == 0 && kill == 0 {
			t.Error("at the first kill there must be a journal, and later none that can't be opened")
		}
		for n, it := range ids {
			if is := served[n]; is.ID != it.ID || !is.Published.Equal(it.Published) {
				t.Fatalf("article %s is %s of %s, want %s of %s", n, is.ID, is.Published, it.ID, it.Published)
			}
		}
		s.start("", "")
		if diff := cmp.Diff(served, s.itemsOf(tags)); diff != "" {
			t.Fatalf("after a kill (-was +is):\n%s", diff)
		}
	}
	s.until("the journal is folded", func() error {
		if n := s.foldsLeft(); n != 0 {
			return fmt.Errorf("%d portions are left", n)
		}
		return nil
	})
	served := s.itemsOf(tags)
	s.kill()
	s.start("", "")
	if diff := cmp.Diff(served, s.itemsOf(tags)); diff != "" {
		t.Errorf("after a kill (-was +is):\n%s", diff)
	}
	s.untilRight(0)
}

var numbered = regexp.MustCompile(`(?:before|after)-(\d+) `)

// itemsOf is what the feeds of so many tags show of each article.
func (s *site) itemsOf(tags int) map[string]item {
	s.Helper()
	all := map[string]item{}
	for i := range tags {
		feed, err := get(fmt.Sprintf("http://%s/tags/t%d/feed.json", s.addr, i))
		var items struct{ Items []item }
		if err == nil {
			err = json.Unmarshal(feed, &items)
		}
		if err != nil {
			s.Fatal(err)
		}
		for _, it := range items.Items {
			if m := numbered.FindStringSubmatch(it.HTML); m != nil {
				all[m[1]] = it
			}
		}
	}
	return all
}

// foldsLeft is how many portions of the journal are to be folded in a copy of the state; less than none where
// it was written to meanwhile.
func (s *site) foldsLeft() int {
	s.Helper()
	copied := s.TempDir()
	s.sh("cp state/state.db " + copied)
	state, err := store.Open(copied, "../content")
	if err != nil {
		return -1
	}
	defer state.Close()
	before := state.Written()
	for more := true; more; {
		if more, err = state.Fold(); err != nil {
			s.Fatal(err)
		}
	}
	return int(state.Written() - before)
}
