package server_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"feedmill/article"
	"feedmill/catalog"
	"feedmill/feed"
	"feedmill/server"
)

// TestScripts runs the scripts in testdata against the site in testdata/content. A request is a
// line "METHOD PATH", followed by its headers ("> Name: value") and its body ("= text"); the lines after
// that say what must hold of the answer:
//
//	status CODE
//	header NAME == VALUE, header NAME ~ REGEXP, header NAME absent
//	body contains TEXT, body !contains TEXT, body empty
//	keep NAME AS VARIABLE   keeps a header for later, where $VARIABLE stands for it
//
// Paths with "@" before them go to the admin handler, whose token is "secret".
//
// Each is run twice: by calls of the handlers, and by connections to the public listener.
//
// Those in testdata/switches ask a server whose feeds are not the usual ones: see switchSite.
func TestScripts(t *testing.T) {
	runScripts(t, newServer(t, "/"), "testdata/*.txt")
	runScripts(t, newServer(t, "/", switchSite), "testdata/switches/*.txt")
}

// switchSite gives the site, its tags and its categories feeds of their own kinds.
func switchSite(c *catalog.Options, f *feed.Options) {
	c.Taxonomies = []string{"tags", "categories", "languages"}
	c.Limits = map[string]int{"": 1}
	c.Minimum = map[string]int{"tags": 2}
	f.Hubs = []string{"https://hub.example/", "https://hub.example/other?x=1"}
	f.For = map[string]feed.Switches{
		"":           {Formats: f.Formats, Paths: map[feed.Format][]string{feed.RSS: {"/index.xml", "/feed/"}}},
		"categories": {Formats: []feed.Format{feed.RSS}, SummaryOnly: true, Title: ":taxonomy: :term", Paths: map[feed.Format][]string{feed.RSS: {"/category/:term/feed/"}}},
		"languages":  {Formats: f.Formats, Paths: map[feed.Format][]string{feed.RSS: {"/:term/index.xml"}}},
	}
}

func runScripts(t *testing.T, srv *server.Server, pattern string) {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, public := range []http.Handler{srv.Public(), newWire(t, srv)} {
		for _, file := range files {
			t.Run(fmt.Sprintf("%T/%s", public, strings.TrimSuffix(filepath.Base(file), ".txt")), func(t *testing.T) {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				runScript(t, public, srv.Admin(), string(text))
			})
		}
	}
}

// newServer returns a server of the site in testdata/content, with the options as changed.
func newServer(t testing.TB, basePath string, changes ...func(*catalog.Options, *feed.Options)) *server.Server {
	base, _ := url.Parse("https://example.org" + basePath)
	parser := article.New(article.Options{Site: base})
	catalogOptions := catalog.Options{
		Open: catalog.Dir("testdata/content"), Parser: parser, Taxonomies: []string{"categories", "tags"},
		Language: "en", Limit: 20, MaxFileSize: 1 << 20,
	}
	feedOptions := feed.Options{
		Title: "Example", Language: "en", BaseURL: base, SiteURL: base, Formats: []feed.Format{feed.RSS, feed.Atom, feed.JSON},
		Taxonomies: []string{"categories", "tags"}, Parser: parser, CacheBytes: 1 << 20,
	}
	for _, change := range changes {
		change(&catalogOptions, &feedOptions)
	}
	c := catalog.New(catalogOptions)
	if _, err := c.Apply(t.Context(), time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC), catalog.Change{Rescan: true}); err != nil {
		t.Fatal(err)
	}
	feedOptions.Text = c.Text
	mill, err := feed.New(feedOptions)
	if err != nil {
		t.Fatal(err)
	}
	srv, err := server.New(server.Options{
		Current: func() server.View {
			return server.View{Snapshot: c.Current(), Mill: mill, Language: "en", BasePath: basePath}
		},
		CacheBytes: 1 << 20, Version: "test",
		Token:   func() string { return "secret" },
		Rebuild: func(context.Context) (server.Rebuilt, error) { return server.Rebuilt{Scanned: 2}, nil },
		Demand:  func() {},
		Content: catalog.Dir("testdata/content"),
		Health: func() server.Health {
			return server.Health{State: "watching", Scans: 7, Reloads: 3, ReloadsFailed: 2, ConfigError: "config.yaml:3: no such key: titel"}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return srv
}

func runScript(t *testing.T, public, admin http.Handler, text string) {
	vars := map[string]string{}
	var handler http.Handler
	var req *http.Request
	var resp *http.Response
	var body string
	answer := func() {
		if resp != nil {
			return
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, req)
		resp = w.Result()
		b, err := plain(resp)
		if err != nil {
			t.Fatal(err)
		}
		body = b
	}
	for i, line := range strings.Split(text, "\n") {
		line = os.Expand(line, func(name string) string { return vars[name] })
		word, rest, _ := strings.Cut(line, " ")
		bad := func(format string, args ...any) {
			t.Helper()
			t.Errorf("line %d: %s: %s", i+1, line, fmt.Sprintf(format, args...))
		}
		switch word {
		case "", "#":
		case "GET", "HEAD", "POST", "OPTIONS", "TRACE", "PUT", "DELETE":
			handler = public
			path, ofAdmin := strings.CutPrefix(rest, "@")
			if ofAdmin {
				handler = admin
			}
			req, resp = httptest.NewRequest(word, path, nil), nil
		case ">":
			name, value, _ := strings.Cut(rest, ": ")
			req.Header.Add(name, value)
		case "=":
			req.Body = io.NopCloser(strings.NewReader(rest))
		case "status":
			answer()
			if have := fmt.Sprint(resp.StatusCode); have != rest {
				bad("have %s", have)
			}
		case "header":
			answer()
			if err := checkHeader(resp.Header, rest); err != nil {
				bad("%v", err)
			}
		case "body":
			answer()
			op, want, _ := strings.Cut(rest, " ")
			if has := strings.Contains(body, want); op == "contains" && !has || op == "!contains" && has || op == "empty" && body != "" {
				bad("body is %q", body)
			}
		case "keep":
			answer()
			name, variable, _ := strings.Cut(rest, " AS ")
			vars[variable] = resp.Header.Get(name)
		default:
			t.Fatalf("line %d: unknown command %q", i+1, word)
		}
	}
}

func checkHeader(h http.Header, what string) error {
	f := strings.SplitN(what, " ", 3)
	have, there := h[http.CanonicalHeaderKey(f[0])]
	switch value := strings.Join(have, ", "); {
	case f[1] == "absent" && there, f[1] != "absent" && !there,
		f[1] == "==" && value != f[2], f[1] == "~" && !regexp.MustCompile(f[2]).MatchString(value):
		return errors.New("have " + value)
	}
	return nil
}

// plain returns the body of the answer, decoded, and checks that it has the length it claims.
func plain(resp *http.Response) (string, error) {
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	if n := resp.ContentLength; len(b) > 0 && n >= 0 && n != int64(len(b)) {
		return "", fmt.Errorf("Content-Length: %d, have %d bytes", n, len(b))
	}
	var r io.Reader = bytes.NewReader(b)
	switch coding := resp.Header.Get("Content-Encoding"); {
	case len(b) == 0, coding == "":
		return string(b), nil
	case coding == "gzip":
		if r, err = gzip.NewReader(r); err != nil {
			return "", err
		}
	case coding == "br":
		r = brotli.NewReader(r)
	case coding == "zstd":
		z, err := zstd.NewReader(r)
		if err != nil {
			return "", err
		}
		defer z.Close()
		r = z
	}
	b, err = io.ReadAll(r)
	return string(b), err
}
