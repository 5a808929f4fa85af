//go:build linux

package faults

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// client asks without keeping connections, which would count as leaks.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}

func (s *site) ask(url string) (int, string, error) {
	resp, err := client.Get(url)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body), err
}

// feed returns the site's RSS feed.
func (s *site) feed() string {
	s.Helper()
	status, body, err := s.ask("http://" + s.addr + "/rss.xml")
	if err != nil || status != http.StatusOK {
		s.Fatalf("feed: %d, %v", status, err)
	}
	return body
}

// until asks again until there is no error, or the deadline.
func (s *site) until(what string, ask func() error) {
	s.Helper()
	end := time.Now().Add(deadline)
	for {
		err := ask()
		if err == nil {
			return
		}
		select {
		case <-s.ended:
			s.Fatalf("%s: the program has ended", what)
		default:
		}
		if time.Now().After(end) {
			s.Fatalf("not within %v: %s: %v", deadline, what, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// untilFeed waits until the site's feed holds the text, or, with "!" before it, does not.
func (s *site) untilFeed(text string) {
	s.Helper()
	text, without := strings.CutPrefix(text, "!")
	s.until(fmt.Sprintf("the feed changes at %q", text), func() error {
		if body := s.feed(); strings.Contains(body, text) == without {
			return errors.New(body)
		}
		return nil
	})
}

// untilState waits until the daemon says how it watches, and that all who may ask are told.
func (s *site) untilState(state, reason string) {
	s.Helper()
	s.until(strings.TrimSpace("state "+state+" "+reason), func() error {
		_, body, err := s.ask("http://" + s.admin + "/-/status")
		told := strings.Contains(body, fmt.Sprintf("%q: %q", "state", state)) && strings.Contains(body, fmt.Sprintf("%q: %q", "reason", reason))
		if err == nil && !told {
			err = errors.New(body)
		}
		return err
	})
	if _, body, _ := s.ask("http://" + s.addr + "/readyz"); !strings.Contains(body, strings.TrimSpace(state+" "+reason)) {
		s.Errorf("readyz says %q, want %s %s", body, state, reason)
	}
	if have := s.metric(fmt.Sprintf("feedmill_watch_state{state=%q}", state)); have != 1 {
		s.Errorf("the metric for the state %s is %v, want 1", state, have)
	}
}

func (s *site) untilLog(text string) {
	s.Helper()
	s.until("log "+text, func() error {
		if !strings.Contains(s.log(), text) {
			return errors.New("it does not say so")
		}
		return nil
	})
}

// metric returns the value of one line of the metrics, 0 if there is no such line.
func (s *site) metric(name string) float64 {
	s.Helper()
	_, body, err := s.ask("http://" + s.admin + "/metrics")
	if err != nil {
		s.Fatal(err)
	}
	for line := range strings.Lines(body) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			v, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			if err != nil {
				s.Fatal(err)
			}
			return v
		}
	}
	return 0
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

// usage is what a program must not use more and more of.
type usage struct{ goroutines, files, watches int }

func (s *site) usage() usage {
	files, _ := os.ReadDir("/proc/" + s.pid() + "/fd")
	u := usage{goroutines: int(s.metric("go_goroutines")), files: len(files)}
	for _, f := range files {
		info, _ := os.ReadFile("/proc/" + s.pid() + "/fdinfo/" + f.Name())
		u.watches += bytes.Count(info, []byte("inotify wd:"))
	}
	return u
}

// untilRight waits until every document served is, byte for byte, what another process that starts
// from nothing builds of the folder, and until the program uses no more than at its start. It has
// watches for folders that are new.
func (s *site) untilRight(folders int) {
	s.Helper()
	out := filepath.Join(s.dir, "out")
	s.until("the feeds are those of a fresh build", func() error {
		if err := os.RemoveAll(out); err != nil {
			return err
		}
		build := s.command(s.Context(), program, "build", "--config", s.config(), "--out", out)
		if text, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, text)
		}
		return s.compare(out)
	})
	s.until("the program uses no more than at its start", func() error {
		is := s.usage()
		if is.goroutines > s.rest.goroutines || is.files > s.rest.files || is.watches > s.rest.watches+folders {
			return fmt.Errorf("%+v, at the start %+v", is, s.rest)
		}
		return nil
	})
	select {
	case <-s.ended:
		s.Error("the program has ended")
	default:
	}
}

// compare compares every document below out with what is served at its path.
func (s *site) compare(out string) error {
	return filepath.WalkDir(out, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		want, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		status, have, err := s.ask("http://" + s.addr + strings.TrimPrefix(name, out))
		if err == nil && have != string(want) {
			err = fmt.Errorf("%s: %d, %d bytes that differ from the %d of a build", name, status, len(have), len(want))
		}
		return err
	})
}
