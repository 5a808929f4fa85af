//go:build linux

package faults

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestW22AtomicSavers(t *testing.T) {
	savers := map[string]struct{ tool, script string }{
		"vim":             {"vim", `vim -Nu NONE -es -c 'set backup writebackup backupcopy=no' -c '%s/The first/Saved/' -c wq content/first.md`},
		"vim copying":     {"vim", `vim -Nu NONE -es -c 'set backup writebackup backupcopy=yes' -c '%s/The first/Saved/' -c wq content/first.md`},
		"sed":             {"sed", `sed -i 's/The first/Saved/' content/first.md`},
		"truncate, write": {"sed", `new=$(sed 's/The first/Saved/' content/first.md); printf '%s\n' "$new" >content/first.md`},
		"emacs": {"sed", `ln -s user@host.1:2 'content/.#first.md'; cp content/first.md 'content/#first.md#'
			cp content/first.md content/first.md~; sed 's/The first/Saved/' content/first.md~ >content/first.md
			rm 'content/.#first.md' 'content/#first.md#'`},
		"rsync":         {"rsync", `mkdir new; sed 's/The first/Saved/' content/first.md >new/first.md; rsync -a new/ content/`},
		"rsync inplace": {"rsync", `mkdir new; sed 's/The first/Saved/' content/first.md >new/first.md; rsync -a --inplace new/ content/`},
		"kept aside":    {"mv", `mv content/first.md content/first.md.tmp; sed 's/The first/Saved/' content/first.md.tmp >content/first.md; rm content/first.md.tmp`},
	}
	for name, saver := range savers {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, never, saver.tool)
			s.start("", "")
			before := s.metric("feedmill_generation")
			s.sh(saver.script)
			s.untilFeed("Saved")
			s.untilRight(0)
			if n := s.metric("feedmill_generation") - before; n > 2 {
				t.Errorf("%v generations for one save, want 2 at most", n)
			}
			if n := s.metric("feedmill_articles"); n != 1 {
				t.Errorf("%v articles, want 1", n)
			}
		})
	}
}

// A writer that takes its time must not show anything but the whole: W23's two cases.
func TestW23SlowWriter(t *testing.T) {
	writers := map[string]func(s *site, file string){
		"in pieces": func(s *site, file string) {
			text := article("First", strings.Repeat("A sentence of the new text. ", 100)+"The very end.")
			f, err := os.Create(file)
			if err != nil {
				s.Fatal(err)
			}
			defer f.Close()
			for len(text) > 0 {
				n := min(150, len(text))
				if _, err := f.WriteString(text[:n]); err != nil {
					s.Fatal(err)
				}
				text = text[n:]
				time.Sleep(200 * time.Millisecond)
			}
		},
		"emptied first": func(s *site, file string) {
			f, err := os.Create(file)
			if err != nil {
				s.Fatal(err)
			}
			defer f.Close()
			time.Sleep(1500 * time.Millisecond)
			if _, err := f.WriteString(article("First", "The very end.")); err != nil {
				s.Fatal(err)
			}
		},
	}
	for name, write := range writers {
		for _, mode := range []string{"auto", "poll"} {
			t.Run(name+" "+mode, func(t *testing.T) {
				s := newSite(t, "watch: {reconcile: 1h, mode: "+mode+"}")
				s.start("", "")
				done := make(chan struct{})
				go func() {
					defer close(done)
					write(s, filepath.Join(s.content, "first.md"))
				}()
				for running := true; running; {
					select {
					case <-done:
						running = false
					case <-time.After(20 * time.Millisecond):
					}
					if body := s.feed(); !strings.Contains(body, "The first.") && !strings.Contains(body, "The very end.") {
						t.Fatalf("half an article is published: %s", body)
					}
				}
				s.untilFeed("The very end.")
				s.untilRight(0)
			})
		}
	}
}

// What a person has emptied, or cut down, is believed after a while.
func TestW23CutShortOnPurpose(t *testing.T) {
	s := newSite(t, never)
	s.write("long.md", article("Long", strings.Repeat("More and more. ", 100)))
	s.start("", "")
	s.sh("printf '%s\n' --- 'title: Now short' 'date: 2024-01-02' --- 'Less' | head -c -1 >content/long.md; : >content/first.md")
	s.untilRight(0)
	if body := s.feed(); strings.Contains(body, "The first.") || !strings.Contains(body, "Now short") {
		t.Errorf("feed: %s", body)
	}
}

