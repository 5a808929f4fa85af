package server_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"feedmill/server"
)

// serveFor returns the address at which the server answers until the test ends.
func serveFor(t testing.TB, serve func(context.Context, net.Listener) error) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// wire is the public listener of a server as a handler, which asks by a connection of its own.
type wire struct{ addr string }

func newWire(t testing.TB, srv *server.Server) wire {
	return wire{serveFor(t, func(ctx context.Context, l net.Listener) error { return srv.Serve(ctx, l, nil) })}
}

func (c wire) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := net.Dial("tcp", c.addr)
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: example.org\r\n", r.Method, r.RequestURI)
	_ = r.Header.Write(conn)
	fmt.Fprint(conn, "\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(conn), r)
	if err != nil {
		panic(err)
	}
	for name, values := range resp.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body)
}

var (
	dates = regexp.MustCompile(`(?m)^Date: .*\r\n`)
	etag  = regexp.MustCompile(`Etag: (.*)\r`)
)

// exchange sends the bytes and returns all that is answered, but for the time.
func exchange(t testing.TB, addr string, sent []byte) []byte {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	_, _ = c.Write(sent) // may fail where the server has read enough
	_ = c.(*net.TCPConn).CloseWrite()
	all, err := io.ReadAll(c)
	if err != nil {
		t.Fatalf("%q: %v", sent, err)
	}
	return dates.ReplaceAll(all, nil)
}

