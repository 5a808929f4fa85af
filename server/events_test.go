package server_test

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"testing"
	"time"
)

// TestEvents: an owner's page is told of a change, however long after it was opened; only so many
// pages are; and none of them keeps the server from ending.
func TestEvents(t *testing.T) {
	srv := newServer(t, "/")
	public, admin := listen(t), listen(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ctx, public, admin) }()

	open := func() *http.Response {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+admin.Addr().String()+"/-/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer secret")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		return resp
	}
	const most = 16
	var lines *bufio.Scanner
	for range most {
		resp := open()
		if kind := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || kind != "text/event-stream" {
			t.Fatalf("status %d, type %s", resp.StatusCode, kind)
		}
		lines = bufio.NewScanner(resp.Body)
	}
	if code := open().StatusCode; code != http.StatusServiceUnavailable {
		t.Errorf("one page more than there may be: status %d", code)
	}

	if resp, err := http.Get("http://" + public.Addr().String() + "/rss.xml"); err != nil {
		t.Fatal(err)
	} else {
		resp.Body.Close()
	}
	told := false
	for !told && lines.Scan() {
		told = lines.Text() == "event: changed"
	}
	if !told {
		t.Errorf("the line ended before a change was told: %v", lines.Err())
	}

	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(9 * time.Second): // sooner than requests under way are cut off
		t.Error("the server does not end while pages are open")
	}
	for lines.Scan() {
	}
	if err := lines.Err(); err != nil {
		t.Errorf("the line was cut off: %v", err)
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}