func TestW24NeverQuiet(t *testing.T) {
	for _, mode := range []string{"auto", "poll"} {
		t.Run(mode, func(t *testing.T) {
			s := newSite(t, "watch: {reconcile: 1h, mode: "+mode+"}")
			s.start("", "")
			stop := make(chan struct{})
			done := make(chan struct{})
			go func() {
				defer close(done)
				for i := 0; ; i++ {
					select {
					case <-stop:
						return
					case <-time.After(20 * time.Millisecond):
						s.write("busy.md", article("Busy", fmt.Sprint("Version ", i)))
					}
				}
			}()
			s.untilFeed("Busy")
			s.write("first.md", article("First", "Edited beside it."))
			s.untilFeed("Edited beside it.")
			close(stop)
			<-done
			s.untilRight(0)
		})
	}
}

// repository makes content a repository with two branches of many files, of which the second is
// checked out.
const repository = `cd content; git init -q .; git config user.name a; git config user.email a@b.c; git config gc.auto 0
	for i in $(seq 1500); do printf '%s\n' --- "title: Article $i" 'date: 2024-01-02' --- 'On branch-one.' >$i.md; done
	git add .; git commit -qm one; git checkout -qb two
	sed -i 's/On branch-one/On branch-two/' *.md; rm 1[0-9].md; for i in $(seq 20); do cp 1.md new$i.md; done
	git add .; git commit -qm two
`

func TestW25Checkout(t *testing.T) {
	s := newSite(t, never+"\nfeeds: {limit: 1000}", "git")
	s.sh(repository)
	s.start("", "")
	before := s.metric("feedmill_generation")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 3 {
			s.sh("cd content; git checkout -q @{-1}; sleep 1.5; git checkout -q @{-1}; sleep 1.5")
		}
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		if body := s.feed(); strings.Contains(body, "branch-one") && strings.Contains(body, "branch-two") {
			t.Error("one feed holds articles of both branches")
			<-done
			running = false
		}
	}
	s.untilRight(0)
	if n := s.metric("feedmill_generation") - before; n > 6 {
		t.Errorf("%v generations for 6 checkouts", n)
	}
	if strings.Contains(s.feed(), ".git") {
		t.Error("something of .git is served")
	}
}

func TestW25StuckLock(t *testing.T) {
	s := newSite(t, never, "git")
	s.sh("git init -q .; : >.git/index.lock") // above the content folder
	s.start("", "")
	s.write("second.md", article("Second", "Text."))
	s.untilState("watching", "")
	start := time.Now()
	for time.Since(start) < 10*time.Second {
		if strings.Contains(s.feed(), "Second") {
			t.Fatal("the lock is not waited for")
		}
		time.Sleep(time.Second)
	}
	time.Sleep(18 * time.Second)
	s.untilFeed("Second")
	s.write("third.md", article("Third", "Text."))
	s.untilFeed("Third")
	s.untilRight(0)
}

func TestBulkIsOneGeneration(t *testing.T) {
	ways := map[string]string{
		"copied":   "cp -r other/. content/",
		"synced":   "rsync -a --delete other/ content/",
		"unpacked": "tar -C other -c . | tar -C content -x",
	}
	for name, script := range ways {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, never, "rsync", "tar")
			for i := range 2_000 {
				s.write(fmt.Sprintf("d%d/%d.md", i%20, i), article(fmt.Sprint("Number ", i), "Text."))
			}
			s.sh("cp -r content other; sed -i s/Text/Changed/ other/*/*.md")
			s.start("", "")
			before, begin := s.metric("feedmill_generation"), time.Now()
			s.sh(script)
			pauses := s.pauses(begin)
			s.untilRight(0)
			if n := s.metric("feedmill_generation") - before; n > float64(1+pauses) {
				t.Errorf("%v generations for one change with %d pauses", n, pauses)
			}
		})
	}
}

