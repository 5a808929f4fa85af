package server

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// express stands between the lobby and net/http. It answers plain requests for documents itself,
// byte for byte as net/http would with [Server.Public], at a fraction of the cost: two system calls
// and next to no memory. With the first request that is anything else, a connection goes over to
// net/http for good, with what has been read of it. TestExpress and FuzzExpress hold both ways
// against each other.
type express struct {
	*lobby
	server *Server
	rest   chan accepted // for net/http
	ended  chan struct{} // closed by Close
	once   sync.Once

	running sync.WaitGroup
	leaving atomic.Bool

	mu    sync.Mutex
	conns map[*conn]bool // that are not handed over
}

type accepted struct {
	net.Conn
	err error
}

func newExpress(l *lobby, s *Server) *express {
	return &express{lobby: l, server: s, rest: make(chan accepted), ended: make(chan struct{}), conns: map[*conn]bool{}}
}

// start serves the connections of the lobby until it closes.
func (e *express) start() {
	e.running.Go(func() {
		for {
			c, err := e.lobby.Accept()
			switch {
			case errors.Is(err, net.ErrClosed):
				return
			case err != nil:
				e.handOver(accepted{nil, err}) // net/http knows how long to wait until the next
			default:
				e.running.Go(func() { e.serve(c.(*conn)) })
			}
		}
	})
}

// Accept returns what is left for net/http.
func (e *express) Accept() (net.Conn, error) {
	select {
	case a := <-e.rest:
		return a.Conn, a.err
	case <-e.ended:
		return nil, net.ErrClosed
	}
}

func (e *express) Close() error {
	err := e.lobby.Close()
	e.once.Do(func() { close(e.ended) })
	return err
}

// leave ends the connections that are not handed over, each after the answer under way, once the
// lobby is closed. Those without an answer so far get one if they ask for it in a moment, since
// net/http would not give them any when it ends too. It returns when that is done, or with ctx.
func (e *express) leave(ctx context.Context) {
	e.leaving.Store(true)
	e.mu.Lock()
	for c := range e.conns {
		_ = c.SetReadDeadline(time.Unix(1, 0)) // who waits for a request needs to wait no longer
	}
	e.mu.Unlock()
	done := make(chan struct{})
	go func() {
		e.running.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		e.mu.Lock()
		for c := range e.conns {
			c.Close()
		}
		e.mu.Unlock() // each takes itself out of them
		<-done
	}
}

func (e *express) handOver(a accepted) {
	select {
	case e.rest <- a:
	case <-e.ended:
		if a.Conn != nil {
			a.Close()
		}
	}
}

// serve answers on c until it is closed or handed over.
func (e *express) serve(c *conn) {
	e.mu.Lock()
	e.conns[c] = true
	e.mu.Unlock()
	unread, err := e.answerAll(c)
	e.mu.Lock()
	delete(e.conns, c)
	e.mu.Unlock()
	if err != nil {
		c.Close()
		return
	}
	e.handOver(accepted{Conn: &begun{c, unread}})
}

// answerAll answers plain requests, and returns what has been read of the first that is not; or an
// error where there are no more.
func (e *express) answerAll(c *conn) (unread []byte, err error) {
	defer e.server.survive(&err)
	until := time.Now().Add(headerTimeout)
	if err := c.SetReadDeadline(until); err != nil {
		return nil, err
	}
	var a answerer
	fresh, least := true, 1 // nothing has been answered; bytes that a request has at least
	for buf := make([]byte, 4<<10); ; {
		for len(unread) < least {
			held := copy(buf, unread)
			n, err := 0, net.ErrClosed
			if !e.leaving.Load() { // asked after the deadline was set, so that leave finds us here or there
				n, err = c.Read(buf[held:])
			}
			if err != nil && fresh && e.leaving.Load() {
				_ = c.SetReadDeadline(time.Now().Add(farewell))
				n, err = c.Read(buf[held:])
			}
			if err != nil {
				return nil, err
			}
			unread = buf[:held+n]
		}
		p, size := parsePlain(unread)
		if size == 0 || e.server.draining.Load() && !e.leaving.Load() { // net/http says farewell
			return unread, nil
		}
		done, err := a.answer(e.server, c, p)
		if err != nil || !done {
			return unread, err
		}
		unread, fresh, least = unread[size:], false, 4                   // of less net/http says nothing
		if now := time.Now(); until.Sub(now) < idleTimeout-time.Second { // to the second is enough
			until = now.Add(idleTimeout)
			if err := c.SetReadDeadline(until); err != nil {
				return nil, err
			}
		}
	}
}

