//go:build linux

package faults

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// dial opens a connection that is closed after the test.
func (s *site) dial() net.Conn {
	s.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { c.Close() })
	return c
}

// raw sends the bytes and returns the first line of the answer, "" if the connection is closed
// without one, and whether it was closed after it.
func (s *site) raw(request string) (string, bool) {
	s.Helper()
	c := s.dial()
	defer c.Close()
	if _, err := io.WriteString(c, request); err != nil {
		s.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(3 * time.Second))
	all, err := io.ReadAll(c)
	line, _, _ := strings.Cut(string(all), "\r\n")
	return line, err == nil
}

// wantServed fails unless ordinary requests are answered at once.
func (s *site) wantServed(served string) {
	s.Helper()
	for range 50 {
		start := time.Now()
		if s.feed() != served {
			s.Error("the feed changes")
		}
		if took := time.Since(start); took > 2*time.Second {
			s.Errorf("an ordinary answer took %v", took)
		}
	}
}

// memory returns how much memory the program has resident, in MiB.
func (s *site) memory() int {
	s.Helper()
	text, err := os.ReadFile("/proc/" + s.pid() + "/status")
	if err != nil {
		s.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		s.Fatal(err)
	}
	return kb >> 10
}

// cpu returns how long the program has run on any processor.
func (s *site) cpu() time.Duration {
	s.Helper()
	return time.Duration(s.metric("process_cpu_seconds_total") * float64(time.Second))
}

func TestH01SlowHeaders(t *testing.T) {
	s := newSite(t, never)
	s.start("", "")
	served := s.feed()
	var closed atomic.Int64
	var wg sync.WaitGroup
	for range 1000 {
		c := s.dial()
		wg.Go(func() {
			for _, b := range []byte("GET /rss.xml HT") {
				if _, err := c.Write([]byte{b}); err != nil {
					break
				}
				_ = c.SetReadDeadline(time.Now().Add(time.Second))
				if _, err := c.Read(make([]byte, 100)); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
					break
				}
			}
			closed.Add(1)
		})
	}
	s.wantServed(served)
	s.until("all are closed while the fifteenth byte is yet to come", func() error {
		if files := s.usage().files; files > s.rest.files+10 {
			return fmt.Errorf("%d descriptors are open, %d connections are closed", files, closed.Load())
		}
		return nil
	})
	wg.Wait()
	s.untilRight(0)
}

func TestH02SlowBody(t *testing.T) {
	s := newSite(t, never)
	s.start("", "")
	c := s.dial()
	fmt.Fprint(c, "GET /rss.xml HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
	s.until("the connection is closed", func() error {
		_ = c.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
		if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
			_, _ = c.Write([]byte("x"))
			return err
		}
		return nil
	})
	s.untilRight(0)
}

// A reader that moves gets all, however slow it is; one that stands still is cut off; and all share
// the same bytes.
func TestH03SlowReaders(t *testing.T) {
	s := newSite(t, never+"\nfeeds: {limit: 1000}\ncontent: {preset: plain, limits: {render: 1m}}")
	config, err := os.ReadFile(s.config())
	if err != nil {
		t.Fatal(err)
	}
	config = bytes.Replace(config, []byte("content: {preset: plain}\n"), nil, 1)
	if err := os.WriteFile(s.config(), config, 0o644); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		s.write(fmt.Sprintf("%d.md", i), article(fmt.Sprint("Number ", i), strings.Repeat("More and more and more. ", 4_000)))
	}
	s.start("", "")
	served := s.feed()
	before := s.memory()
	reader := func() net.Conn {
		d := net.Dialer{Control: func(_, _ string, raw syscall.RawConn) error {
			return raw.Control(func(fd uintptr) {
				_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096)
			})
		}}
		c, err := d.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		fmt.Fprint(c, "GET /rss.xml HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
		return c
	}
	for range 150 {
		reader() // and reads nothing
	}
	moving := reader()
	lines := bufio.NewReaderSize(moving, 1024)
	slow, got := time.Now(), 0
	for time.Since(slow) < 40*time.Second { // longer than anybody may stand still
		n, err := lines.Discard(1024)
		got += n
		if err != nil {
			t.Fatalf("the moving reader is cut off after %d bytes: %v", got, err)
		}
		time.Sleep(500 * time.Millisecond)
	}
	rest, err := io.ReadAll(lines)
	if err != nil || got+len(rest) < len(served) {
		t.Errorf("the moving reader got %d bytes of %d: %v", got+len(rest), len(served), err)
	}
	s.wantServed(served)
	s.until("those that stand still are cut off", func() error {
		if files := s.usage().files; files > s.rest.files+5 {
			return fmt.Errorf("%d descriptors are open", files)
		}
		return nil
	})
	if grown := s.memory() - before; grown > 100 {
		t.Errorf("%d MiB more memory for 150 readers of %d MiB", grown, len(served)>>20)
	}
	s.untilRight(0)
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

