package origin

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestKeys makes trees of keys that no file can have. Real servers refuse many of them, so the listing is
// made here, and the objects are.
func TestKeys(t *testing.T) {
	var all []object
	keys := []string{
		"a.md", "posts/b.md", "A.md", "飞/c.md", "two words.md",
		"../up.md", "x/../../up.md", "/etc/passwd", "//a.md", "x//y.md", "./a.md", "x/./y.md", ".", "..", "...", "x/..", "a\x00.md", "a\\b.md",
		".git/config", "x/.GIT/hooks/post-checkout", "clash", "clash/d.md", "clash.md/e.md", "clash.md", "full/",
		"\xff.md", "new\nline.md", strings.Repeat("n", 300), strings.Repeat("d/", 3000) + "f.md",
	}
	for _, key := range keys {
		all = append(all, object{name: key, etag: "e", size: int64(len("text")), modified: time.Unix(1700000000, 0)})
	}
	l := newListing(all)
	at := folder(filepath.Join(t.TempDir(), "deep", "deeper"))
	b := &bucket{at: at, listed: l}
	if err := at.make(); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(b.objects(), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, o := range l.objects {
		if err := os.WriteFile(b.object(o), []byte("text"), 0o444); err != nil {
			t.Fatal(err)
		}
	}
	e, err := b.export(t.Context(), l.revision)
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	base := at.tree(l.revision)
	err = filepath.WalkDir(base, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			have = append(have, strings.TrimPrefix(name, base+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"...", "A.md", "a.md", "clash/d.md", "clash.md/e.md", "new\nline.md", "posts/b.md", "two words.md", "飞/c.md"}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("files (-want +have):\n%s", diff)
	}
	if e.files != len(want) || len(e.leftOut) != len(keys)-len(want) {
		t.Errorf("%d files, left out %d of %d: %q", e.files, len(e.leftOut), len(keys), e.leftOut)
	}
	outside, err := os.ReadDir(filepath.Dir(filepath.Dir(string(at))))
	if err != nil || len(outside) != 1 {
		t.Errorf("beside the folder lies %v, %v", outside, err)
	}
}

// TestRevision wants another name for whatever a listing tells of an object, and the same in any order.
func TestRevision(t *testing.T) {
	now := time.Now()
	a, b := object{"a.md", "1", 1, now}, object{"b.md", "1", 1, now}
	same := newListing([]object{a, b}).revision
	if newListing([]object{b, a}).revision != same {
		t.Error("the order counts")
	}
	for _, other := range [][]object{
		{a}, {}, {a, b, b}, {a, {"c.md", "1", 1, now}}, {a, {"b.md", "2", 1, now}}, {a, {"b.md", "1", 2, now}}, {a, {"b.md", "1", 1, now.Add(time.Second)}},
	} {
		if newListing(other).revision == same {
			t.Errorf("%v is called what %v is", other, []object{a, b})
		}
	}
}
