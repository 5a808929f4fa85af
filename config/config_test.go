package config

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var update = flag.Bool("update", false, "rewrite the golden files of testdata")

// TestBad loads every testdata/bad/*.yaml. Beside each stands the exact error, as *.err.
func TestBad(t *testing.T) {
	t.Chdir("testdata/bad")
	for _, name := range fixtures(t) {
		t.Run(name, func(t *testing.T) {
			_, err := Load(Source{File: name})
			if err == nil {
				t.Fatalf("Load(%q) succeeds, want an error", name)
			}
			golden(t, name, ".err", err.Error()+"\n")
		})
	}
}

// TestGood loads every testdata/good/*.yaml. Beside each stands, as *.want, what differs from a
// configuration without a file.
func TestGood(t *testing.T) {
	t.Chdir("testdata/good")
	plain := fields(load(t, Source{}))
	for _, name := range fixtures(t) {
		t.Run(name, func(t *testing.T) {
			var got strings.Builder
			for i, line := range fields(load(t, Source{File: name})) {
				if line != plain[i] {
					got.WriteString(line + "\n")
				}
			}
			golden(t, name, ".want", got.String())
		})
	}
}

func fixtures(t *testing.T) []string {
	names, err := filepath.Glob("*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	return names
}

func golden(t *testing.T, fixture, ending, got string) {
	t.Helper()
	name := strings.TrimSuffix(fixture, ".yaml") + ending
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("Load(%q) (-want +got):\n%s", fixture, diff)
	}
}

// fields lists a configuration as lines such as "Server.Listen: :8080".
func fields(c *Config) []string {
	var lines []string
	var list func(prefix string, v reflect.Value)
	list = func(prefix string, v reflect.Value) {
		if v.Kind() != reflect.Struct {
			lines = append(lines, fmt.Sprintf("%s: %v", prefix[1:], v))
			return
		}
		for field, value := range v.Fields() {
			if field.IsExported() {
				list(prefix+"."+field.Name, value)
			}
		}
	}
	list("", reflect.ValueOf(*c))
	return lines
}

func load(t *testing.T, s Source) *Config {
	t.Helper()
	c, err := Load(s)
	if err != nil {
		t.Fatalf("Load(%+v): %v", s, err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	t.Chdir(t.TempDir())
	localhost := &url.URL{Scheme: "http", Host: "localhost:8080", Path: "/"}
	want := &Config{
		Assumed: []string{"base_url is not set: assuming http://localhost:8080/"},
		BaseURL: localhost,
		SiteURL: localhost,
		State:   ".feedmill",
		Content: Content{
			Dir: "content", Preset: "auto", IDs: "permalink", Taxonomies: []string{"categories", "tags"}, Limits: Limits{
				FileSize: 4194304, FrontMatter: 65536, Keys: 1000, Depth: 32, Terms: 500, Render: 500 * time.Millisecond,
			},
			Git:    Git{Interval: time.Minute, Size: 1 << 30},
			Bucket: Bucket{Interval: time.Minute, Size: 1 << 30},
		},
		Feeds: Feeds{
			Limit: 20, Content: "full", Formats: []string{"rss", "atom", "json"}, Title: ":term – :site", Minimum: 1, Archive: true, Tombstones: 720 * time.Hour,
			Taxonomies: []string{"categories", "tags"},
		},
		Server: Server{Listen: ":8080", Admin: "127.0.0.1:8081", Cache: 67108864},
		Watch: Watch{
			Mode: "auto", Settle: 100 * time.Millisecond, Reconcile: 60 * time.Second, DeleteGrace: 30 * time.Second,
		},
	}
	for _, s := range []Source{{}, {File: "config.yaml"}} {
		if diff := cmp.Diff(want, load(t, s), compareValues); diff != "" {
			t.Errorf("Load(%+v) (-want +got):\n%s", s, diff)
		}
	}
}

// compareValues compares what configurations say, not where they say it.
var compareValues = cmp.Options{
	cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }),
	cmpopts.IgnoreUnexported(Config{}),
}

func TestUnreadable(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "large.yaml", strings.Repeat("#", maxFile+1))
	for _, test := range []struct {
		source Source
		want   string
	}{
		{
			Source{File: "config.yaml", Required: true},
			"open config.yaml: no such file or directory",
		},
		{Source{File: "large.yaml"}, "large.yaml: larger than 1 MiB"},
		{Source{File: "."}, "read .: is a directory"},
	} {
		_, err := Load(test.source)
		if err == nil || err.Error() != test.want {
			t.Errorf("Load(%+v) = %v, want %s", test.source, err, test.want)
		}
	}
	if _, err := Load(Source{File: "config.yaml", Required: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load of a missing file = %v, want it to be %v", err, fs.ErrNotExist)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
