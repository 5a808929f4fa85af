package feedmill_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport states which of the project's packages a stage may use: the pipeline of
// docs/ARCHITECTURE.md, with no way back.
var mayImport = map[string][]string{
	"watcher":        {},
	"article":        {"internal/record", "internal/yamlerror"},
	"preset":         {"article", "internal/yamlerror"},
	"config":         {"internal/yamlerror"},
	"store":          {"internal/record", "internal/statefile"},
	"store/postgres": {"internal/pgpool", "store"},
	"catalog":        {"article", "internal/record", "store"},
	"feed":           {"article", "catalog"},
	"page":           {"article", "catalog", "feed"},
	"server":         {"article", "catalog", "feed", "page"},
	"hub":            {},
	"hub/local":      {"hub", "internal/statefile"},
	"hub/postgres":   {"hub", "internal/pgpool"},
	"origin":         {"internal/s3"},
	"publish":        {"internal/s3"},
	"cmd/feedmill":   {"article", "catalog", "config", "feed", "hub", "hub/local", "hub/postgres", "internal/statefile", "origin", "page", "preset", "publish", "server", "store", "store/postgres", "watcher"},
}

// testsOnly states which folders hold nothing but tests, so that no stage can import them, and why.
var testsOnly = map[string]string{
	"readers": "shows the built program to readers of other people, by HTTP alone",
	"browser": "shows the built program to a browser, by HTTP alone",
}

// livesIn states the one stage that may use a third party's module, and why it is only one.
var livesIn = map[string]struct {
	stages []string
	why    string
}{
	"github.com/fsnotify/fsnotify":          {[]string{"watcher"}, "events are hints, and nobody else may build on them"},
	"github.com/yuin/goldmark":              {[]string{"article"}, "only there is Markdown"},
	"github.com/yuin/goldmark-emoji":        {[]string{"article"}, "emoji are named in articles alone"},
	"github.com/microcosm-cc/bluemonday":    {[]string{"article"}, "what leaves it is clean, so that nobody needs to clean again"},
	"github.com/pelletier/go-toml":          {[]string{"article", "preset"}, "front matter and generators' configurations, nothing else, are TOML"},
	"gopkg.in/yaml.v3":                      {[]string{"article", "config", "preset"}, "front matter and configurations, nothing else, are YAML"},
	"go.etcd.io/bbolt":                      {[]string{"store", "hub/local"}, "what outlives a run is in one place, and subscriptions in another, which few sites have"},
	"github.com/jackc/pgx":                  {[]string{"hub/postgres", "store/postgres"}, "a database is one way to keep things, and no other part's business"},
	"github.com/gorilla/feeds":              {[]string{"feed"}, "documents are written in one place"},
	"github.com/prometheus/client_golang":   {[]string{"server"}, "figures are told by HTTP alone"},
	"github.com/klauspost/compress":         {[]string{"server"}, "only answers are coded"},
	"github.com/andybalholm/brotli":         {[]string{"server"}, "only answers are coded"},
	"github.com/KimMachineGun/automemlimit": {[]string{"cmd/feedmill"}, "limits are those of the process"},
	"github.com/mmcdole/gofeed":             {[]string{"cmd/feedmill"}, "feeds of others are read only to compare them"},
	"github.com/coreos/go-systemd":          {[]string{"cmd/feedmill"}, "only the process has a service manager"},
	"github.com/spf13/cobra":                {[]string{"cmd/feedmill"}, "only the program has a command line"},
	"github.com/schollz/progressbar":        {[]string{"cmd/feedmill"}, "only the program has a terminal"},
	"github.com/minio/minio-go":             {[]string{"origin", "publish"}, "buckets are read in one place, and written in another"},
	"net/http":                              {[]string{"server", "hub", "publish", "origin", "cmd/feedmill"}, "the stages before the server know no requests"},
	"os":                                    {[]string{"watcher", "config", "preset", "catalog", "store", "publish", "origin", "cmd/feedmill"}, "article, feed, server and hub open no files"},
	"golang.org/x/text/language":            {[]string{"article", "config", "preset", "page"}, "languages are checked where they are read, and named where people are"},
	"github.com/maypok86/otter":             {[]string{"feed", "server"}, "caches stand where things are made"},
}

func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		stage := strings.TrimPrefix(p.ImportPath, "feedmill/")
		if why, ok := testsOnly[stage]; ok {
			if len(p.GoFiles) > 0 {
				t.Errorf("%s %s, but has %s: files that are no tests", stage, why, p.GoFiles)
			}
			continue
		}
		allowed, known := mayImport[stage]
		if !known {
			if stage != "feedmill" && stage != "faults" && stage != "hub/storetest" && stage != "store/storetest" && !strings.HasPrefix(stage, "internal/") { // faults only tests, storetest is for tests
				t.Errorf("%s is no stage that this test knows", stage)
			}
			continue
		}
		for _, imp := range p.Imports {
			if own, ok := strings.CutPrefix(imp, "feedmill/"); ok {
				if !slices.Contains(allowed, own) {
					t.Errorf("%s imports %s, which is not before it in the pipeline", stage, own)
				}
				continue
			}
			for prefix, rule := range livesIn {
				if (imp == prefix || strings.HasPrefix(imp, prefix+"/") && strings.Contains(prefix, ".")) && !slices.Contains(rule.stages, stage) {
					t.Errorf("%s imports %s: %s", stage, imp, rule.why)
				}
			}
		}
	}
}

type goPackage struct {
	ImportPath string
	GoFiles    []string // without those of tests
	Imports    []string
}

func packages(t *testing.T) []goPackage {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,GoFiles,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var ps []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return ps
		}
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
}
