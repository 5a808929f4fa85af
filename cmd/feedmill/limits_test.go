package main

import (
	"syscall"
	"testing"

	"feedmill/hub"
)

// TestMaxConns has few descriptors: those that the hub may need are not given to readers.
func TestMaxConns(t *testing.T) {
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &was); err != nil {
			t.Fatal(err)
		}
	}()
	few := was
	few.Cur = 1024
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &few); err != nil {
		t.Fatal(err)
	}
	without, with := maxConns(false), maxConns(true)
	if without >= 1024 || without-with != hub.MostConns {
		t.Errorf("with a hub %d connections are let in, without one %d, of 1024 descriptors", with, without)
	}
	few.Cur = 128
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &few); err != nil {
		t.Fatal(err)
	}
	if with := maxConns(true); with < 16 || with > 128/2 {
		t.Errorf("of 128 descriptors %d are for readers", with)
	}
}
