//go:build linux

package faults

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestD14Replicas runs two daemons on equal content: all else differs, and no reader can tell.
func TestD14Replicas(t *testing.T) {
	s := newSite(t, quiet, "setpriv")
	for i := range 60 {
		s.write(fmt.Sprintf("%d/a.md", i), fmt.Sprintf("---\ntitle: Title %d\ndate: 2024-%02d-%02d 23:30\ntags: [b%d, É, ß, İ]\nauthor: Ada\n---\nText %d.\n", i, 1+i%12, 1+i%28, i%7, i))
	}
	other := &site{T: t, dir: filepath.Join(s.dir, "other")}
	other.content = filepath.Join(other.dir, "content")
	s.sh("mkdir other; cp -r content config.yaml other; find other -exec touch -d 2001-02-03 {} +; chown -R 65532 other")
	s.start("", "export TZ=Pacific/Kiritimati LC_ALL=tr_TR.UTF-8 GOMAXPROCS=1")
	other.start("", `export TZ=America/New_York LC_ALL=C GOMAXPROCS=7; set -- setpriv --reuid 65532 --clear-groups "$@"`)
	// One of them has seen more than the other.
	s.write("0/a.md", article("In between", "Text."))
	s.untilFeed("In between")
	s.sh("cp -p other/content/0/a.md content/0/a.md")
	s.untilFeed("!In between")
	s.sh(program + " build --config config.yaml --out out")
	documents := 0
	err := filepath.WalkDir(filepath.Join(s.dir, "out"), func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		documents++
		path := strings.TrimPrefix(name, filepath.Join(s.dir, "out"))
		for _, what := range []string{"ETag", "Content-Type"} {
			if is, want := s.header(path, what), other.header(path, what); is != want || is == "" {
				t.Errorf("%s: %s is %q here and %q there", path, what, is, want)
			}
		}
		return nil
	})
	if err != nil || documents < 30 {
		t.Errorf("%d documents, %v", documents, err)
	}
	for _, at := range []*site{s, other} {
		if err := at.compare(filepath.Join(s.dir, "out")); err != nil {
			t.Error(err)
		}
	}
}

func (s *site) header(path, name string) string {
	s.Helper()
	resp, err := client.Head("http://" + s.addr + path)
	if err != nil {
		s.Fatal(err)
	}
	resp.Body.Close()
	return resp.Header.Get(name)
}
