// Package readers shows what feedmill serves to software of other people: feed readers, parsers and
// validators. It builds the real program, lets it serve real sites, and asks that every reader see
// the same entries. README.md says who reads, and how they are installed.
//
// All of it is skipped unless the environment variable FEEDMILL_READERS is set: to 1, and whoever is
// not installed is skipped; to all, and their absence is a failure.
package readers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A judge looks at a whole site.
type judge struct {
	name  string
	needs []string // programs, or files in this folder
	judge func(*testing.T, *site)
}

var judges = []judge{
	{"conditional requests", nil, judgeConditional},
	{"history", nil, judgeHistory},
	{"atom grammar", []string{"jing", "trang", "xmllint"}, judgeAtom},
	{"jsonfeed schema", []string{"node", "npm/node_modules"}, judgeJSONFeed},
	{"opml", []string{"node", "npm/node_modules", "newsboat"}, judgeOPML},
	{"gofeed", nil, readGofeed},
	{"feedparser", []string{"python3"}, readFeedparser},
	{"npm", []string{"node", "npm/node_modules"}, readNPM},
	{"sfeed", []string{"sfeed"}, readSfeed},
	{"rss2email", []string{"r2e"}, readRSS2Email},
	{"newsboat", []string{"newsboat", "sqlite3"}, readNewsboat},
}

// What the program serves beyond feeds, and so what the judges may ask for.
const (
	hasArchives = true // RFC 5005: all entries can be reached from the head feed
	hasDeltas   = true // RFC 3229: "A-IM: feed" is answered with what is new
	hasLinks    = true // RFC 8288: Link headers name the feed itself, its page and its hub
)

func TestReaders(t *testing.T) {
	needReaders(t)
	program := build(t)
	for _, o := range sites(t) {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, program, o)
			for _, j := range judges {
				t.Run(j.name, func(t *testing.T) {
					need(t, j.needs...)
					j.judge(t, s)
				})
			}
		})
	}
}

func TestDelta(t *testing.T) {
	needReaders(t)
	if !hasDeltas {
		t.Skip("deltas are not served")
	}
	need(t, "newsboat", "sqlite3")
	// Of a copy, since articles come in.
	content := t.TempDir()
	if err := os.CopyFS(content, os.DirFS("testdata/newsroom")); err != nil {
		t.Fatal(err)
	}
	s := serve(t, build(t), options{"delta", []string{"--content", content}})
	judgeDelta(t, s, content)
}

// sites are the sample, a newsroom's archive in small, and each folder in the one that the variable
// FEEDMILL_CORPORA names.
func sites(t *testing.T) []options {
	all := []options{
		{"sample", []string{"--config", abs(t, "../config.yaml")}},
		{"newsroom", []string{"--content", abs(t, "testdata/newsroom")}},
	}
	if corpora := os.Getenv("FEEDMILL_CORPORA"); corpora != "" {
		entries, err := os.ReadDir(corpora)
		if err != nil {
			t.Fatalf("FEEDMILL_CORPORA: %v", err)
		}
		for _, e := range entries {
			if e.IsDir() {
				all = append(all, options{e.Name(), []string{"--content", abs(t, filepath.Join(corpora, e.Name()))}})
			}
		}
	}
	return all
}

func needReaders(t *testing.T) {
	t.Helper()
	switch v := os.Getenv("FEEDMILL_READERS"); v {
	case "":
		t.Skip("FEEDMILL_READERS is not set: see README.md of this folder")
	case "1", "all":
	default:
		t.Fatalf("FEEDMILL_READERS: want 1 or all, have %q", v)
	}
}

// need skips the test unless all of them are installed: programs, or files in this folder.
func need(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		_, err := os.Stat(name)
		if err != nil {
			_, err = exec.LookPath(name)
		}
		if err != nil {
			missing(t, name)
		}
	}
}

func missing(t *testing.T, name string) {
	t.Helper()
	reason := fmt.Sprintf("%s is not installed: see install.sh", name)
	if os.Getenv("FEEDMILL_READERS") == "all" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

func abs(t *testing.T, path string) string {
	t.Helper()
	p, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
