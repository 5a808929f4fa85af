package config

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// TestReference holds the config.yaml that people read against the code: it loads, it names every
// key, and the lines that are commented out ("#key: value") change nothing.
func TestReference(t *testing.T) {
	text, err := readSmall("../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		if key, ok := strings.CutPrefix(line[len(indent):], "#"); ok && !strings.HasPrefix(key, " ") {
			line = indent + key
		}
		lines = append(lines, line)
	}
	all := strings.Join(lines, "")

	t.Chdir(t.TempDir())
	write(t, "config.yaml", string(text))
	want := load(t, Source{File: "config.yaml"})
	write(t, "config.yaml", all)
	got := load(t, Source{File: "config.yaml"})
	if diff := cmp.Diff(want, got, compareValues); diff != "" {
		t.Errorf("config.yaml with its comments made keys (-want +got):\n%s", diff)
	}

	root, err := parse([]byte(all))
	if err != nil {
		t.Fatal(err)
	}
	l := newLoader(defaults(""))
	known := slices.Concat(l.keys, l.sections)
	slices.Sort(known)
	if diff := cmp.Diff(slices.Compact(known), keys("", root)); diff != "" {
		t.Errorf("keys of config.yaml (-want +got):\n%s", diff)
	}
}

// keys is every key in a map and the maps below it, dotted and sorted.
func keys(prefix string, n *yaml.Node) []string {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	var all []string
	for pair := range slices.Chunk(n.Content, 2) {
		key := prefix + pair[0].Value
		all = append(all, key)
		all = append(all, keys(key+".", pair[1])...)
	}
	slices.Sort(all)
	return all
}

// TestFill makes configurations of the reference: one of nothing is the defaults, one with values is
// those beside them.
func TestFill(t *testing.T) {
	text, err := readSmall("../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	write(t, "none.yaml", "")
	write(t, "config.yaml", string(Fill(text, "Of nothing.", nil)))
	want, got := load(t, Source{File: "none.yaml"}), load(t, Source{File: "config.yaml"})
	want.File = got.File
	if diff := cmp.Diff(want, got, compareValues); diff != "" {
		t.Errorf("Fill with nothing (-defaults +got):\n%s", diff)
	}

	filled := string(Fill(text, "Made of\ntwo lines.", map[string]string{
		"title": `"A: b"`, "author.name": "Ada", "feeds.for": "{site: {limit: 7}}", "watch.mode": "poll",
	}))
	write(t, "config.yaml", filled)
	want.Title, want.Author.Name, want.Watch.Mode = "A: b", "Ada", "poll"
	want.Feeds.For = map[string]Feed{"": {Limit: 7}}
	if diff := cmp.Diff(want, load(t, Source{File: "config.yaml"}), compareValues); diff != "" {
		t.Errorf("Fill (-want +got):\n%s", diff)
	}
	if head := "# Made of\n# two lines.\n#\n# A key"; !strings.HasPrefix(filled, head) {
		t.Errorf("Fill begins with %.60q, want %q", filled, head)
	}
}