func TestH09Rebuild(t *testing.T) {
	s := newSite(t, "watch: {reconcile: 1h, mode: events}\nserver: {admin_token: right}")
	for i := range 300 {
		s.write(fmt.Sprintf("%d.md", i), article(fmt.Sprint("Number ", i), "Text."))
	}
	s.launch("", "")
	ask := func(method, path string, headers ...string) int {
		req, err := http.NewRequest(method, "http://"+s.admin+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(headers); i += 2 {
			req.Header.Add(headers[i], headers[i+1])
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		_, _ = io.Copy(io.Discard, resp.Body)
		return resp.StatusCode
	}
	const right, wrong = "Bearer right", "Bearer wrong"
	for _, r := range []struct {
		method, path string
		headers      []string
		want         int
	}{
		{"POST", "/-/rebuild", nil, 401},
		{"POST", "/-/rebuild", []string{"Authorization", wrong}, 401},
		{"POST", "/-/rebuild", []string{"Authorization", "right"}, 401},
		{"POST", "/-/rebuild", []string{"Authorization", right, "Authorization", wrong}, 401},
		{"POST", "/-/rebuild", []string{"Authorization", right, "Authorization", right}, 401},
		{"POST", "/-/rebuild?token=right&access_token=right", nil, 401},
		{"POST", "/-/rebuild", []string{"Authorization", right, "Origin", "http://evil.example"}, 403},
		{"POST", "/-/rebuild", []string{"Authorization", right, "Origin", "null"}, 403},
		{"GET", "/-/rebuild", []string{"Authorization", right}, 405},
		{"GET", "/metrics", nil, 401},
		{"POST", "/-/rebuild", []string{"Authorization", right}, 202},
		{"POST", "/-/rebuild?wait=1", []string{"Authorization", right}, 200},
	} {
		if have := ask(r.method, r.path, r.headers...); have != r.want {
			t.Errorf("%s %s %v: %d, want %d", r.method, r.path, r.headers, have, r.want)
		}
	}

	scans := func() float64 {
		req, err := http.NewRequest("GET", "http://"+s.admin+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", right)
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		_, value, _ := strings.Cut(string(text), "\nfeedmill_scans_total ")
		n, err := strconv.ParseFloat(strings.Fields(value)[0], 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := scans()
	var wg sync.WaitGroup
	var fine atomic.Int64
	for range 1000 {
		wg.Go(func() {
			if ask("POST", "/-/rebuild?wait=1", "Authorization", right) == http.StatusOK {
				fine.Add(1)
			}
		})
	}
	wg.Wait()
	if fine.Load() != 1000 {
		t.Errorf("%d of 1000 rebuilds were answered", fine.Load())
	}
	if n := scans() - before; n > 500 {
		t.Errorf("%v looks for 1000 rebuilds asked for at once", n)
	}
	s.write("late.md", "---\ntitle: Late\ndate: 2024-03-03\n---\nText.\n")
	if have := ask("POST", "/-/rebuild?wait=1", "Authorization", right); have != 200 || !strings.Contains(s.feed(), "Late") {
		t.Errorf("%d: what was there before a rebuild is not served after it", have)
	}
}

func TestH11EndUnderLoad(t *testing.T) {
	s := newSite(t, never)
	s.start("", "")
	served := s.feed()
	var failed, asked atomic.Int64
	var unready atomic.Bool
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			keeping := &http.Client{Transport: &http.Transport{MaxIdleConns: 1, DisableCompression: true}}
			defer keeping.CloseIdleConnections()
			for {
				select {
				case <-stop:
					return
				case <-time.After(10 * time.Millisecond):
				}
				kept := false
				trace := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { kept = i.Reused }})
				req, err := http.NewRequestWithContext(trace, http.MethodGet, "http://"+s.addr+"/rss.xml", nil)
				if err != nil {
					t.Error(err)
					return
				}
				resp, err := keeping.Do(req)
				closing := errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF)
				if errors.Is(err, syscall.ECONNREFUSED) || closing && !kept {
					return // it came when the listener was closed, or just closing, and was never in flight
				}
				asked.Add(1)
				if err != nil {
					failed.Add(1)
					t.Logf("in flight: %v", err)
					return
				}
				body, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil || string(body) != served {
					failed.Add(1)
					t.Logf("answer: %v, %d bytes", err, len(body))
				}
			}
		})
	}
	wg.Go(func() {
		for {
			status, _, err := s.ask("http://" + s.addr + "/readyz")
			if err != nil {
				return
			}
			if status == http.StatusServiceUnavailable {
				unready.Store(true)
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	time.Sleep(time.Second)
	s.signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(deadline):
		t.Fatal("it does not end")
	}
	close(stop)
	wg.Wait()
	if asked.Load() == 0 || failed.Load() > 0 {
		t.Errorf("%d of %d requests failed", failed.Load(), asked.Load())
	}
	if !unready.Load() {
		t.Error("readyz has never said 503")
	}
}

func TestH12Signals(t *testing.T) {
	t.Run("before it is ready", func(t *testing.T) {
		s := newSite(t, never)
		for i := range 3_000 {
			s.write(fmt.Sprintf("%d.md", i), article(fmt.Sprint("Number ", i), "Text."))
		}
		s.launch("", "")
		s.signal(syscall.SIGTERM)
		<-s.ended
	})
	t.Run("HUP and PIPE", func(t *testing.T) {
		s := newSite(t, never)
		s.start("", "")
		s.signal(syscall.SIGPIPE)
		s.signal(syscall.SIGHUP)
		s.untilLog("SIGHUP")
		s.untilRight(0)
	})
	t.Run("a second TERM", func(t *testing.T) {
		s := newSite(t, never)
		s.start("", "")
		c := s.dial() // keeps the first one waiting
		fmt.Fprint(c, "POST /rss.xml HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")
		s.signal(syscall.SIGTERM)
		s.until("it is going down", func() error {
			_, body, err := s.ask("http://" + s.addr + "/readyz")
			if err == nil && body != "going down\n" {
				err = errors.New(body)
			}
			return err
		})
		for ended := false; !ended; { // the first may not yet have given up its hold on the second
			_ = s.cmd.Process.Signal(syscall.SIGTERM)
			select {
			case <-s.ended:
				ended = true
			case <-time.After(100 * time.Millisecond):
			}
		}
		if s.err == nil || !strings.Contains(s.err.Error(), "terminated") {
			t.Errorf("it ended with %v, want by the signal itself", s.err)
		}
		s.err = nil
	})
}

func TestH13FewDescriptors(t *testing.T) {
	s := newSite(t, never, "prlimit")
	s.start("", `exec prlimit --nofile=64 "$@"`)
	var idle []net.Conn
	for range 200 {
		idle = append(idle, s.dial())
	}
	before := s.cpu()
	s.write("second.md", article("Second", "Text."))
	s.write("d/third.md", article("Third", "Text."))
	s.untilFeed("Third")
	time.Sleep(5 * time.Second)
	if spent := s.cpu() - before; spent > 2*time.Second {
		t.Errorf("%v of processor time in some seconds of doing nothing", spent)
	}
	for _, c := range idle {
		c.Close()
	}
	s.untilRight(1)
	if strings.Contains(s.log(), "too many open files") {
		t.Error("descriptors ran out")
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
