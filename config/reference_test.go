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
	if diff := cmp.Diff(want, got, compareZones); diff != "" {
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
