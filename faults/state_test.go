//go:build linux

package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// quiet is a configuration in which changes are seen soon, and nothing is looked at meanwhile.
const quiet = "watch: {reconcile: 1h, settle: 10ms}\nfeeds: {limit: 1000}"

func (s *site) state() string { return filepath.Join(s.dir, "state") }

// mount mounts a file system for the state.
func (s *site) mount(args ...string) {
	s.Helper()
	if err := os.MkdirAll(s.state(), 0o755); err != nil {
		s.Fatal(err)
	}
	out, err := exec.CommandContext(s.Context(), "mount", append(args, s.state())...).CombinedOutput()
	if err != nil {
		s.Skipf("mount %q: %v: %s", args, err, out)
	}
	s.Cleanup(func() { _ = exec.CommandContext(context.Background(), "umount", "-l", s.state()).Run() })
}

// disk makes a file system of ext4 in a file and mounts it for the state.
func (s *site) disk() {
	s.Helper()
	image := filepath.Join(s.dir, "disk")
	s.sh("truncate -s 64M disk; mkfs.ext4 -q disk")
	s.mount("-o", "loop", image)
}

// cutPower makes the file system of the state forget what is not on the disk, and fail from now on.
func (s *site) cutPower() {
	s.Helper()
	const shutdown, noFlush = 0x8004587d, 2 // EXT4_IOC_SHUTDOWN, EXT4_GOING_FLAGS_NOLOGFLUSH
	dir, err := os.Open(s.state())
	if err != nil {
		s.Fatal(err)
	}
	defer dir.Close()
	how := uint32(noFlush)
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, dir.Fd(), shutdown, uintptr(unsafe.Pointer(&how))); errno != 0 {
		s.Skipf("the file system can't be shut down: %v", errno)
	}
}

// mend gives the state what was on the disk, on a new one: other processes may still see the mount.
func (s *site) mend() {
	s.Helper()
	s.sh("umount -l state; cp --sparse=always disk next; rm disk; mv next disk; mount -o loop disk state")
}

// untilUnkept waits until the daemon tells everywhere that changes are not kept, or that they are.
func (s *site) untilUnkept(unkept bool) {
	s.Helper()
	s.until(fmt.Sprint("unkept: ", unkept), func() error {
		_, body, err := s.ask("http://" + s.admin + "/-/status")
		if err == nil && strings.Contains(body, `"state_problem": ""`) == unkept {
			err = errors.New(body)
		}
		return err
	})
	if is := s.metric("feedmill_state_unkept") == 1; is != unkept {
		s.Errorf("feedmill_state_unkept is %t, want %t", is, unkept)
	}
	if n := strings.Count(s.log(), "not kept"); n > 1 || unkept && n == 0 {
		s.Errorf("the log tells it %d times", n)
	}
}

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

func TestD02PowerCut(t *testing.T) {
	s := newKeeping(t, quick, "mkfs.ext4")
	s.disk()
	a, l := newAuthor(s, 3), newLedger()
	for range 10 {
		a.act(10)
	}
	n := max(rounds(30)/10, 5)
	for range n {
		s.start("", "")
		l.check(s, a.path)
		read := make(chan struct{})
		go func() {
			defer close(read)
			for l.ask(s.addr) == nil {
			}
		}()
		for end := time.Now().Add(time.Duration(a.r.IntN(500)) * time.Millisecond); time.Now().Before(end); {
			a.act(30)
			<-time.After(time.Duration(a.r.IntN(20)) * time.Millisecond)
		}
		s.signal(syscall.SIGSTOP) // what is answered after the power is gone counts for nothing
		s.untilStopped()
		s.cutPower()
		s.kill()
		<-read
		s.mend()
	}
	s.start("", "")
	l.check(s, a.path)
	t.Logf("%d cuts, %d answers, %d articles and %d versions of them", n, l.answers, len(l.first), len(l.changed))
}

func (s *site) untilStopped() {
	s.Helper()
	s.until("the program is stopped", func() error {
		tasks, err := filepath.Glob("/proc/" + s.pid() + "/task/*/stat")
		for _, task := range tasks {
			stat, _ := os.ReadFile(task)
			if !bytes.Contains(stat, []byte(") T ")) {
				err = errors.Join(err, errors.New(string(stat)))
			}
		}
		return err
	})
}

func TestD03DiskFull(t *testing.T) {
	s := newKeeping(t, quiet)
	s.mount("-t", "tmpfs", "-o", "size=1m", "none")
	a := newAuthor(s, 4)
	for range 100 {
		a.act(100)
	}
	s.start("", "")
	s.sh("dd if=/dev/zero of=state/fill 2>/dev/null || true; mv content/first.md content/moved.md")
	for range 100 {
		a.act(200)
	}
	s.untilUnkept(true)
	s.write("second.md", article("Second", "A new one is served though it is not kept."))
	s.untilFeed("Second")
	s.untilFeed("https://example.org/moved/")
	s.sh("rm state/fill")
	s.untilUnkept(false)
	s.untilRight(20)
	if served := s.outlivesKill(); !strings.Contains(served, ">https://example.org/first/</guid>") {
		t.Error("the id of what moved is lost")
	}
}

// outlivesKill asks that the feed be the same after a kill, and returns it.
func (s *site) outlivesKill() string {
	s.Helper()
	served := s.feed()
	s.kill()
	s.start("", "")
	if s.feed() != served {
		s.Error("the feed is another one after a kill")
	}
	return served
}

