package config

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// env makes a lookup of "NAME=value" texts.
func env(variables ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, v := range variables {
			if text, ok := strings.CutPrefix(v, name+"="); ok {
				return text, true
			}
		}
		return "", false
	}
}

func flags(title string) []Override {
	return []Override{{Key: "title", Name: "--title", Value: title}}
}

func TestPrecedence(t *testing.T) {
	t.Chdir(t.TempDir())
	const inFile = "title: file\nbase_url: https://example.org\n"
	for _, test := range []struct {
		name   string
		file   string
		source Source
		want   string // title
	}{
		{"default", "base_url: https://example.org\n", Source{}, ""},
		{"file over default", inFile, Source{}, "file"},
		{"variable over file", inFile, Source{Env: env("FEEDMILL_TITLE=variable")}, "variable"},
		{"flag over variable", inFile, Source{Env: env("FEEDMILL_TITLE=variable"), Flags: flags("flag")}, "flag"},
		{"flag over file", inFile, Source{Flags: flags("flag")}, "flag"},
		{"empty variable", inFile, Source{Env: env("FEEDMILL_TITLE=")}, "file"},
		{"empty flag", inFile, Source{Env: env("FEEDMILL_TITLE=variable"), Flags: flags(" ")}, "variable"},
		{"mistake overridden", "title: [file]\n", Source{Flags: flags("flag")}, "flag"},
	} {
		write(t, "config.yaml", test.file)
		test.source.File = "config.yaml"
		if got := load(t, test.source).Title; got != test.want {
			t.Errorf("%s: title = %q, want %q", test.name, got, test.want)
		}
	}
}

// TestListen says that the address is found whatever else is wrong.
func TestListen(t *testing.T) {
	t.Chdir(t.TempDir())
	variable := env("FEEDMILL_LISTEN=:9001")
	flag := []Override{{Key: "server.listen", Name: "--listen", Value: ":9002"}}
	for _, test := range []struct {
		name, file string
		source     Source
		want, err  string
	}{
		{"default", "", Source{}, ":8080", ""},
		{"file with mistakes", "titel: Pond\nserver: {listen: ':9000', admin: 1}\nfeeds: {limit: 0}\n", Source{}, ":9000", ""},
		{"no YAML", "server: {listen: ':9000'\n", Source{}, ":8080", ""},
		{"variable over no YAML", "server: {listen: ':9000'\n", Source{Env: variable}, ":9001", ""},
		{"flag over variable", "titel: Pond\n", Source{Env: variable, Flags: flag}, ":9002", ""},
		{"mistake in it", "server: {listen: '9000'}\n", Source{}, ":8080", `config.yaml:1: server.listen: want host:port such as :8080, have "9000"`},
		{"mistake overridden", "server: {listen: '9000'}\n", Source{Flags: flag}, ":9002", ""},
	} {
		write(t, "config.yaml", test.file)
		test.source.File = "config.yaml"
		got, err := Listen(test.source)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if got != test.want || text != test.err {
			t.Errorf("%s: Listen = %q, %v, want %q, %s", test.name, got, err, test.want, test.err)
		}
	}
	if got, err := Listen(Source{File: "missing.yaml", Required: true, Env: variable}); got != ":9001" || err != nil {
		t.Errorf("without a file: Listen = %q, %v", got, err)
	}
}