// pauses is how often nothing was written to the content for so long that it might have been all, since
// the time given: whoever writes may have to wait for a busy machine.
func (s *site) pauses(since time.Time) int {
	s.Helper()
	const long = 200 * time.Millisecond // less than what is waited for, since events take their time
	var written []time.Time
	err := filepath.WalkDir(s.content, func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		if at := time.Unix(fi.Sys().(*syscall.Stat_t).Ctim.Unix()); at.After(since) {
			written = append(written, at)
		}
		return nil
	})
	if err != nil {
		s.Fatal(err)
	}
	slices.SortFunc(written, time.Time.Compare)
	n := 0
	for i := range written[:max(0, len(written)-1)] {
		if written[i+1].Sub(written[i]) > long {
			n++
		}
	}
	return n
}

func TestW26AllRemoved(t *testing.T) {
	s := newSite(t, "watch: {reconcile: 1h, delete_grace: 8s}")
	s.write("keep.txt", "no article\n")
	for i := range 10_000 {
		s.write(fmt.Sprintf("%d/%d.md", i%200, i), article(fmt.Sprint("Number ", i), "Text."))
	}
	s.start("", "")
	s.sh("rm -rf content/*")
	s.untilState("degraded", "articles_missing")
	if n := s.metric("feedmill_articles"); n < 2_000 { // half, but a slow machine may forget how many there were
		t.Errorf("%v articles are left while their loss is doubted", n)
	}
	s.untilFeed("!<item>")
	s.untilState("watching", "")
	s.untilRight(-200)
}

// What is renamed and goes on being written at its new place is the same article all the time: no
// answer tells that it was deleted.
func TestRenamedWhileItIsEdited(t *testing.T) {
	s := newKeeping(t, never)
	s.write("name0.md", article("Renamed", strings.Repeat("Words of an article that is renamed while it is edited. ", 20)))
	s.start("", "")
	stop, read := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(read)
		for {
			select {
			case <-stop:
				return
			default:
			}
			body, err := get("http://" + s.addr + "/atom.xml")
			if err != nil || !strings.Contains(string(body), "<id>https://example.org/name0/</id>") || strings.Contains(string(body), "deleted-entry") {
				t.Errorf("%v: %s", err, body)
				return
			}
		}
	}()
	for i := range 8 {
		to := filepath.Join(s.content, fmt.Sprintf("name%d.md", i+1))
		if err := os.Rename(filepath.Join(s.content, fmt.Sprintf("name%d.md", i)), to); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(to, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		for range 6 {
			<-time.After(50 * time.Millisecond)
			fmt.Fprintf(f, "A line %d.\n", i)
		}
		f.Close()
		s.untilFeed(fmt.Sprintf("A line %d.", i))
	}
	close(stop)
	<-read
	s.untilRight(0)
}

// TestManyRightAfterAStart saves thousands of articles as soon as the program is ready, before it has looked at the
// folder: they are one change, and whoever reads meanwhile is answered.
func TestManyRightAfterAStart(t *testing.T) {
	const many = 5000
	s := newKeeping(t, never)
	save := func(word string) {
		for i := range many {
			s.write(fmt.Sprintf("%c/%d.md", 'a'+i%5, i), fmt.Sprintf("---\ntitle: Title %d\ndate: 2024-01-02\n---\n%s-%d %s\n", i, word, i, strings.Repeat("Some more. ", 200)))
		}
	}
	save("before")
	s.start("", "")
	s.end()
	s.launch("", "")
	s.until("the program is ready", func() error {
		status, body, err := s.ask("http://" + s.addr + "/readyz")
		if err == nil && status != http.StatusOK {
			err = errors.New(body)
		}
		return err
	})
	before := s.metric("feedmill_generation")
	done, refused := make(chan struct{}), 0
	var reading sync.WaitGroup
	reading.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
				if status, _, err := s.ask("http://" + s.addr + "/rss.xml"); err != nil || status != http.StatusOK {
					refused++
				}
			}
		}
	})
	save("after")
	s.untilFeed("after-")
	close(done)
	reading.Wait()
	s.untilRight(0)
	if refused > 0 {
		t.Errorf("%d readers had no feed", refused)
	}
	if n := s.metric("feedmill_generation") - before; n > 2 { // two where the disk pauses
		t.Errorf("%v generations, want one or two", n)
	}
}
