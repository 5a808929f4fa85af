//go:build unix

package main

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestServiceManager listens as systemd does to what the program tells: that it is ready, how things
// stand, that it reloads and has reloaded, that it lives, that it ends.
func TestServiceManager(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.md"), []byte("---\ntitle: A\ndate: 2024-01-01\n---\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	socket := &net.UnixAddr{Name: filepath.Join(dir, ".notify"), Net: "unixgram"}
	told, err := net.ListenUnixgram("unixgram", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer told.Close()
	t.Setenv("NOTIFY_SOCKET", socket.Name)
	t.Setenv("WATCHDOG_USEC", "3000000")
	t.Setenv("WATCHDOG_PID", strconv.Itoa(os.Getpid()))

	until := func(want string) {
		t.Helper()
		if err := told.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		for b := make([]byte, 1000); ; {
			n, err := told.Read(b)
			if err != nil {
				t.Fatalf("%s is not told: %v", want, err)
			}
			if strings.HasPrefix(string(b[:n]), want) {
				return
			}
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--content", dir, "--base-url", "https://example.org", "--state", "none",
			"--config", os.DevNull, "--listen", "127.0.0.1:0", "--admin", "none"}, io.Discard, io.Discard)
	}()
	until("READY=1")
	until("STATUS=1 article, watching")
	until("WATCHDOG=1")
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	until("RELOADING=1\nMONOTONIC_USEC=")
	until("READY=1")
	stop()
	until("STOPPING=1")
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
