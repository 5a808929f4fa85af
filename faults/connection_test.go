//go:build linux

package faults

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// dial opens a connection that is closed after the test.
func (s *site) dial() net.Conn {
	s.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { c.Close() })
	return c
}

// wantServed fails unless ordinary requests are answered, within the patience of the client.
func (s *site) wantServed(served string) {
	s.Helper()
	for range 50 {
		if s.feed() != served {
			s.Error("the feed changes")
		}
	}
}

func TestH01SlowHeaders(t *testing.T) {
	s := newSite(t, never)
	s.start("", "")
	served := s.feed()
	var closed atomic.Int64
	var wg sync.WaitGroup
	for range 1000 {
		c := s.dial()
		wg.Go(func() {
			for _, b := range []byte("GET /rss.xml HT") {
				if _, err := c.Write([]byte{b}); err != nil {
					break
				}
				_ = c.SetReadDeadline(time.Now().Add(time.Second))
				if _, err := c.Read(make([]byte, 100)); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
					break
				}
			}
			closed.Add(1)
		})
	}
	s.wantServed(served)
	s.until("all are closed while the fifteenth byte is yet to come", func() error {
		if files := s.usage().files; files > s.rest.files+10 {
			return fmt.Errorf("%d descriptors are open, %d connections are closed", files, closed.Load())
		}
		return nil
	})
	wg.Wait()
	s.untilRight(0)
}

func TestH02SlowBody(t *testing.T) {
	s := newSite(t, never)
	s.start("", "")
	c := s.dial()
	fmt.Fprint(c, "GET /rss.xml HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
	s.until("the connection is closed", func() error {
		_ = c.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
		if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
			_, _ = c.Write([]byte("x"))
			return err
		}
		return nil
	})
	s.untilRight(0)
}

// A reader that moves gets all, however slow it is; one that stands still is cut off; and all share
// the same bytes.
func TestH03SlowReaders(t *testing.T) {
	s := newSite(t, never+"\nfeeds: {limit: 1000}\ncontent: {preset: plain, limits: {render: 1m}}")
	config, err := os.ReadFile(s.config())
	if err != nil {
		t.Fatal(err)
	}
	config = bytes.Replace(config, []byte("content: {preset: plain}\n"), nil, 1)
	if err := os.WriteFile(s.config(), config, 0o644); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		s.write(fmt.Sprintf("%d.md", i), article(fmt.Sprint("Number ", i), strings.Repeat("More and more and more. ", 4_000)))
	}
	s.start("", "")
	served := s.feed()
	before := s.memory()
	reader := func(header string) net.Conn {
		d := net.Dialer{Control: func(_, _ string, raw syscall.RawConn) error {
			return raw.Control(func(fd uintptr) {
				_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096)
			})
		}}
		c, err := d.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		fmt.Fprint(c, "GET /rss.xml HTTP/1.1\r\nHost: a\r\n"+header+"\r\n")
		return c
	}
	const last = "Connection: close\r\n"
	for range 75 {
		reader(last) // and reads nothing
		reader("")   // nor does this one, which net/http does not see
	}
	moving := reader(last)
	lines := bufio.NewReaderSize(moving, 1024)
	slow, got := time.Now(), 0
	for time.Since(slow) < 40*time.Second { // longer than anybody may stand still
		n, err := lines.Discard(1024)
		got += n
		if err != nil {
			t.Fatalf("the moving reader is cut off after %d bytes: %v", got, err)
		}
		time.Sleep(500 * time.Millisecond)
	}
	rest, err := io.ReadAll(lines)
	if err != nil || got+len(rest) < len(served) {
		t.Errorf("the moving reader got %d bytes of %d: %v", got+len(rest), len(served), err)
	}
	s.wantServed(served)
	s.until("those that stand still are cut off", func() error {
		if files := s.usage().files; files > s.rest.files+5 {
			return fmt.Errorf("%d descriptors are open", files)
		}
		return nil
	})
	if grown := s.memory() - before; grown > 100 {
		t.Errorf("%d MiB more memory for 150 readers of %d MiB", grown, len(served)>>20)
	}
	s.untilRight(0)
}

func TestH13FewDescriptors(t *testing.T) {
	s := newSite(t, never, "prlimit")
	s.start("", `exec prlimit --nofile=64 "$@"`)
	var idle []net.Conn
	for range 200 {
		idle = append(idle, s.dial())
	}
	before := s.cpu()
	s.write("second.md", article("Second", "Text."))
	s.write("d/third.md", article("Third", "Text."))
	s.untilFeed("Third")
	time.Sleep(5 * time.Second)
	if spent := s.cpu() - before; spent > 2*time.Second {
		t.Errorf("%v of processor time in some seconds of doing nothing", spent)
	}
	for _, c := range idle {
		c.Close()
	}
	s.untilRight(1)
	if strings.Contains(s.log(), "too many open files") {
		t.Error("descriptors ran out")
	}
}
