package readers

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestGuide runs each configuration of docs/guides/proxy.md by the server that it is for, before the
// program. It must be what readers get without it, byte for byte and by every rule of RFC 9110.
func TestGuide(t *testing.T) {
	needReaders(t)
	program := build(t)
	guide, err := os.ReadFile("../docs/guides/proxy.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```(nginx|caddyfile)\n(.*?)```").FindAllSubmatch(guide, -1)
	if len(blocks) < 5 {
		t.Fatalf("%d configurations in the guide, want 5 at least", len(blocks))
	}
	for i, b := range blocks {
		t.Run(fmt.Sprintf("%s %d", b[1], i+1), func(t *testing.T) { judgeGuide(t, program, string(b[1]), string(b[2])) })
	}
}

func judgeGuide(t *testing.T, program, kind, block string) {
	below, public := "", t.TempDir()
	flags := []string{"--config", abs(t, "../config.yaml"), "--state", "none", "--base-url", base}
	if m := regexp.MustCompile(`location (/.+)/ `).FindStringSubmatch(block); m != nil {
		below = m[1]
		flags = append(flags, "--base-url", base+below+"/")
	}
	s := &site{}
	s.start(t, program, flags)
	s.feeds = feedsOf(t, s.get(t, below+"/opml.xml"))
	s.feeds[0] = below + "/"
	last := len(s.feeds) - 1 // of a tag whose name is Chinese

	block = strings.ReplaceAll(block, "/srv/public", public)
	block = strings.ReplaceAll(block, "127.0.0.1:8080", strings.TrimPrefix(s.address, "http://"))
	s.address = front(t, kind, block)
	for _, feed := range []string{s.feeds[0], s.feeds[1], s.feeds[last]} {
		for _, format := range formats {
			judgeDocument(t, s, feed+format)
		}
	}
	if !strings.Contains(block, public) {
		if a := s.ask(t, http.MethodGet, below+"/"); a.status != http.StatusOK || !bytes.Contains(a.body, []byte("<title>")) {
			t.Errorf("the page of feeds: status %d", a.status)
		}
		return
	}
	// The host is the site's, which has pages where feedmill has some too.
	for _, path := range []string{"/", "/tags/mill/", "/categories/mill/", "/posts/mill/"} {
		page := filepath.Join(public, path, "index.html")
		err := os.MkdirAll(filepath.Dir(page), 0o755)
		if err == nil {
			err = os.WriteFile(page, []byte("page of the site"), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		if a := s.ask(t, http.MethodGet, path); string(a.body) != "page of the site" {
			t.Errorf("%s: status %d, not from the site: %.60q", path, a.status, a.body)
		}
	}
}

// front starts a server with the configuration, on a free port of loopback, and returns its address.
func front(t *testing.T, kind, block string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()

	dir := t.TempDir()
	var cmd *exec.Cmd
	switch kind {
	case "nginx":
		need(t, "nginx")
		cmd = exec.Command("nginx", "-p", dir, "-e", "stderr", "-c", conf(t, dir, nginx(addr, block)))
	case "caddyfile":
		need(t, "caddy")
		block = regexp.MustCompile(`(?m)^\S+ \{$`).ReplaceAllString(block, "http://"+addr+" {")
		cmd = exec.Command("caddy", "run", "--adapter", "caddyfile", "--config", conf(t, dir, "{\nadmin off\n}\n"+block))
		cmd.Env = append(os.Environ(), "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	}
	var log locked
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt) // if it still runs
		_ = cmd.Wait()
	})
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			return "http://" + addr
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not listen:\n%s", kind, log.String())
		}
	}
}

func conf(t *testing.T, dir, text string) string {
	t.Helper()
	file := filepath.Join(dir, "conf")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// nginx has the block listen at the address, without TLS, in a configuration like Debian's.
func nginx(addr, block string) string {
	block = regexp.MustCompile(`(?m)^\s*ssl_.*\n`).ReplaceAllString(block, "")
	block = strings.Replace(block, "listen 443 ssl;", "listen "+addr+";", 1)
	if !strings.Contains(block, "server {") {
		block = "server {\nlisten " + addr + ";\n" + block + "}\n"
	}
	var temps strings.Builder
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&temps, "%s_temp_path temp;\n", kind)
	}
	return "daemon off;\nmaster_process off;\npid pid;\nevents {}\nhttp {\naccess_log off;\ngzip on;\n" + temps.String() + block + "}\n"
}