// FuzzExpress sends the same bytes to a server and to net/http with its handler, and compares what
// comes back.
func FuzzExpress(f *testing.F) {
	srv := newServer(f, "/")
	express := newWire(f, srv).addr
	slow := serveFor(f, func(ctx context.Context, l net.Listener) error {
		h := http.Server{Handler: srv.Public()}
		go func() {
			<-ctx.Done()
			h.Close()
		}()
		if err := h.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	const host = " HTTP/1.1\r\nHost: a\r\n"
	tag := etag.FindSubmatch(exchange(f, slow, []byte("GET /rss.xml"+host+"\r\n")))[1]
	for _, first := range []string{
		"GET /rss.xml HTTP/1.1\r\n\r\n", "GET /rss.xml HTTP/1.0\r\nHost: a\r\n\r\n", "GET  /rss.xml" + host + "\r\n",
		"GET /rss.xml" + host + "Host: b\r\n\r\n", "GET /rss.xml HTTP/1.1\r\nHost: a b\r\n\r\n", "GET /rss.xml HTTP/1.1\r\nHost:\r\n\r\n",
		"GET /rss.xml" + host + " folded: x\r\n\r\n", "GET /rss.xml" + host + "a : x\r\n\r\n", "GET /rss.xml" + host + "a\r\n\r\n",
		"GET /rss.xml" + host + "a: \x01\r\n\r\n", "GET /rss.xml" + host + "a: b\nIf-None-Match: *\r\n\r\n", "GET /rss.xml\nHost: a\n\n",
		"GET /rss.xml" + host + "Content-Length: 4\r\n\r\nGET ", "GET /rss.xml" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"GET /rss.xml" + host + "Connection: close\r\n\r\n", "GET /rss.xml" + host + "Connection: keep-alive\r\n\r\n",
		"GET /rss.xml" + host + "Expect: 100-continue\r\n\r\n", "GET /rss.xml" + host + "a", "\r\nGET /rss.xml" + host + "\r\n",
		"HEAD /atom.xml" + host + "\r\n", "POST /rss.xml" + host + "\r\n", "OPTIONS /rss.xml" + host + "\r\n", "get /rss.xml" + host + "\r\n", "GET /rss.xml?x" + host + "\r\n",
		"GET http://a/rss.xml" + host + "\r\n", "GET //rss.xml" + host + "\r\n", "GET /./rss.xml" + host + "\r\n", "GET /%72ss.xml" + host + "\r\n",
		"GET /tags/%E7%AE%97%E5%8A%9B/rss.xml" + host + "\r\n", "GET /tags/算力/rss.xml" + host + "\r\n", "GET /tags%2Fgo/rss.xml" + host + "\r\n",
		"GET /none/rss.xml" + host + "\r\n", "GET /feed.json" + host + "Accept-Encoding: br\r\nAccept-Encoding: gzip\r\n\r\n",
		"GET /feed.json" + host + "accept-encoding: gzip;q=0.5, br;q=0.1\r\n\r\n", "GET /rss.xml" + host + "If-None-Match:\r\nIf-Modified-Since: Fri, 02 Feb 2124 00:00:00 GMT\r\n\r\n",
		"GET /rss.xml" + host + "If-None-Match: \"x\"\r\nIf-None-Match: W/" + string(tag) + "\r\n\r\n", "GET /rss.xml" + host + "A-IM: feed\r\nIf-None-Match: \"x\"\r\n\r\n",
		"GET /rss.xml" + host + "If-Modified-Since: Fri, 02 Feb 2124 00:00:00 GMT\r\n\r\n", "GET /rss.xml" + host + "If-Match: \"x\"\r\n\r\n", "GET /healthz" + host + "\r\n", "GET /" + host + "\r\n", "",
	} {
		f.Add([]byte(first + "GET /atom.xml" + host + "Accept-Encoding: gzip\r\n\r\nGET /rss.xml" + host + "\r\n"))
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		if len(sent) > 2<<10 {
			t.Skip("a server that closes before it has read all may lose its answer")
		}
		if want, have := exchange(t, slow, sent), exchange(t, express, sent); !bytes.Equal(have, want) {
			t.Errorf("sent %q\nhave %q\nwant %q", sent, have, want)
		}
	})
}

// TestExpressEnds ends a server that has an idle connection, and one from which nothing has come yet.
func TestExpressEnds(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := newServer(t, "/")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ctx, l, nil) }()
	dial := func() (net.Conn, *bufio.Reader) {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		_ = c.SetDeadline(time.Now().Add(time.Minute))
		return c, bufio.NewReader(c)
	}
	ask := func(c net.Conn, r *bufio.Reader) *http.Response {
		t.Helper()
		fmt.Fprint(c, "GET /rss.xml HTTP/1.1\r\nHost: a\r\n\r\n")
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Fatal(err)
		}
		return resp
	}

	_, fromSilent := dial()
	idle, fromIdle := dial()
	ask(idle, fromIdle)
	if resp := ask(idle, fromIdle); resp.Close {
		t.Error("a connection is closed after an answer")
	}
	stop()
	if _, err := fromIdle.ReadByte(); err != io.EOF {
		t.Errorf("an idle connection: %v, want its end", err)
	}
	if _, err := fromSilent.ReadByte(); err != io.EOF {
		t.Errorf("a silent connection: %v, want its end", err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// pipes is a listener of which tests have the other ends.
type pipes struct {
	conns chan net.Conn
	close func()
}

func listenToPipes() pipes {
	conns := make(chan net.Conn)
	return pipes{conns, sync.OnceFunc(func() { close(conns) })}
}

func (p pipes) Accept() (net.Conn, error) {
	if c, open := <-p.conns; open {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (p pipes) Close() error   { p.close(); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

// TestExpressEndsWithoutReader has a client who reads nothing of an answer, for whom the end does not wait longer
// than for others.
func TestExpressEndsWithoutReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))) // when the articles are out
		l, srv := listenToPipes(), newServer(t, "/")
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- srv.Serve(ctx, l, nil) }()
		here, there := net.Pipe()
		defer here.Close()
		l.conns <- there
		fmt.Fprint(here, "GET /rss.xml HTTP/1.1\r\nHost: a\r\n\r\n")
		stop()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(time.Minute):
			t.Error("a server does not end as long as a client reads nothing")
		}
	})
}
