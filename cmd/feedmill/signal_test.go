//go:build unix

package main

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
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
