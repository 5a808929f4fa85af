package main

import (
	"os"
	"testing"

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
