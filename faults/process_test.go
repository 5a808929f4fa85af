//go:build linux

package faults

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

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
