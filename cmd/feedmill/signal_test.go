//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// TestSignals sends real signals to a real process: SIGHUP reads everything again, SIGTERM and
// Ctrl-C end it with exit code 0.
func TestSignals(t *testing.T) {
	for _, end := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(end.String(), func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(dir+"/a.md", []byte("---\ntitle: A\ndate: 2024-01-01\n---\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), "feedmill", "serve", "--content", dir,
				"--base-url", "https://example.org", "--listen", "127.0.0.1:0", "--admin", "none")
			cmd.Dir = dir
			log, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(log)
			until := func(text string) {
				t.Helper()
				for lines.Scan() {
					if strings.Contains(lines.Text(), text) {
						return
					}
				}
				t.Fatalf("the log ends without %q", text)
			}
			until("msg=articles changed=1")
			send := func(s os.Signal) {
				t.Helper()
				if err := cmd.Process.Signal(s); err != nil {
					t.Fatal(err)
				}
			}
			send(syscall.SIGHUP)
			until("reason=SIGHUP")
			send(end)
			until("msg=stopped")
			if err := cmd.Wait(); err != nil {
				t.Errorf("after %v: %v", end, err)
			}
		})
	}
}

// TestInterruptedProcess ends real processes by signals before they are done: the exit code tells which signal
// it was, but serve has done what it is there for, also while it starts.
func TestInterruptedProcess(t *testing.T) {
	for _, c := range []struct {
		command string
		signal  syscall.Signal
		code    int
	}{
		{"check", syscall.SIGINT, 130},
		{"check", syscall.SIGTERM, 143},
		{"hub import -", syscall.SIGINT, 130},
		{"hub import -", syscall.SIGTERM, 143},
		{"serve", syscall.SIGINT, 0},
		{"serve", syscall.SIGTERM, 0},
	} {
		t.Run(fmt.Sprint(c.command, " ", c.signal), func(t *testing.T) {
			asked := make(chan bool, 1)
			bucket := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				select {
				case asked <- true:
				default:
				}
				<-r.Context().Done() // and never an answer
			}))
			defer bucket.Close()
			dir := t.TempDir()
			config := "base_url: https://example.org\nstate: state\nserver: {listen: '127.0.0.1:0', admin: none}\n" +
				"content: {bucket: {endpoint: '" + bucket.URL + "', name: articles, access_key: a, secret_key: s}}\n"
			if err := os.WriteFile(dir+"/config.yaml", []byte(config), 0o644); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), "feedmill", strings.Fields(c.command)...)
			cmd.Dir = dir
			var said bytes.Buffer
			cmd.Stderr = &said
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			if c.command == "hub import -" {
				line := `{"topic":"https://example.org/rss.xml","callback":"https://example.com/","expires":"2999-01-01T00:00:00Z"}` + "\n"
				// More than a pipe holds: when all is written some has been read.
				if _, err := io.WriteString(in, strings.Repeat(line, 1000)); err != nil {
					t.Fatal(err, said.String())
				}
			} else {
				select {
				case <-asked:
				case err := <-ended:
					t.Fatal(err, said.String())
				}
			}
			if err := cmd.Process.Signal(c.signal); err != nil {
				t.Fatal(err)
			}
			err = <-ended
			if code := cmd.ProcessState.ExitCode(); code != c.code {
				t.Errorf("%v: exit code %d, want %d: %s", err, code, c.code, said.String())
			}
			if told := strings.Contains(said.String(), "feedmill: interrupted\n"); told != (c.code != 0) {
				t.Errorf("it says %q", said.String())
			}
		})
	}
}

// TestReloads changes title, limit and address of a site again and again and sends SIGHUP, while
// readers ask without a pause: every request is answered, and no answer mixes two configurations.
func TestReloads(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(dir+name), 0o755), os.WriteFile(dir+name, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 30 {
		write(fmt.Sprintf("/content/%d.md", i), fmt.Sprintf("---\ntitle: %d\ndate: 2024-01-%02d\ntags: [go]\n---\nText.\n", i, 1+i))
	}
	// The title of a configuration tells the rest of it.
	configure := func(n int) {
		write("/config.yaml", fmt.Sprintf("title: T%d\nbase_url: https://h%d.example.org\nstate: none\nfeeds: {limit: %d}\n"+
			"server: {listen: '127.0.0.1:%d', admin: none}\n", n, n, 1+n%20, n/50))
	}
	configure(0)
	cmd := exec.CommandContext(t.Context(), "feedmill", "serve")
	cmd.Dir = dir
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(log)
	until := func(text string) string {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), text) {
				return lines.Text()
			}
		}
		t.Fatalf("the log ends without %q", text)
		return ""
	}
	addr := regexp.MustCompile(`addr=(\S+)`).FindStringSubmatch(until("msg=serving"))[1]
	until("msg=articles changed=30")

	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	var asked atomic.Int64
	titles := regexp.MustCompile(`T(\d+)`)
	for i := range 4 {
		path := []string{"/rss.xml", "/atom.xml", "/tags/go/rss.xml", "/opml.xml"}[i]
		readers.Go(func() {
			for ctx.Err() == nil {
				resp, err := http.Get("http://" + addr + path)
				if err != nil {
					t.Errorf("%s: %v", path, err)
					return
				}
				body, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				m := titles.FindSubmatch(body)
				if err != nil || resp.StatusCode != http.StatusOK || m == nil {
					t.Errorf("%s: %s, %v: %s", path, resp.Status, err, body)
					return
				}
				n, _ := strconv.Atoi(string(m[1]))
				items := strings.Count(string(body), "<item>") + strings.Count(string(body), "<entry>")
				if other := regexp.MustCompile(`//h(\d+)\.`).FindAllSubmatch(body, -1); path != "/opml.xml" && items != 1+n%20 ||
					slices.ContainsFunc(other, func(o [][]byte) bool { return string(o[1]) != string(m[1]) }) ||
					path != "/opml.xml" && !strings.Contains(strings.Join(resp.Header.Values("Link"), ""), fmt.Sprintf("//h%d.", n)) {
					t.Errorf("%s: %d items, Link %q: %s", path, items, resp.Header.Values("Link"), body)
					return
				}
				asked.Add(1)
			}
		})
	}
	for n := range 50 {
		configure(n + 1)
		if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		if n == 49 { // the only one with another address to listen on
			until(`msg="needs a restart" keys=server.listen`)
		}
		until("msg=\"configuration reloaded\"")
	}
	stop()
	readers.Wait()
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil { // while it reloads
		t.Fatal(err)
	}
	until("msg=stopped")
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	t.Log(asked.Load(), "answers")
}
