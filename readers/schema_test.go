package readers

import (
	"bytes"
	"fmt"
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
	command(t, "jing", append([]string{"-c", "atom.rnc"}, withReferences(t, files)...)...)
	command(t, "xmllint", append([]string{"--nonet", "--noout", "--relaxng", grammar}, files...)...)
}

// withReferences copies documents, with references for characters of four bytes: where one lies
// across the end of its buffer, the decoder of Xerces, which jing uses, takes it for bad UTF-8.
func withReferences(t *testing.T, files []string) []string {
	dir := t.TempDir()
	var copies []string
	for i, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, r := range string(src) {
			if r > 0xffff {
				fmt.Fprintf(&b, "&#x%X;", r)
			} else {
				b.WriteRune(r)
			}
		}
		name := filepath.Join(dir, fmt.Sprintf("%d.xml", i))
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		copies = append(copies, name)
	}
	return copies
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
