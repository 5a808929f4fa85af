package store

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestFiles(t *testing.T) {
	dir, key, known := t.TempDir(), [32]byte{1}, bytes.Repeat([]byte("known"), 1000)
	s := mustOpen(t, dir)
	if have := s.ReadFiles(key); have != nil {
		t.Errorf("ReadFiles of an empty folder = %q", have)
	}
	for _, site := range []string{"content", "other"} {
		if err := s.Of(site).WriteFiles(key, func(w io.Writer) error {
			_, err := w.Write(append(known, site...))
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if have := s.ReadFiles(key); string(have) != string(known)+"content" {
		t.Errorf("ReadFiles = %d bytes", len(have))
	}
	if have := s.ReadFiles([32]byte{2}); have != nil {
		t.Error("ReadFiles under another key gives something")
	}
	file := s.filesName()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(src); at += 97 {
		damaged := bytes.Clone(src)
		damaged[at] ^= 4
		for _, bad := range [][]byte{damaged, src[:at]} {
			if err := os.WriteFile(file, bad, 0o644); err != nil {
				t.Fatal(err)
			}
			if have := s.ReadFiles(key); have != nil {
				t.Errorf("damaged at byte %d, ReadFiles gives %d bytes", at, len(have))
			}
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "files-*")); len(left) != 2 {
		t.Errorf("files %v are left, want 2", left)
	}
}
