//go:build linux

package faults

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// quiet is a configuration in which changes are seen soon, and nothing is looked at meanwhile.
const quiet = "watch: {reconcile: 1h, settle: 10ms}\nfeeds: {limit: 1000}"

func (s *site) state() string { return filepath.Join(s.dir, "state") }

// once runs the program until it ends, and returns its output and what became of it.
func (s *site) once(args ...string) (string, error) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), deadline)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = s.dir
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		s.Errorf("%q did not end; %s", args, out)
	}
	return string(out), err
}

// refused starts a daemon that must end by itself, with one clear line and a hint, and code 1.
func (s *site) refused(want string, before ...string) {
	s.Helper()
	args := append(before, program, "serve", "--config", s.config(), "--listen", "127.0.0.1:0", "--admin", "none")
	out, err := s.once(args...)
	if code, ok := errors.AsType[*exec.ExitError](err); !ok || code.ExitCode() != 1 {
		s.Errorf("it ends with %v, want code 1", err)
	}
	if !strings.Contains(out, want) || strings.Count(out, "feedmill: ") != 1 || strings.Count(out, "hint: ") != 1 {
		s.Errorf("it says %q, want %q and one hint", out, want)
	}
}

func TestD05Unusable(t *testing.T) {
	s := newKeeping(t, quiet, "setpriv")
	nobody := []string{"setpriv", "--reuid", "65532", "--regid", "65532", "--clear-groups"}
	s.sh("mkdir state")
	s.refused("permission denied", nobody...)
	s.mount("-t", "tmpfs", "-o", "ro", "none")
	s.refused("read-only file system")
	s.sh("umount state; rmdir state; echo >state")
	s.refused("not a directory")

	// Of the folder that nobody asked for it is only told.
	s.sh("rm state; sed -i /^state:/d config.yaml")
	s.start("", "set -- "+strings.Join(nobody, " ")+` "$@"`)
	s.untilLog("nothing is kept")
	s.until("it says so", func() error {
		_, body, err := s.ask("http://" + s.admin + "/-/status")
		if !strings.Contains(body, `"state_problem": "the default state folder: `) {
			err = errors.New(body)
		}
		return err
	})
	s.untilRight(0)
	s.end()

	// But what lies in one must not be forgotten, and nothing is wrong with what is mounted read-only.
	s.sh("rm -rf .feedmill; mkdir -m 700 .feedmill; echo >.feedmill/state.db")
	s.refused("permission denied", nobody...)
	s.sh("rm -r .feedmill")
	s.start("", "")
	s.end()
	s.sh("mount --bind .feedmill .feedmill; mount -o remount,ro,bind .feedmill")
	defer s.sh("umount .feedmill")
	s.refused("read-only file system")
}

func TestD07Damaged(t *testing.T) {
	s := newKeeping(t, quiet)
	a := newAuthor(s, 6)
	for range 50 {
		a.act(50)
	}
	s.start("", "")
	s.sh("mv content/first.md content/moved.md")
	s.untilFeed("https://example.org/moved/")
	served := s.feed()
	s.end()
	file := filepath.Join(s.state(), "state.db")
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(7, 0))
	broken := [][]byte{{}, good[:1000], good[:5000], bytes.Repeat([]byte{0}, len(good))}
	for range rounds(30) {
		bad := bytes.Clone(good)
		bad[r.IntN(len(bad))] ^= 1 << r.IntN(8)
		broken = append(broken, bad)
	}
	noticed := 0
	for _, bad := range broken {
		if err := os.WriteFile(file, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := s.once(program, "build", "--config", s.config(), "--out", filepath.Join(s.dir, "out"))
		if err == nil { // it did no harm
			if have, _ := os.ReadFile(filepath.Join(s.dir, "out/rss.xml")); string(have) != served {
				t.Fatal("a damage that was not noticed changes the feed")
			}
			continue
		}
		noticed++
		if !strings.Contains(out, "the state file is damaged") && !strings.Contains(out, "a newer feedmill") {
			t.Fatalf("it says %q", out)
		}
		if have, _ := os.ReadFile(file); !bytes.Equal(have, bad) {
			t.Fatal("the file was changed")
		}
	}
	t.Logf("%d of %d damages were noticed, the others did no harm", noticed, len(broken))

	if err := os.WriteFile(file, good[:5000], 0o644); err != nil {
		t.Fatal(err)
	}
	s.refused("the state file is damaged")
	s.start("", "", "--recover")
	s.untilLog("it begins anew")
	s.untilUnkept(false)
	aside, _ := filepath.Glob(file + ".damaged-*")
	if len(aside) != 1 {
		t.Fatalf("set aside: %q", aside)
	}
	if have, _ := os.ReadFile(aside[0]); !bytes.Equal(have, good[:5000]) {
		t.Error("what was set aside is another file")
	}
	s.end()

	if err := os.WriteFile(file, good, 0o644); err != nil { // a backup
		t.Fatal(err)
	}
	s.start("", "")
	if s.feed() != served {
		t.Error("with the backup the feed is another one")
	}

	// Pulled away from under the daemon.
	s.sh("rm -r state")
	s.write("second.md", article("Second", "Served all the same."))
	s.untilFeed("Second")
	s.untilUnkept(true)
}

func TestD08TwoDaemons(t *testing.T) {
	s := newKeeping(t, quiet)
	s.start("", "")
	begin := time.Now()
	s.refused("another feedmill uses this state folder")
	t.Logf("the second one ended after %v", time.Since(begin))
	s.write("second.md", article("Second", "The first goes on."))
	s.untilRight(0)
}

func TestD09StaleLock(t *testing.T) {
	s := newKeeping(t, quiet)
	for range 3 {
		s.start("", "")
		s.kill()
	}
	s.start("", "")
	s.untilRight(0)
}

func TestD15StateLost(t *testing.T) {
	s := newKeeping(t, quiet)
	s.write("undated.md", "---\ntitle: Undated\n---\nText.\n")
	s.write("second.md", article("Second", "Text."))
	s.start("", "")
	served := s.feed()
	s.write("second.md", article("Second", "Text that was changed."))
	s.untilFeed("was changed")
	s.end()
	s.sh("rm -r state; touch content/*")
	s.start("", "")
	is := strings.ReplaceAll(s.feed(), "Text that was changed.", "Text.")
	items := func(feed string) []string { return strings.SplitAfter(feed[strings.Index(feed, "<item>"):], "</item>") }
	have, want := items(is), items(served)
	if strings.Join(have, "") != strings.Join(want, "") {
		t.Errorf("the items are\n%s\nwant\n%s", have, want)
	}
	s.untilRight(0)
}