// TestVariables says which fields each variable changes.
func TestVariables(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "config.yaml", "title: Pond\nbase_url: https://example.org\nauthor: {name: Ada, url: https://example.org/ada}\n")
	plain := fields(load(t, Source{File: "config.yaml"}))
	for _, test := range []struct {
		variables []string
		want      []string
	}{
		{[]string{"FEEDMILL_BASE_URL=https://example.net"}, []string{"BaseURL: https://example.net/", "SiteURL: https://example.net/"}},
		{[]string{"FEEDMILL_SITE_URL=https://example.net"}, []string{"SiteURL: https://example.net/"}},
		{[]string{"FEEDMILL_STATE=none"}, []string{"State: "}},
		{[]string{"FEEDMILL_CONTENT=a"}, []string{"Content.Dir: a"}},
		{[]string{"FEEDMILL_CONTENT_DIR=b", "FEEDMILL_CONTENT=a"}, []string{"Content.Dir: b"}},
		{[]string{"FEEDMILL_CONTENT_TAXONOMIES= tags, series "}, []string{"Content.Taxonomies: [tags series]", "Feeds.Taxonomies: [tags series]"}},
		{[]string{"FEEDMILL_FEEDS_HUBS=https://hub.example/"}, []string{"Feeds.Hubs: [https://hub.example/]"}},
		{[]string{"FEEDMILL_STORE=postgres://db.example/x"}, []string{"Store: postgres://db.example/x", "Hub.Store: postgres://db.example/x"}},
		{[]string{"FEEDMILL_STORE=postgres://db.example/x", "FEEDMILL_HUB_STORE=bbolt"}, []string{"Store: postgres://db.example/x"}},
		{[]string{"FEEDMILL_CONTENT_LIMITS_FILE_SIZE=1MB"}, []string{"Content.Limits.FileSize: 1000000"}},
		{[]string{"FEEDMILL_FEEDS_FORMATS=json"}, []string{"Feeds.Formats: [json]"}},
		{[]string{"FEEDMILL_FEEDS_FOR={tags: {limit: 7}}"}, []string{"Feeds.For: map[tags:{7  []  0 map[]}]"}},
		{[]string{"FEEDMILL_PUBLISH=[{folder: /srv/feeds}]"}, []string{"Publish: [{/srv/feeds     false    false {    }}]"}},
		{[]string{"FEEDMILL_CONTENT_FIELDS={summary: [lede, dek]}"}, []string{"Content.Fields: map[summary:[lede dek]]"}},
		{[]string{"FEEDMILL_CONTENT_PERMALINK={posts: '/:slug/'}"}, []string{"Content.Permalinks: map[posts:/:slug/]"}},
		{[]string{"FEEDMILL_LISTEN=:1", "FEEDMILL_PORT=tcp://10.0.0.1:8080"}, []string{"Server.Listen: :1"}},
		{[]string{"FEEDMILL_ADMIN=none"}, []string{"Server.Admin: "}},
		{[]string{"FEEDMILL_SERVER_ADMIN=localhost:1"}, []string{"Server.Admin: localhost:1"}},
		{[]string{"FEEDMILL_SERVER_ADMIN_TOKEN=wheel"}, []string{"Server.AdminToken: wheel"}},
		{[]string{"FEEDMILL_WATCH_DELETE_GRACE=1m"}, []string{"Watch.DeleteGrace: 1m0s"}},
		{[]string{"FEEDMILL_AUTHOR_NAME=Ben"}, []string{"Author.Name: Ben"}},
		{
			[]string{"FEEDMILL_AUTHOR=Ben <ben@example.org>"},
			[]string{"Author.Name: Ben", "Author.Email: ben@example.org", "Author.URL: "},
		},
		{
			[]string{"FEEDMILL_AUTHOR_NAME=Cy", "FEEDMILL_AUTHOR=Ben <ben@example.org>"},
			[]string{"Author.Name: Cy", "Author.Email: ben@example.org", "Author.URL: "},
		},
	} {
		var got []string
		for i, line := range fields(load(t, Source{File: "config.yaml", Env: env(test.variables...)})) {
			if line != plain[i] {
				got = append(got, line)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("Load with %q (-want +got):\n%s", test.variables, diff)
		}
	}
}

