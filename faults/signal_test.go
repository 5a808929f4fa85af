//go:build linux

package faults

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

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
