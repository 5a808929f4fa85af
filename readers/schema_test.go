package readers

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// judgeAtom asks two implementations of RELAX NG. trang writes the grammar in the syntax that
// xmllint reads.
func judgeAtom(t *testing.T, s *site) {
	grammar := filepath.Join(t.TempDir(), "atom.rng")
	command(t, "trang", "atom.rnc", grammar)
	files := s.saved("atom.xml")
	command(t, "jing", append([]string{"-c", "atom.rnc"}, files...)...)
	command(t, "xmllint", append([]string{"--nonet", "--noout", "--relaxng", grammar}, files...)...)
}

func judgeJSONFeed(t *testing.T, s *site) {
	command(t, "node", append([]string{"npm/jsonfeed.mjs"}, s.saved("feed.json")...)...)
}

// judgeOPML lets two readers import the list of feeds: both must find the same ones.
func judgeOPML(t *testing.T, s *site) {
	list := s.file("/opml.xml")
	parsed := strings.Fields(string(command(t, "node", "npm/opml.mjs", list)))

	n := newsboat{home: t.TempDir()}
	subscriptions := filepath.Join(n.home, "urls")
	if err := os.WriteFile(subscriptions, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	n.run(t, "--config-file", os.DevNull, "--import-from-opml", list)
	text, err := os.ReadFile(subscriptions)
	if err != nil {
		t.Fatal(err)
	}
	var imported []string
	for line := range bytes.Lines(text) {
		url, _, _ := strings.Cut(string(line), " ") // the names of groups follow
		imported = append(imported, strings.TrimSpace(url))
	}

	if len(parsed) < len(s.feeds) {
		t.Errorf("opmlparser finds %d feeds, want %d or more", len(parsed), len(s.feeds))
	}
	if diff := gocmp.Diff(parsed, imported); diff != "" {
		t.Errorf("opmlparser and newsboat differ (-opmlparser +newsboat):\n%s", diff)
	}
}
