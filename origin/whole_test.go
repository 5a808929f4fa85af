package origin

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"feedmill/internal/s3server"
)

// whole reads all that lies at the path, in the way of a look, and says why it is not one commit: every file of
// one holds the same number, and there are as many as that says.
func whole(g *Origin) error {
	root, err := os.OpenRoot(g.Path())
	if err != nil {
		return err
	}
	defer root.Close()
	files, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return err
	}
	var first string
	for _, f := range files {
		text, err := root.ReadFile(f.Name())
		if err != nil {
			return err
		}
		if first == "" {
			first = string(text)
		}
		if string(text) != first {
			return fmt.Errorf("%s holds %s, another %s", f.Name(), text, first)
		}
	}
	if want := strings.Count(first, "x"); len(files) != want {
		return fmt.Errorf("%d files of %d", len(files), want)
	}
	return nil
}

// change commits n files, of which each says so.
func (r *remote) change(round, n int) {
	const most = 30
	var files []string
	for i := range most {
		text := ""
		if i < n {
			text = fmt.Sprint(round, strings.Repeat("x", n))
		}
		files = append(files, fmt.Sprintf("%d.md", i), text)
	}
	r.commit(files...)
}

// TestWhole looks again and again while commits come.
func TestWhole(t *testing.T) {
	r := newRemote(t)
	r.change(0, 5)
	g, _ := r.follow(nil)
	pull(t, g)
	ctx, stop := context.WithCancel(t.Context())
	var looking sync.WaitGroup
	looks := 0
	looking.Go(func() {
		for ; ctx.Err() == nil; looks++ {
			if err := whole(g); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for round := range 5 {
		r.change(round+1, 1+round*7%30)
		pull(t, g)
	}
	stop()
	looking.Wait()
	if looks < 5 {
		t.Errorf("%d looks at five commits", looks)
	}
}

// TestMain lets [TestKilled] and [TestBucketKilled] start a process that pulls.
func TestMain(m *testing.M) {
	o := Options{Interval: time.Hour, Size: 1 << 20, Folder: os.Getenv("ORIGIN_TEST_FOLDER")}
	if o.Folder == "" {
		os.Exit(m.Run())
	}
	o.Git.URL = os.Getenv("ORIGIN_TEST_PULL")
	if o.Git.URL == "" {
		o.Bucket = (&s3server.Server{Addr: os.Getenv("ORIGIN_TEST_STORAGE")}).Bucket("content")
	}
	g, err := New(o)
	if err == nil {
		_, err = g.Pull(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// TestKilled ends a process at any moment of a pull: what lies at the path is one commit, and the next
// pull brings the newest.
func TestKilled(t *testing.T) {
	r := newRemote(t)
	r.change(0, 5)
	g, _ := r.follow(nil)
	pull(t, g)
	killPulls(t, g, "ORIGIN_TEST_PULL="+r.dir, 25*time.Millisecond, func(round int) { r.change(round, 31-round) }, func() error { return whole(g) })
	pull(t, g)
	if err := whole(g); err != nil {
		t.Error(err)
	}
	if have, want := g.at.current(), r.git("rev-parse", "HEAD"); have != want {
		t.Errorf("the content is commit %s, want %s", have, want)
	}
}

// killPulls ends a process, which is told by a variable where to pull from, at any moment of a pull. That
// takes some few slices of time, more in each round. Change changes what there is to pull before each round, from 1
// on, and check looks at the content after it.
func killPulls(t *testing.T, g *Origin, from string, slice time.Duration, change func(round int), check func() error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	killed := 0
	for round := range 6 {
		change(round + 1)
		cmd := exec.CommandContext(t.Context(), self)
		cmd.Env = append(os.Environ(), from, "ORIGIN_TEST_FOLDER="+g.o.Folder)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		end := time.AfterFunc(rand.N(time.Millisecond+time.Duration(round)*slice), func() { _ = cmd.Process.Kill() })
		if cmd.Wait() != nil {
			killed++
		}
		end.Stop()
		if err := check(); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
	}
	if killed == 0 {
		t.Error("none was killed")
	}
}