// answerer is what the answers on one connection need, so that each costs no memory.
type answerer struct {
	parts  [3][]byte
	unsent net.Buffers
}

// answer answers p if it asks for a document that can be had.
func (a *answerer) answer(s *Server, c *conn, p plain) (done bool, err error) {
	if s.o.AccessLog != nil && s.o.AccessLog() {
		return false, nil // the log wants to know more of a request than is read here
	}
	d, now := s.shelf.find(s.o.Current(), p.target), time.Now()
	if d == nil || d.Modified.After(now) {
		return false, nil
	}
	c.answering(true)
	defer c.answering(false)
	in := d.choose(p.accept, now)
	status, b := http.StatusNotModified, body{}
	if !notModified(p.ifNoneMatch, p.ifModifiedSince, in.etag[0], d.Modified) {
		status = http.StatusOK
		if b, err = s.bytes(context.Background(), in.variant, d.build); err != nil {
			return false, nil // net/http finds that too, and tells it
		}
	}
	a.unsent = append(a.parts[:0], d.head(in, status, b, now), dateLine(now))
	if status == http.StatusOK && !p.head {
		a.unsent = append(a.unsent, b.bytes)
	}
	s.metrics.answered(status)
	sent := 0
	if !p.head {
		sent = len(b.bytes)
	}
	s.audience.note(d.of, p.agent, status, sent)
	return true, c.writeAll(&a.unsent)
}

// head returns the first lines of an answer as net/http writes them, all but the last.
func (d *document) head(in *coded, status int, b body, now time.Time) []byte {
	kept := &in.heads[0]
	if status == http.StatusNotModified {
		kept = &in.heads[1]
	}
	if lines := kept.Load(); lines != nil {
		return *lines
	}
	h := http.Header{}
	d.describe(h, in, now)
	if status == http.StatusOK {
		d.describeBody(h, in, b)
	}
	var lines bytes.Buffer
	lines.WriteString("HTTP/1.1 " + strconv.Itoa(status) + " " + http.StatusText(status) + "\r\n")
	_ = h.Write(&lines) // a buffer takes everything
	all := bytes.Clone(lines.Bytes())
	kept.Store(&all)
	return all
}

// date is a Date header, the last line of every head, and the second that it is right for.
type date struct {
	second int64
	lines  []byte
}

var lastDate atomic.Pointer[date]

// dateLine returns the header field Date (RFC 9110 §6.6.1) and the empty line after the header.
func dateLine(now time.Time) []byte {
	if d := lastDate.Load(); d != nil && d.second == now.Unix() {
		return d.lines
	}
	d := &date{now.Unix(), []byte("Date: " + now.UTC().Format(http.TimeFormat) + "\r\n\r\n")}
	lastDate.Store(d)
	return d.lines
}

// begun is a connection of which something has been read already.
type begun struct {
	*conn
	unread []byte
}

func (b *begun) Read(p []byte) (int, error) {
	if len(b.unread) == 0 {
		return b.conn.Read(p)
	}
	n := copy(p, b.unread)
	if b.unread = b.unread[n:]; len(b.unread) == 0 {
		b.unread = nil // the buffer is needed no more
	}
	return n, nil
}
