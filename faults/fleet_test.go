//go:build linux

package faults

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/internal/pgserver"
)

// fleet is several daemons on equal content that share one database. Each has a folder of its own, which
// goes through the same changes, if not at the same time.
type fleet struct {
	*testing.T
	r       *rand.Rand
	sites   []*site
	authors []*author
	seen    []int // changes, by site
	changes int
	up      []bool
}

// many is how many articles the authors keep.
const many = 30

func newFleet(t *testing.T, size int, database string, seed uint64) *fleet {
	f := &fleet{T: t, r: rand.New(rand.NewPCG(seed, 11))}
	first := newSite(t, "watch: {settle: 10ms, reconcile: 2s}\nfeeds: {limit: 200}\nhub: {allow: [127.0.0.0/8]}\nstore: "+database, "cp")
	config, err := os.ReadFile(first.config())
	if err != nil {
		t.Fatal(err)
	}
	for i := range size {
		s := first
		if i > 0 {
			dir := filepath.Join(first.dir, fmt.Sprint("replica", i))
			s = &site{T: t, dir: dir, content: filepath.Join(dir, "content")}
			s.write("first.md", article("First", "The first."))
		}
		text := strings.Replace(string(config), "state: none", "state: state", 1)
		if err := os.WriteFile(s.config(), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		f.sites, f.authors = append(f.sites, s), append(f.authors, newAuthor(s, seed))
	}
	f.seen, f.up = make([]int, size), make([]bool, size)
	return f
}

// catchUp lets a site see up to n more changes.
func (f *fleet) catchUp(i, n int) {
	for ; n > 0 && f.seen[i] < f.changes; n-- {
		f.authors[i].act(many)
		f.seen[i]++
	}
}

func (f *fleet) launch(i int) {
	f.Helper()
	if !f.up[i] {
		f.sites[i].launch("", "")
		f.up[i] = true
	}
}

func (f *fleet) kill(i int) {
	f.Helper()
	if f.up[i] {
		f.sites[i].kill()
		f.up[i] = false
	}
}

// patience is how long what must come may take: a claim of a delivery outlives a killed daemon by two
// minutes.
const patience = 4 * time.Minute

func (f *fleet) until(what string, ask func() error) {
	f.Helper()
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if err = ask(); err == nil {
			return
		}
	}
	for i, s := range f.sites {
		log := s.log()
		f.Logf("log of replica %d:\n%s", i, log[max(0, len(log)-2000):])
	}
	f.Fatalf("not within %v: %s: %v", patience, what, err)
}

// equal compares all documents and their validators, of all replicas and of a build beside them.
func (f *fleet) equal() (documents int, err error) {
	first := f.sites[0]
	out := filepath.Join(first.dir, "out")
	if err := os.RemoveAll(out); err != nil {
		return 0, err
	}
	build := first.command(f.Context(), program, "build", "--config", first.config(), "--out", out)
	if text, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%w: %s", err, text)
	}
	err = filepath.WalkDir(out, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		documents++
		want, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		path, validators := strings.TrimPrefix(name, out), ""
		for i, s := range f.sites {
			resp, err := client.Get("http://" + s.addr + path)
			if err != nil {
				return err
			}
			body, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil {
				return err
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(body), "\n")); diff != "" {
				return fmt.Errorf("%s of replica %d: %s, other than a build (-build +replica):\n%s", path, i, resp.Status, diff)
			}
			is := resp.Header.Get("ETag") + " " + resp.Header.Get("Last-Modified")
			if i > 0 && is != validators {
				return fmt.Errorf("%s: %s of replica %d, and %s", path, is, i, validators)
			}
			validators = is
		}
		return nil
	})
	return documents, err
}

// all asks for something until it holds of every replica.
func (f *fleet) all(what string, ask func(s *site) error) {
	f.Helper()
	f.until(what, func() error {
		for i, s := range f.sites {
			if err := ask(s); err != nil {
				return fmt.Errorf("replica %d: %w", i, err)
			}
		}
		return nil
	})
}

func ready(s *site) error {
	status, body, err := s.ask("http://" + s.addr + "/readyz")
	if err == nil && status != http.StatusOK {
		err = errors.New(body)
	}
	return err
}

// TestReplicas lets three daemons share a PostgreSQL, and kills them and it, or pauses it, at random,
// while their folders change (D11 and D12 of whole daemons), for as long as FEEDMILL_REPLICAS says.
// Now and then all rests. Then all documents are equal, with their validators; no article has another
// id or date than before; every subscription is there, and every subscriber has the newest version.
func TestReplicas(t *testing.T) {
	needs(t)
	length, err := time.ParseDuration(os.Getenv("FEEDMILL_REPLICAS"))
	if err != nil {
		length = 20 * time.Second
	}
	server := pgserver.New(t)
	f := newFleet(t, 3, server.URL(), 5)
	f.changes = many
	for i := range f.sites {
		f.catchUp(i, many)
		f.launch(i)
	}
	f.all("ready", ready)
	readers := newAudience(t)
	readers.subscribe(30, f.sites...)
	f.all("subscribed", readers.subscribed)
	l := newLedger()
	rests, kills, stops, documents := 0, 0, 0, 0
	for begin := time.Now(); time.Since(begin) < length; rests++ {
		for range 40 {
			<-time.After(time.Duration(f.r.IntN(150)) * time.Millisecond)
			switch i := f.r.IntN(len(f.sites)); f.r.IntN(24) {
			case 0:
				f.kill(i)
				kills++
			case 1:
				server.Kill(t)
				<-time.After(time.Duration(f.r.IntN(1500)) * time.Millisecond)
				server.Start(t)
				stops++
			case 2:
				server.Pause(t)
				<-time.After(time.Duration(f.r.IntN(4000)) * time.Millisecond)
				server.Resume(t)
				stops++
			case 3, 4, 5:
				f.launch(i)
			case 6, 7, 8, 9:
				f.changes += 1 + f.r.IntN(3)
			default:
				f.catchUp(i, 1+f.r.IntN(4))
			}
		}
		round := fmt.Sprintf("Round %d.", rests)
		for i, s := range f.sites {
			f.catchUp(i, f.changes)
			s.write("news.md", "---\ntitle: News\ndate: 2024-02-01\n---\n"+round+"\n")
			f.launch(i)
		}
		f.all("ready", ready)
		f.until("equal", func() (err error) {
			documents, err = f.equal()
			return err
		})
		for _, s := range f.sites {
			if err := l.ask(s.addr); err != nil {
				t.Fatal(err)
			}
		}
		if len(l.wrong) > 0 {
			t.Fatal(strings.Join(l.wrong, "\n"))
		}
		f.all("subscribed", readers.subscribed)
		f.until("delivered", func() error { return readers.got(round) })
	}
	t.Logf("%v: %d rests, %d daemons killed, database stopped %d times, %d changes, %d documents; %d articles and %d versions of them", length, rests, kills, stops, f.changes, documents, len(l.first), len(l.changed))
}