func TestMistakesOutsideOfTheFile(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "config.yaml", "feeds:\n  limit: 0\n")
	_, err := Load(Source{
		File: "config.yaml",
		Env:  env("FEEDMILL_TIMEZONE=Mars", "FEEDMILL_ADMIN=:8081", "FEEDMILL_FEEDS_FORMATS=rss,pdf", "FEEDMILL_FEEDS_FOR={tags: {limit: many}}", "FEEDMILL_PUBLISH=[{folder: a}"),
		Flags: []Override{
			{Key: "server.listen", Name: "--listen", Value: "localhost"},
			{Key: "server.colour", Name: "--colour", Value: "blue"},
		},
	})
	want := `FEEDMILL_FEEDS_FORMATS: want rss, atom or json, have "pdf"
FEEDMILL_PUBLISH: not YAML: a list that begins with [ is not closed, or a comma is missing
--colour: no such key: server.colour
--listen: want host:port such as :8080, have "localhost"
FEEDMILL_TIMEZONE: unknown time zone "Mars"
FEEDMILL_ADMIN: ":8081" is open to other machines and needs a token: set server.admin_token_file
FEEDMILL_FEEDS_FOR:1: feeds.for.tags.limit: want a whole number from 1 to 1000, have "many"
config.yaml:2: feeds.limit: want a whole number from 1 to 1000, have "0"`
	if err == nil {
		t.Fatalf("Load succeeds, want\n%s", want)
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("Load (-want +got):\n%s", diff)
	}
}

func TestRelativePaths(t *testing.T) {
	t.Chdir(t.TempDir())
	folder := t.TempDir()
	file := filepath.Join(folder, "config.yaml")
	for _, test := range []struct {
		text           string
		source         Source
		content, state string
	}{
		{"", Source{}, filepath.Join(folder, "content"), filepath.Join(folder, ".feedmill")},
		{"content: {dir: ../posts}\nstate: /state\n", Source{}, filepath.Join(folder, "../posts"), "/state"},
		{"content: {dir: posts}\n", Source{Env: env("FEEDMILL_CONTENT=a/../b", "FEEDMILL_STATE=./c")}, "b", "c"},
		{"content: {dir: .}\nstate: .state/v1\n", Source{}, folder, filepath.Join(folder, ".state/v1")},
	} {
		write(t, file, test.text)
		test.source.File = file
		c := load(t, test.source)
		if c.Content.Dir != test.content || c.State != test.state {
			t.Errorf("Load(%q): content %q and state %q, want %q and %q",
				test.text, c.Content.Dir, c.State, test.content, test.state)
		}
	}
}

// TestSecrets puts a token wherever a slip of the pen may put it. No error quotes it.
func TestSecrets(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, text := range []string{
		"server: {admin_token: [wheel]}",
		"server: {admin_token: {wheel: 1}}",
		"server: wheel",
		"server:\n  admin_token:wheel",
		"server:\n  admin_token wheel\n  admin: none",
		"server:\n  admin_token: *wheel",
		"server:\n  admin_token: !wheel",
		"server:\n  admin_token: !wheel!x",
		"server:\n  admin_token: !<wheel",
		"server:\n  admin_token: %wheel",
		"server:\n  admin_token: @wheel",
		"server:\n  admin_token: 'wheel",
		"server:\n  admin_token: a: wheel",
		"server:\n  admin_token: wheel wheel",
		"server:\n  admin_token: \"wheel\\x00\"",
		"server:\n  admin_token: \"\\wheel\"",
		"server:\n  admin_tokn: wheel",
		"server:\n  admin_token: x\n  admin_token: wheel",
		"base_url: https://ada:wheel@example.org",
		"base_url: https://ada:wheel/@example.org",
		"base_url: ada:wheel@example.org",
		"hub: {store: postgres://ada:wheel@db.example}",
		"hub: {store: \"postgres://ada:wheel%w@db.example/x\"}",
		"hub: {store_file: \"postgres://ada:wheel@db.example/x\"}",
		"hub: {store: mysql://ada:wheel@db.example/x}",
		"store: mysql://ada:wheel@db.example/x",
		"store_file: \"postgres://ada:wheel@db.example/x\"",
		"hub: {store: postgres://ada:wheel@db.example/x, store_file: x}",
	} {
		write(t, "config.yaml", text)
		_, err := Load(Source{File: "config.yaml"})
		if err == nil || strings.Contains(err.Error(), "wheel") {
			t.Errorf("Load(%q) = %v, want an error without the secret", text, err)
		}
	}
}
