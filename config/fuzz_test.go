package config

import (
	"path/filepath"
	"strings"
	"testing"
)

// FuzzLoad loads any file: the outcome is a sound configuration, or mistakes that each name the
// file in one line.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/bad/*.yaml", "testdata/good/*.yaml"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			src, err := readSmall(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(src))
		}
	}
	f.Chdir(f.TempDir())
	f.Fuzz(func(t *testing.T, src string) {
		write(t, "config.yaml", src)
		c, err := Load(Source{File: "config.yaml"})
		if err != nil {
			for line := range strings.Lines(err.Error()) {
				if !strings.HasPrefix(line, "config.yaml:") {
					t.Errorf("Load(%q) = %v, want the file in every line", src, err)
				}
			}
			return
		}
		if c.BaseURL.Host == "" || !strings.HasSuffix(c.SiteURL.Path, "/") {
			t.Errorf("Load(%q) = %+v, want it complete", src, c)
		}
	})
}
