package store

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// readFiles is all that is known of files under the key, or nil.
func readFiles(t *testing.T, s *Store, key [32]byte) []byte {
	t.Helper()
	r := s.OpenFiles(key)
	if r == nil {
		return nil
	}
	defer r.Close()
	known, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return known
}

func TestFiles(t *testing.T) {
	dir, key, known := t.TempDir(), [32]byte{1}, bytes.Repeat([]byte("known"), 1000)
	s := mustOpen(t, dir)
	if have := readFiles(t, s, key); have != nil {
		t.Errorf("OpenFiles of an empty folder = %q", have)
	}
	written := s.Written()
	for _, site := range []string{"content", "other"} {
		if err := s.Of(site).WriteFiles(key, func(w io.Writer) error {
			_, err := w.Write(append(known, site...))
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if s.Written() < written+2 {
		t.Error("Written does not tell of files")
	}
	if have := readFiles(t, s, key); string(have) != string(known)+"content" {
		t.Errorf("OpenFiles = %d bytes", len(have))
	}
	if have := readFiles(t, s, [32]byte{2}); have != nil {
		t.Error("OpenFiles under another key gives something")
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
			if have := readFiles(t, s, key); have != nil {
				t.Errorf("damaged at byte %d, OpenFiles gives %d bytes", at, len(have))
			}
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "files-*")); len(left) != 2 {
		t.Errorf("files %v are left, want 2", left)
	}
}