func TestD03FullFromTheStart(t *testing.T) {
	s := newKeeping(t, quiet)
	s.mount("-t", "tmpfs", "-o", "size=64k", "none")
	s.sh("dd if=/dev/zero of=state/fill 2>/dev/null || true")
	s.refused("no space left on device")
	if names, _ := filepath.Glob(s.state() + "/*"); len(names) != 1 {
		t.Errorf("it leaves %q", names)
	}
	s.sh("rm state/fill")
	s.start("", "")
	s.untilUnkept(false)
}

func TestD04NoInodes(t *testing.T) {
	s := newKeeping(t, quiet)
	s.mount("-t", "tmpfs", "-o", "size=8m,nr_inodes=20", "none")
	s.start("", "")
	s.sh("for i in $(seq 30); do touch state/$i || true; done 2>/dev/null")
	s.sh("mv content/first.md content/moved.md")
	s.untilFeed("https://example.org/moved/")
	s.untilUnkept(false)
	s.untilRight(0)
	s.outlivesKill()
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
	s.untilRight(0)
}

func TestD06BrokenDisk(t *testing.T) {
	s := newKeeping(t, quiet, "mkfs.ext4")
	s.disk()
	a := newAuthor(s, 5)
	for range 50 {
		a.act(50)
	}
	s.start("", "")
	s.sh("mv content/first.md content/moved.md")
	s.untilFeed("https://example.org/moved/")
	s.cutPower()
	s.write("second.md", article("Second", "A new one is served though it is not kept."))
	s.untilFeed("Second")
	s.untilUnkept(true)
	s.untilLog("could not be written to the disk")
	s.write("third.md", article("Third", "Another one."))
	s.untilFeed("Third")
	s.untilUnkept(true)
	s.end()
	s.mend()
	s.start("", "")
	s.untilUnkept(false)
	s.untilFeed("Third")
	s.untilFeed(">https://example.org/first/</guid>")
	s.untilRight(0)
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

// freeAddr is an address that nobody listens at.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestD16NobodyReadsTheLog gives the program a full pipe, or nothing at all, to write to.
func TestD16NobodyReadsTheLog(t *testing.T) {
	s := newSite(t, quiet)
	full, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	defer w.Close()
	fd := int(w.Fd())
	if err := syscall.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = syscall.Write(fd, make([]byte, 4096))
	}
	if err := syscall.SetNonblock(fd, false); err != nil {
		t.Fatal(err)
	}
	for name, script := range map[string]string{"full": `exec "$@"`, "closed": `exec "$@" >&- 2>&-`, "no disk": `exec "$@" >/dev/full 2>&1`} {
		s.addr, s.admin = freeAddr(t), freeAddr(t)
		cmd := exec.CommandContext(t.Context(), "sh", "-c", script, "sh", program, "serve", "--config", s.config(), "--listen", s.addr, "--admin", s.admin)
		cmd.Stdout, cmd.Stderr = w, w
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		s.cmd, s.ended = cmd, make(chan struct{})
		go func() {
			s.err = cmd.Wait()
			close(s.ended)
		}()
		s.until(name+": it serves", func() error {
			_, err := get("http://" + s.addr + "/readyz")
			return err
		})
		for i := range 20 {
			title := fmt.Sprint(name, " ", i)
			s.write(fmt.Sprint("bad", i, ".md"), "---\ntitle: \"broken\n---\n") // for the log
			s.write("first.md", article(title, "Text."))
			s.untilFeed("<title>" + title + "</title>")
		}
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-s.ended:
		case <-time.After(deadline):
			_ = cmd.Process.Kill()
			t.Errorf("%s: it does not end", name)
		}
	}
}

// TestD17LockedDown runs the program as a container does that is given as little as possible.
func TestD17LockedDown(t *testing.T) {
	s := newKeeping(t, quiet, "setpriv", "unshare", "nsenter")
	s.sh("mkdir state")
	s.start("-m --propagation private", strings.Join([]string{
		"mount -t tmpfs -o size=8m,uid=65532 none state",
		"mount -o remount,ro,bind /",
		"export TMPDIR=/nowhere HOME=/nowhere GOMEMLIMIT=64MiB",
		`set -- setpriv --reuid 65532 --regid 65532 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$@"`,
	}, "\n"))
	if err := os.Rename(filepath.Join(s.content, "first.md"), filepath.Join(s.content, "moved.md")); err != nil {
		t.Fatal(err)
	}
	s.write("second.md", article("Second", "Text."))
	s.untilFeed("https://example.org/moved/")
	s.untilFeed("Second")
	if !strings.Contains(s.feed(), ">https://example.org/first/</guid>") {
		t.Error("the id of what moved is lost")
	}
	if status, _, err := s.ask("http://" + s.addr + "/tags/one/atom.xml"); err != nil || status != 200 {
		t.Errorf("the feed of a tag: %d, %v", status, err)
	}
	s.sh(program + " rebuild --wait --config config.yaml --admin " + s.admin)
	s.untilUnkept(false)
	files, _ := os.ReadFile("/proc/" + s.pid() + "/status")
	for _, line := range []string{"CapEff:\t0000000000000000", "NoNewPrivs:\t1", "Uid:\t65532\t"} {
		if !bytes.Contains(files, []byte(line)) {
			t.Errorf("the test is void: no %q in\n%s", line, files)
		}
	}
}
