package store

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"
)

var update = flag.Bool("update", false, "write the state file of this format, where there is none")

// TestFormats reads files that earlier versions have written. They are never written again.
func TestFormats(t *testing.T) {
	current := filepath.Join("testdata", fmt.Sprintf("format-%d.db", format))
	want := sample(20)
	if *update {
		if _, err := os.Stat(current); err != nil {
			dir := t.TempDir()
			s := mustOpen(t, dir)
			limited(t, 8, 4)
			older := sample(25) // of which the journal makes it
			older.Articles["posts/0003.md"] = &Article{ID: "urn:x:3"}
			delete(older.Articles, "posts/0004.md")
			commit(t, s, older)
			newer := Changes{Articles: maps.Clone(want.Articles)}
			for i := 20; i < 25; i++ {
				newer.Articles[fmt.Sprintf("posts/%04d.md", i)] = nil
			}
			commit(t, s, newer)
			s.Close()
			src, err := os.ReadFile(filepath.Join(dir, fileName))
			if err == nil {
				err = os.WriteFile(current, src, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	files, _ := filepath.Glob("testdata/format-*.db")
	if len(files) != format {
		t.Errorf("%d files of %d formats", len(files), format)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, fileName), src, 0o644); err != nil {
			t.Fatal(err)
		}
		have, err := mustOpen(t, dir).Load()
		if diff := cmp.Diff(State(want), have); diff != "" || err != nil {
			t.Errorf("Load of %s (-want +have): %v\n%s", file, err, diff)
		}
	}
}

// TestOlderFormats changes many articles of files of older formats: these are files of this format then.
func TestOlderFormats(t *testing.T) {
	limited(t, 8, 4)
	for n := 1; n < format; n++ {
		src, err := os.ReadFile(fmt.Sprintf("testdata/format-%d.db", n))
		if err != nil {
			t.Fatal(err)
		}
		for name, open := range map[string]func(dir, site string) (*Store, error){"open": Open, "visit": Visit} {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, fileName), src, 0o644); err != nil {
				t.Fatal(err)
			}
			s, err := open(dir, "content")
			if err != nil {
				t.Fatal(err)
			}
			var value []byte
			_ = s.db.View(func(tx *bolt.Tx) error {
				value, err = unseal(formatKey, slices.Clone(tx.Bucket(metaTable).Get(formatKey)))
				return err
			})
			if string(value) != fmt.Sprint(format) || err != nil {
				t.Errorf("format %d, %s: it is format %q, %v", n, name, value, err)
			}
			want := sample(20)
			commit(t, s, changed(0, 10, 1))
			maps.Copy(want.Articles, changed(0, 10, 1).Articles)
			holds(t, s, want.Articles)
			s.Close()
			holds(t, mustOpen(t, dir), want.Articles)
		}
	}
}
