//go:build linux

package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

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
