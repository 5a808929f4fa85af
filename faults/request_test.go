//go:build linux

package faults

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// raw sends the bytes and returns the first line of the answer, "" if the connection is closed
// without one, and whether it was closed after it.
func (s *site) raw(request string) (string, bool) {
	s.Helper()
	c := s.dial()
	defer c.Close()
	if _, err := io.WriteString(c, request); err != nil {
		s.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	all, err := io.ReadAll(c)
	line, _, _ := strings.Cut(string(all), "\r\n")
	return line, err == nil
}

func TestH04OddRequests(t *testing.T) {
	s := newSite(t, never)
	s.start("", "")
	for _, r := range []struct{ name, request, want string }{
		{"many headers", "GET / HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("X: y\r\n", 10_000) + "\r\n", "431"},
		{"a huge header", "GET / HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("y", 100_000) + "\r\n\r\n", "431"},
		{"no line", "\x00\x01\x02\r\n\r\n", "400"},
		{"two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "4"},
		{"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
		{"a folded header", "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", ""},
		{"NUL in a header", "GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n", "400"},
		{"a line break in the path", "GET /\nmsg=forged HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
		{"a forged log line", "GET /%0Atime=2024%20level=ERROR%20msg=forged HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "404"},
	} {
		line, _ := s.raw(r.request)
		if r.want != "" && !strings.HasPrefix(line, "HTTP/1.1 "+r.want) {
			t.Errorf("%s: answer %q, want %s", r.name, line, r.want)
		}
	}
	if strings.Contains(s.log(), "forged") {
		t.Error("a request has written into the log")
	}
	s.untilRight(0)
}

func TestH05ForgedHeaders(t *testing.T) {
	s := newSite(t, never)
	s.start("", "")
	get := func(path string, headers map[string]string) string {
		req, err := http.NewRequest(http.MethodGet, "http://"+s.addr+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range headers {
			req.Header.Set(name, value)
		}
		if host := headers["Host"]; host != "" {
			req.Host = host
		}
		resp, err := (&http.Transport{DisableKeepAlives: true, DisableCompression: true}).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		resp.Header.Del("Date")
		return fmt.Sprint(resp.Status, resp.Header, string(body))
	}
	for _, path := range []string{"/rss.xml", "/atom.xml", "/feed.json", "/opml.xml", "/", "/tags/one/", "/tags/one", "/tags/One/rss.xml", "/nothing"} {
		want := get(path, nil)
		for _, h := range []map[string]string{
			{"Host": "evil.example"},
			{"Host": "evil.example:99", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher", "X-Forwarded-Prefix": "/evil"},
			{"Forwarded": `host="evil\"><b>";proto=https`, "X-Forwarded-For": `evil"><b>`, "X-Real-IP": "::1"},
			{"X-Original-URL": "/-/status", "X-Rewrite-URL": "/metrics", "X-HTTP-Method-Override": "POST"},
			{"Referer": `http://evil.example/"><b>`, "User-Agent": `evil"><b>`, "Cookie": "a=b"},
		} {
			if have := get(path, h); have != want {
				t.Errorf("%s with %v:\n%s\nwithout:\n%s", path, h, have, want)
			}
		}
	}
}

func TestH06PathTricks(t *testing.T) {
	s := newSite(t, never, "strace")
	s.sh("mkdir outside; cp content/first.md outside/secret.md; ln -s ../outside content/out; cp config.yaml content/config.yaml")
	s.start("", `exec strace -D -f -qq -e trace=open,openat,openat2 -o trace "$@"`)
	for _, path := range []string{
		"/..%2fconfig.yaml", "/%2e%2e/config.yaml", "/../config.yaml", "/./rss.xml", "//rss.xml", "/rss.xml/", "/rss.xml%00",
		`/\..\config.yaml`, "/%5c..%5cconfig.yaml", "/rss.xml;x", "/;x/rss.xml", "/%c0%ae%c0%ae/config.yaml", "/out/", "/out/secret.md",
		"/tags/..%2f..%2frss.xml", "/tags/%2e%2e/rss.xml", "/tags/one%2frss.xml", "/tags/one/..%2f..%2frss.xml", "/first.md", "/config.yaml",
		"/%ff%fe", "/-/status", "/metrics", "/-/rebuild",
	} {
		line, _ := s.raw("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
		if !strings.HasPrefix(line, "HTTP/1.1 404") && !strings.HasPrefix(line, "HTTP/1.1 400") {
			t.Errorf("%s: %s, want 400 or 404", path, line)
		}
	}
	trace, err := os.ReadFile(s.dir + "/trace")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(trace), "secret") || strings.Contains(string(trace), `"content/config`) {
		t.Error("a request has opened a file")
	}
}

func TestH16RandomRequests(t *testing.T) {
	s := newSite(t, never)
	s.start("", "")
	lines := func() int {
		_, body, err := s.ask("http://" + s.admin + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(body, "feedmill_")
	}
	flood := func(n int) {
		c := s.dial()
		defer c.Close()
		answers := bufio.NewReader(c)
		for i := range n {
			req := fmt.Sprintf("GET /rss.xml?q=%d HTTP/1.1\r\nHost: h%d\r\n\r\n", i, i)
			switch i % 3 {
			case 1:
				req = fmt.Sprintf("GET /tags/t%d/rss.xml HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip;q=0.%d\r\n\r\n", i, i)
			case 2:
				req = fmt.Sprintf("M%d /p%d HTTP/1.1\r\nHost: a\r\n\r\n", i, i)
			}
			if _, err := io.WriteString(c, req); err != nil {
				t.Fatal(err)
			}
			resp, err := http.ReadResponse(answers, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
		}
	}
	flood(20_000)
	before, series := s.memory(), lines()
	flood(100_000)
	if grown := s.memory() - before; grown > 20 {
		t.Errorf("%d MiB more memory", grown)
	}
	if more := lines() - series; more != 0 {
		t.Errorf("%d more lines of metrics", more)
	}
	s.untilRight(0)
}
