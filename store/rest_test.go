package store

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLoadRest knows some of the articles before, and some as they are not kept. In the older format the records
// are others, and known all the same.
func TestLoadRest(t *testing.T) {
	files, _ := filepath.Glob("testdata/format-*.db")
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, fileName), src, 0o644); err != nil {
			t.Fatal(err)
		}
		s := mustOpen(t, dir)
		want, err := s.Load()
		if err != nil {
			t.Fatal(err)
		}
		known := map[string]Digest{"nowhere.md": {}}
		for i, path := range slices.Sorted(maps.Keys(want.Articles)) {
			a := *want.Articles[path]
			if i%3 == 0 {
				a.ID += "?"
			}
			if known[path] = a.Sum(); i%3 == 1 {
				delete(want.Articles, path)
			}
			if i%3 == 2 {
				delete(known, path)
			}
		}
		have, err := s.LoadRest(func(path []byte, sum Digest) bool {
			is, known := known[string(path)]
			return known && is == sum
		})
		if diff := cmp.Diff(want, have); diff != "" || err != nil {
			t.Errorf("%s (-want +have): %v\n%s", file, err, diff)
		}
		if again, err := s.Load(); err != nil || len(again.Articles) <= len(have.Articles) {
			t.Errorf("%s: %d articles of %d, %v", file, len(again.Articles), len(have.Articles), err)
		}
	}
}
