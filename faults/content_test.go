//go:build linux

package faults

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The rows of content that need a real file system; those that are only bytes are fixtures of the
// article and feed packages.

func TestC01C02NoFiles(t *testing.T) {
	s := newSite(t, never)
	s.start("", "")
	socket, err := net.Listen("unix", filepath.Join(s.content, "socket.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	for name, make := range map[string]func(string) error{
		"pipe.md":   func(p string) error { return syscall.Mkfifo(p, 0o644) },
		"device.md": func(p string) error { return syscall.Mknod(p, syscall.S_IFCHR|0o644, 1<<8|5) },
		"folder.md": func(p string) error { return os.Mkdir(p, 0o755) },
	} {
		if err := make(filepath.Join(s.content, name)); err != nil {
			t.Fatal(err)
		}
	}
	s.write("folder.md/inside.md", article("Inside", "Text."))
	s.untilFeed("Inside")
	s.until("each is a problem", func() error {
		_, body, err := s.ask("http://" + s.admin + "/-/status")
		for _, name := range []string{"socket.md", "pipe.md", "device.md"} {
			if !strings.Contains(body, name) {
				err = errors.Join(err, fmt.Errorf("no problem of %s", name))
			}
		}
		return err
	})
	threads, err := filepath.Glob("/proc/" + s.pid() + "/task/*/wchan")
	if err != nil || len(threads) == 0 {
		t.Fatal("no threads", err)
	}
	for _, file := range threads {
		if where, _ := os.ReadFile(file); strings.Contains(string(where), "fifo") || strings.Contains(string(where), "pipe_open") {
			t.Errorf("a thread is stuck in %s", where)
		}
	}
	s.untilRight(1)
}

func TestC03Giants(t *testing.T) {
	s := newSite(t, never)
	s.start("", "")
	before := s.memory()
	s.sh("truncate -s 10G content/sparse.md; dd if=/dev/zero of=content/real.md bs=1M count=200 status=none; truncate -s 10G content/first.md")
	s.untilLog("path=sparse.md")
	s.untilLog("path=real.md")
	s.untilLog("path=first.md")
	if body := s.feed(); !strings.Contains(body, "The first.") {
		t.Error("the last good version is not served")
	}
	if grown := s.memory() - before; grown > 20 {
		t.Errorf("%d MiB more memory", grown)
	}
	s.sh("rm content/sparse.md content/real.md")
	s.write("first.md", article("First", "Small again."))
	s.untilRight(0)
}

func TestC04GrowsWhileRead(t *testing.T) {
	s := newSite(t, never)
	s.start("", "")
	f, err := os.Create(filepath.Join(s.content, "log.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for start := time.Now(); time.Since(start) < 4*time.Second; {
		if _, err := f.WriteString("another line\n"); err != nil {
			t.Fatal(err)
		}
	}
	s.write("second.md", article("Second", "Beside it."))
	s.untilFeed("Beside it.")
	s.write("log.md", article("Log", "It has ended."))
	s.untilRight(0)
}

// One article costs its reader's budget and no more, and no other article waits for it.
func TestC09C10C18Bombs(t *testing.T) {
	s := newSite(t, never)
	s.start("", "")
	var aliases, keys strings.Builder
	aliases.WriteString("---\na0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := range 9 {
		fmt.Fprintf(&aliases, "a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), ", "))
	}
	aliases.WriteString("---\nText.\n")
	keys.WriteString("---\n")
	for i := range 50_000 {
		fmt.Fprintf(&keys, "key%d: %d\n", i, i)
	}
	keys.WriteString("---\nText.\n")
	before := s.memory()
	s.write("aliases.md", aliases.String())
	s.write("keys.md", keys.String())
	s.write("depth.md", "---\na: "+strings.Repeat("[", 20_000)+"\n---\nText.\n")
	for i, bomb := range []string{"[a](", "- ", "> ", "![[", "*a_", "<!--", "`", "[^1]: "} {
		s.write(fmt.Sprintf("quadratic%d.md", i), article(fmt.Sprint("Quadratic ", i), strings.Repeat(bomb, 300_000/len(bomb))))
	}
	s.write("second.md", article("Second", "Beside them."))
	s.untilFeed("Beside them.")
	s.untilRight(0)
	for _, name := range []string{"aliases.md", "keys.md", "depth.md"} {
		s.untilLog("path=" + name)
	}
	if grown := s.memory() - before; grown > 300 {
		t.Errorf("%d MiB more memory", grown)
	}
}

// The documents of articles made of odd bytes can be read by other parsers.
func TestC05C06OddBytes(t *testing.T) {
	s := newSite(t, never, "python3")
	odd := []rune{'\uFFFE', '\uFFFF'}
	for c := range rune(' ') {
		odd = append(odd, c)
	}
	for i, c := range odd {
		s.write(fmt.Sprintf("odd%d.md", i), fmt.Sprintf("---\ndate: 2024-02-02\ntitle: \"Odd \\u%04X end\"\ntags: [\"t\\u%04X\", one]\n---\nText %c and %c end.\n", c, c, c, c))
	}
	for i, bytes := range []string{"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf8\x88\x80\x80\x80", "\xe2\x82"} {
		s.write(fmt.Sprintf("bytes%d.md", i), article(fmt.Sprint("Bytes ", i), "Text "+bytes+" end."))
		s.write(fmt.Sprintf("title%d.md", i), article("Bytes "+bytes, "Text."))
	}
	s.start("", "")
	s.untilRight(0)
	s.sh(`python3 - out <<'END'
import json, pathlib, sys, xml.parsers.expat
files = [f for f in pathlib.Path(sys.argv[1]).rglob("*") if f.is_file()]
assert len(files) > 3, files
for f in files:
    if f.suffix == ".json":
        json.loads(f.read_bytes())
    elif f.suffix == ".xml":
        xml.parsers.expat.ParserCreate().Parse(f.read_bytes(), True)
END`)
}

func TestH14MemoryLimit(t *testing.T) {
	needs(t)
	group := fmt.Sprintf("/sys/fs/cgroup/memory/feedmill-%d", os.Getpid())
	if err := os.Mkdir(group, 0o755); err != nil {
		t.Skip("no memory cgroup of version 1: ", err)
	}
	t.Cleanup(func() { _ = os.Remove(group) })
	s := newSite(t, never+"\nfeeds: {archive: false}")
	for i := range 20_000 {
		s.write(fmt.Sprintf("%d/%d.md", i%200, i), article(fmt.Sprint("Number ", i), strings.Repeat("More and more text. ", 50)))
	}
	s.start("", "echo $((128<<20)) >"+group+"/memory.limit_in_bytes; echo $$ >"+group+"/cgroup.procs")
	s.untilRight(0)
	if limit := s.metric("go_gc_gomemlimit_bytes"); limit < 100<<20 || limit > 128<<20 {
		t.Errorf("the collector's limit is %v, want nine tenths of 128 MiB", limit)
	}
	text, err := os.ReadFile(group + "/memory.oom_control")
	if err != nil || strings.Contains(string(text), "oom_kill 1") {
		t.Errorf("%v %s", err, text)
	}
}
