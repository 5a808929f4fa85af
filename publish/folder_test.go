package publish

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFolder(t *testing.T) {
	testPlace(t, func(t *testing.T) (Target, look) {
		dir := filepath.Join(t.TempDir(), "made", "when needed")
		return Target{Folder: dir}, lookAtFolder(t, dir)
	})
}

func lookAtFolder(t *testing.T, dir string) look {
	return look{
		all: func() map[string]string {
			all := map[string]string{}
			err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				name, err := filepath.Rel(dir, path)
				if err != nil || name == manifestName {
					return err
				}
				text, err := os.ReadFile(path)
				all[filepath.ToSlash(name)] = string(text)
				return err
			})
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			return all
		},
		spoil: func(path, text string) {
			if err := os.WriteFile(filepath.Join(dir, path), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		},
		remove: func(path string) {
			if err := os.Remove(filepath.Join(dir, path)); err != nil {
				t.Fatal(err)
			}
		},
	}
}

// TestFolderOutside sees to it that no link leads feedmill out of the folder.
func TestFolderOutside(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	victim := filepath.Join(outside, "rss.xml")
	if err := os.WriteFile(victim, []byte("victim"), 0o644); err != nil {
		t.Fatal(err)
	}
	var s testSite
	if err := os.Symlink(outside, filepath.Join(dir, "archive")); err != nil {
		t.Fatal(err)
	}
	if _, err := once(t, Target{Folder: dir}, s.generation("a", "b")); err == nil {
		t.Error("a document is written through a link")
	}
	if err := os.Remove(filepath.Join(dir, "archive")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, filepath.Join(dir, "rss.xml")); err != nil {
		t.Fatal(err)
	}
	if _, err := once(t, Target{Folder: dir}, s.generation("a", "b")); err != nil {
		t.Error(err) // the link itself is replaced
	}
	entries, err := os.ReadDir(outside)
	text, _ := os.ReadFile(victim)
	if err != nil || len(entries) != 1 || string(text) != "victim" {
		t.Errorf("outside there are %v, %q, %v", entries, text, err)
	}
}

func TestFolderReadOnly(t *testing.T) {
	dir := t.TempDir()
	if os.Getuid() == 0 {
		dir = "/proc/feedmill" // where not even root can write
		if _, err := os.Stat("/proc/self"); err != nil {
			t.Skip("as root, and without /proc, there is no folder that can't be written to")
		}
	} else if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	var s testSite
	st, err := once(t, Target{Folder: dir}, s.generation("a"))
	if err == nil || st.Error == "" || st.Failures != 1 || st.Current || !strings.Contains(err.Error(), dir) {
		t.Errorf("into a read-only folder: %v, %+v", err, st)
	}
	if os.Getuid() != 0 && !strings.Contains(Hint(err), "write") {
		t.Errorf("hint %q", Hint(err))
	}
}

// TestFolderLeftovers removes what killed processes have left, when that is certain.
func TestFolderLeftovers(t *testing.T) {
	dir := t.TempDir()
	old, young := filepath.Join(dir, unfinished+"old"), filepath.Join(dir, unfinished+"young")
	for _, name := range []string{old, young} {
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ago := time.Now().Add(-2 * abandoned)
	if err := os.Chtimes(old, ago, ago); err != nil {
		t.Fatal(err)
	}
	var s testSite
	if _, err := once(t, Target{Folder: dir}, s.generation("a")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("of a killed process: %v", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Errorf("of another process: %v", err)
	}
}
