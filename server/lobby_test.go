package server

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

// TestLobby fills a lobby for two, from one client.
func TestLobby(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := newLobby(inner, 2)
	defer l.Close()
	visit := func() (client net.Conn, let *conn) {
		t.Helper()
		client, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { client.Close() })
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		return client, c.(*conn)
	}
	isClosed := func(c net.Conn) bool {
		_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		_, err := c.Read(make([]byte, 1))
		return errors.Is(err, io.EOF)
	}

	busy, letBusy := visit()
	letBusy.answering(true)
	idle, _ := visit()
	visit() // for which the idle one has to go, once it has been idle for a while
	if isClosed(busy) || !isClosed(idle) {
		t.Errorf("closed: the busy one %v, the idle one %v; want the idle one", isClosed(busy), isClosed(idle))
	}

	ended := make(chan error)
	go func() {
		_, err := l.Accept()
		ended <- err
	}()
	l.drain()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept after the last connection = %v, want net.ErrClosed", err)
	}
	letBusy.Close()
	letBusy.Close() // counts once
	if len(l.conns) != 1 || l.held[letBusy.client] != 1 {
		t.Errorf("%d connections, %v, want one", len(l.conns), l.held)
	}
}
