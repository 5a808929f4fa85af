//go:build linux

package faults

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
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

// author changes articles at random. Each has a number and versions, which its text tells, words of
// its own, a tag of its own, and no date.
type author struct {
	*site
	r       *rand.Rand
	next    int
	path    map[int]string // by article, of those that are there
	version map[int]int
}

func newAuthor(s *site, seed uint64) *author {
	return &author{site: s, r: rand.New(rand.NewPCG(seed, 0)), path: map[int]string{}, version: map[int]int{}}
}

// text is the article n as it is now.
func (a *author) text(n int) string {
	words := rand.New(rand.NewPCG(uint64(n), 1))
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntitle: Title %d of %d\ntags: [all, own%d]\n---\nmark-%d-%d\n\n", a.version[n], n, n, n, a.version[n])
	for range 60 {
		fmt.Fprintf(&b, "%s ", strconv.FormatUint(words.Uint64N(1<<40), 36))
	}
	b.WriteString("\n")
	return b.String()
}

// replace writes the article whole or not at all, as editors do.
func (a *author) replace(n int) {
	a.Helper()
	a.write("../next", a.text(n))
	a.move("../next", a.path[n])
}

func (a *author) move(from, to string) {
	a.Helper()
	to = filepath.Join(a.content, to)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		a.Fatal(err)
	}
	if err := os.Rename(filepath.Join(a.content, from), to); err != nil {
		a.Fatal(err)
	}
}

func (a *author) newPath(n int) string {
	return fmt.Sprintf("%c/%c/post-%d-%d.md", 'a'+a.r.IntN(3), 'a'+a.r.IntN(3), n, a.r.IntN(1000))
}

func (a *author) any() int {
	var all []int
	for n := range a.path {
		all = append(all, n)
	}
	slices.Sort(all)
	return all[a.r.IntN(len(all))]
}

// act does one thing: write a new article where there are not many, delete one of the first few that
// are, rename, or retitle one.
func (a *author) act(many int) {
	a.Helper()
	if len(a.path) < many {
		n := a.next
		a.next++
		a.path[n], a.version[n] = a.newPath(n), 1
		a.replace(n)
		return
	}
	n := a.any()
	switch what := a.r.IntN(16); {
	case what == 0 && a.next-len(a.path) < 90: // a feed tells of 100
		if err := os.Remove(filepath.Join(a.content, a.path[n])); err != nil {
			a.Fatal(err)
		}
		delete(a.path, n)
	case what < 6:
		to := a.newPath(n)
		a.move(a.path[n], to)
		a.path[n] = to
	default:
		a.version[n]++
		a.replace(n)
	}
}

// item is what the feed tells of an article.
type item struct {
	ID        string    `json:"id"`
	HTML      string    `json:"content_html"`
	Published time.Time `json:"date_published"`
	Modified  time.Time `json:"date_modified"`
}

// ledger is all that was ever served.
type ledger struct {
	first   map[int]item         // by article, as it was served first
	changed map[[2]int]time.Time // by article and version
	present map[int]bool         // articles in the last answer
	deleted map[string]bool      // ids
	tags    map[string]bool      // that had a feed
	wrong   []string             // what contradicts what was served before
	answers int
}

func newLedger() *ledger {
	return &ledger{first: map[int]item{}, changed: map[[2]int]time.Time{}, deleted: map[string]bool{}, tags: map[string]bool{}}
}

var (
	mark    = regexp.MustCompile(`mark-(\d+)-(\d+)`)
	deleted = regexp.MustCompile(`at:deleted-entry ref="([^"]+)"`)
)

// ask adds what the daemon at addr serves. It returns an error where the daemon does not answer.
func (l *ledger) ask(addr string) error {
	feed, err := get("http://" + addr + "/feed.json")
	if err != nil {
		return err
	}
	var items struct{ Items []item }
	if err := json.Unmarshal(feed, &items); err != nil {
		return err
	}
	l.answers++
	l.present = map[int]bool{}
	for _, it := range items.Items {
		m := mark.FindStringSubmatch(it.HTML)
		if m == nil {
			continue
		}
		n, _ := strconv.Atoi(m[1])
		version, _ := strconv.Atoi(m[2])
		l.present[n] = true
		was, known := l.first[n]
		switch {
		case !known:
			l.first[n] = it
		case was.ID != it.ID:
			l.wrong = append(l.wrong, fmt.Sprintf("article %d: the id was %s and is %s", n, was.ID, it.ID))
		case !was.Published.Equal(it.Published):
			l.wrong = append(l.wrong, fmt.Sprintf("article %d: published %s, and now %s", n, was.Published, it.Published))
		}
		key := [2]int{n, version}
		if at, known := l.changed[key]; known && !at.Equal(it.Modified) {
			l.wrong = append(l.wrong, fmt.Sprintf("article %d, version %d: changed %s, and now %s", n, version, at, it.Modified))
		}
		l.changed[key] = it.Modified
		l.tags[fmt.Sprintf("own%d", n)] = true
	}
	atom, err := get("http://" + addr + "/atom.xml")
	for _, m := range deleted.FindAllSubmatch(atom, -1) {
		l.deleted[string(m[1])] = true
	}
	return err
}

func get(url string) ([]byte, error) {
	resp, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %d", url, resp.StatusCode)
	}
	return io.ReadAll(resp.Body)
}

// check asks a daemon that has just started for all that was ever served. Here are the articles
// that are there.
func (l *ledger) check(s *site, here map[int]string) {
	s.Helper()
	told := l.deleted
	l.deleted = map[string]bool{}
	if err := l.ask(s.addr); err != nil {
		s.Fatal(err)
	}
	ids := map[string]bool{} // that an article has, which may have come back
	for n := range here {
		ids[l.first[n].ID] = true
	}
	for id := range told {
		if !l.deleted[id] && !ids[id] {
			l.wrong = append(l.wrong, id+" was told deleted, and is no more")
		}
	}
	for n := range l.first {
		if _, is := here[n]; is != l.present[n] {
			l.wrong = append(l.wrong, fmt.Sprintf("article %d: in the folder %t, in the feed %t", n, is, l.present[n]))
		}
		status, _, err := s.ask(fmt.Sprintf("http://%s/tags/own%d/rss.xml", s.addr, n))
		if want := map[bool]int{true: http.StatusOK, false: http.StatusGone}[here[n] != ""]; err != nil || status != want {
			l.wrong = append(l.wrong, fmt.Sprintf("the feed of the tag of article %d: %d, %v, want %d", n, status, err, want))
		}
	}
	if len(l.wrong) > 0 {
		s.Fatal(strings.Join(l.wrong, "\n"))
	}
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
