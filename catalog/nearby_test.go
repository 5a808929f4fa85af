package catalog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tangled makes a content folder with links of all kinds, and returns its path.
func tangled(t *testing.T) string {
	t.Helper()
	top := t.TempDir()
	dir := filepath.Join(top, "content")
	for name, text := range map[string]string{
		"outside.md": "outside", "outside/a.md": "outside", "content/a.md": "1", "content/posts/a.md": "2", "content/posts/b.md": "3",
		"content/posts/2026/a.md": "4", "content/..v1/a.md": "5", "content/..v1/sub/a.md": "6",
	} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(top, name)), 0o755), os.WriteFile(filepath.Join(top, name), []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{
		"posts/beside.md": "b.md", "posts/above.md": "../a.md", "posts/below.md": "2026/a.md", "posts/out.md": "../../outside.md",
		"posts/absolute.md": filepath.Join(top, "outside.md"), "posts/nowhere.md": "gone.md", "posts/loop.md": "loop.md",
		"..data": "..v1", "a2.md": "..data/a.md", "sub": "..data/sub", "out": "../outside", "posts/2026/round": "..",
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestListing holds a listing against that of the standard library.
func TestListing(t *testing.T) {
	dir := tangled(t)
	for i := range 200 { // for more than one core
		if err := os.WriteFile(filepath.Join(dir, "posts", fmt.Sprintf("%d.md", i)), make([]byte, i), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	type entry struct {
		Name string
		Type fs.FileMode
		Info stamp
	}
	list := func(fsys fs.FS, name string) (all []entry, why string) {
		entries, err := fs.ReadDir(fsys, name)
		for _, d := range entries {
			fi, err := d.Info()
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, entry{d.Name(), d.Type(), newStamp(fi)})
		}
		return all, reason(err)
	}
	for _, name := range []string{
		".", "posts", "posts/2026", "posts/2026/round", "..data", "..data/sub", "sub", "out", "gone", "a.md", "posts/loop.md", "posts/nowhere.md",
	} {
		want, why := list(root.FS(), name)
		have, whyNot := list(rootFS{root}, name)
		if diff := cmp.Diff(want, have, cmp.AllowUnexported(stamp{})); diff != "" || why != whyNot {
			t.Errorf("%s: error %q, want %q (-want +have):\n%s", name, whyNot, why, diff)
		}
	}
}

// TestNearby asks a root and one for files side by side for the same, in any order.
func TestNearby(t *testing.T) {
	dir := tangled(t)
	var names []string
	for _, folder := range []string{"", "posts/", "posts/2026/", "posts/2026/round/", "..data/", "sub/", "out/", "gone/", "a.md/"} {
		for _, name := range []string{
			"a.md", "b.md", "a2.md", "beside.md", "above.md", "below.md", "out.md", "absolute.md", "nowhere.md", "loop.md", "2026", "gone.md",
		} {
			names = append(names, folder+name)
		}
	}
	root, err := Dir(dir)()
	if err != nil {
		t.Fatal(err)
	}
	defer root.(io.Closer).Close()
	side, leave := near(root)
	defer leave()
	for range 5000 {
		name := names[rand.N(len(names))]
		for range 1 + rand.N(3) { // the folder is opened for the second
			if diff := cmp.Diff(told(root, name), told(side, name), cmp.AllowUnexported(stamp{})); diff != "" {
				t.Fatalf("%s (-root +side):\n%s", name, diff)
			}
			name = filepath.Join(filepath.Dir(name), filepath.Base(names[rand.N(len(names))]))
		}
	}
}

// told is all that a file system tells of a name.
func told(fsys fs.FS, name string) map[string]any {
	is := map[string]any{}
	if fi, err := fs.Lstat(fsys, name); err != nil {
		is["no lstat"] = reason(err)
	} else {
		is["lstat"], is["mode"] = newStamp(fi), fi.Mode()
	}
	f, err := fsys.Open(name)
	if err != nil {
		is["no file"] = reason(err)
		return is
	}
	defer f.Close()
	if fi, err := f.Stat(); err == nil {
		is["stat"] = newStamp(fi)
	}
	b, err := io.ReadAll(f)
	is["text"], is["unread"] = string(b), reason(err)
	return is
}

// reason is err without the operation and the path.
func reason(err error) string {
	if err == nil {
		return ""
	}
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err
	}
	return err.Error()
}
