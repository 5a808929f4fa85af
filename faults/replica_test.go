//go:build linux

package faults

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"feedmill/internal/pgserver"
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

// TestMoveIn takes a site from its state folder to a database: no reader sees it, nor which of two replicas
// he asks from then on.
func TestMoveIn(t *testing.T) {
	s := newKeeping(t, quick)
	s.write("a/old.md", article("Moves", "The one that moves."))
	s.start("", "")
	s.write("undated.md", "---\ntitle: Undated\n---\nText.\n")
	s.untilFeed("Undated")
	s.sh("mv content/a/old.md content/a/new.md")
	s.write("first.md", article("First", "Edited."))
	s.untilFeed("Edited.")
	s.untilFeed("https://example.org/a/new/")
	all := func(s *site) string {
		return s.feed() + s.header("/atom.xml", "ETag") + s.header("/atom.xml", "Last-Modified")
	}
	s.until("the change is over", func() error { // until then it has no date
		if s.header("/atom.xml", "Last-Modified") == "" {
			return errors.New("no Last-Modified")
		}
		return nil
	})
	want := all(s)
	s.end()

	server := pgserver.New(t)
	config, err := os.ReadFile(s.config())
	if err == nil {
		err = os.WriteFile(s.config(), append(config, "store: "+server.URL()+"\n"...), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.sh("mkdir other; cp -r content config.yaml other")
	other := &site{T: t, dir: filepath.Join(s.dir, "other")}
	other.content = filepath.Join(other.dir, "content")
	for i, at := range []*site{s, other, s} {
		at.start("", "")
		if i == 0 {
			at.untilLog("taken over")
		}
		if diff := cmp.Diff(want, all(at)); diff != "" {
			t.Errorf("with the database (-before +after):\n%s", diff)
		}
		at.end()
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
