package main

import (
	"errors"
	"log/slog"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"feedmill/config"
)

// TestLoadAgain takes the assumed content folder away: it stays the one, until a file names another.
func TestLoadAgain(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir("content", 0o755); err != nil {
		t.Fatal(err)
	}
	write("README.md", "Not this.")
	load := loadAgain(config.Source{File: "config.yaml"})
	folder := func(want string) {
		t.Helper()
		cfg, err := load(false)
		if err != nil {
			t.Fatal(err)
		}
		if cfg.Content.Dir != want {
			t.Errorf("content.dir is %q, want %q", cfg.Content.Dir, want)
		}
	}
	folder("content")
	if err := os.Remove("content"); err != nil {
		t.Fatal(err)
	}
	folder("content")
	write("config.yaml", "content: {dir: posts}\n")
	folder("posts")
}

// TestOutlast ends while the state is written, for longer than a disk that does not answer is waited for,
// and while nothing is.
func TestOutlast(t *testing.T) {
	last := errors.New("the last of the loop")
	for _, tt := range []struct {
		name  string
		steps int // one a second
		want  error
	}{
		{"writing", 30, last},
		{"hanging", 0, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var written atomic.Int64
				d := &daemon{log: slog.New(slog.DiscardHandler), written: written.Load}
				ended := make(chan error, 1)
				go func() {
					for range tt.steps {
						time.Sleep(time.Second)
						written.Add(1)
					}
					if tt.steps > 0 {
						ended <- last
					}
				}()
				if err := d.outlast(ended); !errors.Is(err, tt.want) {
					t.Errorf("waited for %v, want %v", err, tt.want)
				}
			})
		})
	}
}
