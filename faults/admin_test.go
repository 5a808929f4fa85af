//go:build linux

package faults

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

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

// TestRebuildsDuringReloads asks for rebuilds while the configuration is reloaded: each is answered by
// the site that is served then, with all that was there when it was asked for.
func TestRebuildsDuringReloads(t *testing.T) {
	s := newKeeping(t, "watch: {reconcile: 1h, mode: events}\nfeeds: {limit: 1000}")
	for i := range 500 {
		s.write(fmt.Sprintf("%d.md", i), article(fmt.Sprint("Number ", i), "Text."))
	}
	s.start("", "")
	config, err := os.ReadFile(s.config())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		text := strings.Replace(string(config), "title: Faults", fmt.Sprint("title: Faults ", i), 1)
		if err := os.WriteFile(s.config(), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		s.signal(syscall.SIGHUP)
		late := fmt.Sprintf("Late %d.", i)
		s.write(fmt.Sprintf("late%d.md", i), article("Late", late))
		resp, err := client.Post("http://"+s.admin+"/-/rebuild?wait=1", "", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if body := s.feed(); resp.StatusCode != http.StatusOK || !strings.Contains(body, late) {
			t.Errorf("%s: what was there before the rebuild is not served after it", resp.Status)
		}
		s.untilFeed(fmt.Sprintf("<title>Faults %d</title>", i))
	}
	if n := s.metric(`feedmill_config_reloads_total{result="ok"}`); n < 20 {
		t.Errorf("%v reloads, want 20 or more", n)
	}
	s.untilRight(0)
}
