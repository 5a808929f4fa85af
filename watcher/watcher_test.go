package watcher

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

func TestFilesInFoldersMadeAtOnce(t *testing.T) {
	root := t.TempDir()
	w := startWatcher(t, root)
	missing := map[string]bool{}
	for i := range 200 {
		file := fmt.Sprintf("%d/a/b/c/x.md", i)
		missing[file] = true
		makeFile(t, filepath.Join(root, file))
	}
	takeAll(t, w, missing)
	wantWatches(t, w, 1+200*4)
}

// takeAll receives batches until every path of missing has been told.
func takeAll(t *testing.T, w *Watcher, missing map[string]bool) {
	t.Helper()
	for len(missing) > 0 {
		b := receive(t, w)
		if b.Rescan {
			t.Fatalf("rescan for %s", b.Reason)
		}
		for _, path := range b.Paths {
			delete(missing, path)
		}
	}
}

func makeFile(t *testing.T, file string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("text\n"), 0o666); err != nil {
		t.Fatal(err)
	}
}

func wantWatches(t *testing.T, w *Watcher, n int) {
	t.Helper()
	err := poll(func() error {
		if got := w.Status().Watches; got != n {
			return fmt.Errorf("%d watches, want %d", got, n)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestFolderRenamedOften(t *testing.T) {
	root := t.TempDir()
	makeFile(t, filepath.Join(root, "name0/b/c/x.md"))
	w := startWatcher(t, root)
	for i := range 100 {
		from, to := fmt.Sprintf("name%d", i), fmt.Sprintf("name%d", i+1)
		if err := os.Rename(filepath.Join(root, from), filepath.Join(root, to)); err != nil {
			t.Fatal(err)
		}
		// Half of the changes come before the rename can have been noticed.
		if i%2 == 0 {
			takeAll(t, w, map[string]bool{to + "/b/c/x.md": true})
		}
		file := to + "/b/new.md"
		makeFile(t, filepath.Join(root, file))
		takeAll(t, w, map[string]bool{file: true})
	}
	wantWatches(t, w, 4)
}

func TestKernelWatchesAreGivenBack(t *testing.T) {
	root := t.TempDir()
	makeFile(t, filepath.Join(root, "name0/b/c/x.md"))
	w := startWatcher(t, root)
	if kernelWatches(t) == 0 {
		t.Skip("the system does not list its watches")
	}
	for i := range 100 {
		if err := os.Rename(filepath.Join(root, fmt.Sprintf("name%d", i)), filepath.Join(root, fmt.Sprintf("name%d", i+1))); err != nil {
			t.Fatal(err)
		}
	}
	takeAll(t, w, map[string]bool{"name100/b/c/x.md": true})
	if err := poll(func() error {
		if got := kernelWatches(t); got != 4 {
			return fmt.Errorf("%d watches in the kernel, want 4", got)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func TestRunLeavesNothingBehind(t *testing.T) {
	root := t.TempDir()
	makeFile(t, filepath.Join(root, "a/x.md"))
	goroutines, files := runtime.NumGoroutine(), openFiles(t)
	for range 10 {
		w := New(Options{Root: root, Logger: slog.New(slog.DiscardHandler)})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- w.Run(ctx) }()
		receive(t, w)
		makeFile(t, filepath.Join(root, "a/y.md"))
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
		if _, open := <-w.Batches(); open {
			t.Error("Batches is open after Run")
		}
		if got := w.Status(); got != (Status{State: Degraded, Reason: "idle"}) {
			t.Errorf("status after Run = %+v, want degraded, idle", got)
		}
	}
	if err := poll(func() error {
		if g, f := runtime.NumGoroutine(), openFiles(t); g > goroutines || f > files {
			return fmt.Errorf("%d goroutines and %d open files, want %d and %d", g, f, goroutines, files)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func TestRunRefusesOptions(t *testing.T) {
	tests := []struct {
		options Options
		want    string
	}{
		{Options{}, "no root folder"},
		{Options{Root: "x", Mode: "often"}, `mode: want auto, events or poll, have "often"`},
		{Options{Root: "x", Settle: -1}, "negative duration"},
		{Options{Mode: "often", PollInterval: -1},
			"no root folder\nmode: want auto, events or poll, have \"often\"\nnegative duration"},
	}
	for _, tt := range tests {
		w := New(tt.options)
		if err := w.Run(t.Context()); err == nil || err.Error() != tt.want {
			t.Errorf("Run with %+v = %v, want %v", tt.options, err, tt.want)
		}
		if _, open := <-w.Batches(); open {
			t.Error("Batches is open after Run")
		}
	}
}

// BenchmarkStart measures how long it takes to watch 2,000 folders of 50 files.
func BenchmarkStart(b *testing.B) {
	root := b.TempDir()
	for i := range 2000 {
		dir := filepath.Join(root, fmt.Sprintf("%d/%d", i%40, i))
		if err := os.MkdirAll(dir, 0o777); err != nil {
			b.Fatal(err)
		}
		for j := range 50 {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.md", j)), nil, 0o666); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		w := New(Options{Root: root})
		ctx, cancel := context.WithCancel(b.Context())
		go func() { _ = w.Run(ctx) }()
		<-w.Batches()
		cancel()
		for range w.Batches() {
		}
	}
}

// BenchmarkTouch measures an event of a file that is watched already, among many that wait.
func BenchmarkTouch(b *testing.B) {
	l := newLoop(Options{Settle: time.Minute, MaxSettle: time.Hour}, New(Options{}))
	paths := make([]string, maxPaths)
	for i := range paths {
		paths[i] = fmt.Sprintf("posts/2024/%d.md", i)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		l.touch(paths[i%maxPaths], false)
	}
}
