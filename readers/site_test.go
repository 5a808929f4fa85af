package readers

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// base is where every site is served, as far as its documents know. Readers are sent to loopback.
const base = "http://feeds.example.org"

// Of each site so many feeds are read, that of the site first.
const maxFeeds = 200

type options struct {
	name  string
	flags []string // that say where its content is
}

// site is one that the program serves, with its feeds.
type site struct {
	address  string   // http://127.0.0.1:port
	feeds    []string // paths of folders, "/" and such as "/tags/x/", as written in URLs
	articles int      // in all
	files    string   // a folder with the documents of the feeds, at their paths

	wanted map[string]reading // by feed: what readers must see
}

var formats = []string{"rss.xml", "atom.xml", "feed.json"}

// build builds the program and returns its file.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "feedmill")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "feedmill/cmd/feedmill").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

// serve starts the program and ends it with the test. It must become ready, and end well.
func serve(t *testing.T, program string, o options) *site {
	t.Helper()
	flags := append(o.flags, "--base-url", base, "--state", "none")
	s := &site{files: t.TempDir(), wanted: map[string]reading{}}
	s.start(t, program, flags)
	s.articles = articles(t, program, flags)
	s.feeds = feedsOf(t, s.get(t, "/opml.xml"))
	if len(s.feeds) > maxFeeds {
		t.Logf("the first %d of %d feeds", maxFeeds, len(s.feeds))
		s.feeds = s.feeds[:maxFeeds]
	}
	for _, feed := range s.feeds {
		for _, f := range formats {
			s.save(t, feed+f)
		}
		s.wanted[feed] = readingOfJSON(t, s.file(feed+"feed.json"))
	}
	s.save(t, "/opml.xml")
	return s
}

func (s *site) start(t *testing.T, program string, flags []string) {
	t.Helper()
	var log locked
	cmd := exec.Command(program, append([]string{"serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}, flags...)...)
	cmd.Dir = t.TempDir() // where no config.yaml is found by chance
	cmd.Env = append(os.Environ(), "FEEDMILL_FEEDS_HUBS=https://hub.example.org/")
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have crashed, which its end tells
		if err := <-ended; err != nil {
			t.Errorf("the program ended: %v\n%s", err, log.String())
		}
	})
	ready := func() bool {
		m := regexp.MustCompile(`msg=serving addr=(\S+)`).FindStringSubmatch(log.String())
		if m == nil {
			return false
		}
		s.address = "http://" + m[1]
		return s.ask(t, http.MethodGet, "/readyz").status == http.StatusOK
	}
	for deadline := time.Now().Add(time.Minute); !ready(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not ready after a minute\n%s", log.String())
		}
	}
}

// articles returns how many articles the program finds.
func articles(t *testing.T, program string, flags []string) int {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, append([]string{"check", "--format", "json"}, flags...)...)
	out, err := cmd.Output()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited { // 1 is for a problem in the content
		t.Fatal(err)
	}
	var told struct{ Articles int }
	if err := json.Unmarshal(out, &told); err != nil {
		t.Fatalf("check: %v\n%s", err, out)
	}
	return told.Articles
}

// feedsOf returns the folders of all feeds that the OPML document lists.
func feedsOf(t *testing.T, opml []byte) []string {
	t.Helper()
	var feeds []string
	for d := xml.NewDecoder(bytes.NewReader(opml)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("opml.xml: %v", err)
		}
		start, _ := token.(xml.StartElement)
		for _, a := range start.Attr {
			if a.Name.Local == "xmlUrl" {
				feeds = append(feeds, path.Dir(strings.TrimPrefix(a.Value, base))+"/")
			}
		}
	}
	if len(feeds) == 0 {
		t.Fatal("opml.xml lists no feeds")
	}
	feeds[0] = "/" // of "//"
	return feeds
}

// urls returns the addresses of all feeds in these formats, on loopback.
func (s *site) urls(formats ...string) []string {
	var all []string
	for _, feed := range s.feeds {
		for _, f := range formats {
			all = append(all, s.address+feed+f)
		}
	}
	return all
}

// saved returns the files of all feeds in the format.
func (s *site) saved(format string) []string {
	var all []string
	for _, feed := range s.feeds {
		all = append(all, s.file(feed+format))
	}
	return all
}

func (s *site) file(path string) string {
	return filepath.Join(s.files, filepath.FromSlash(path))
}

func (s *site) save(t *testing.T, path string) {
	t.Helper()
	file := s.file(path)
	err := os.MkdirAll(filepath.Dir(file), 0o755)
	if err == nil {
		err = os.WriteFile(file, s.get(t, path), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// An answer holds the bytes as they came, in whatever coding.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// plain neither asks for a coding by itself nor undoes one.
var plain = &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 8}}

// ask asks for a path, with headers written as "Name: value".
func (s *site) ask(t *testing.T, method, path string, headers ...string) answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Add(name, value)
	}
	resp, err := plain.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return answer{resp.StatusCode, resp.Header, body}
}

// get returns the document at the path.
func (s *site) get(t *testing.T, path string) []byte {
	t.Helper()
	a := s.ask(t, http.MethodGet, path)
	if a.status != http.StatusOK {
		t.Fatalf("%s: status %d", path, a.status)
	}
	return a.body
}

// feedOf returns the folder of a feed's address.
func feedOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	feed, _ := path.Split(u.EscapedPath())
	return feed
}

// locked is a buffer that may be read while a program writes to it.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
