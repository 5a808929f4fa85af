package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// lobby is a listener that lets in a bounded number of connections. When it is full it makes room
// for the next by closing one on which nothing is being answered, of the client that has most of
// them; a client is an address, or a network of 64 bits in IPv6. What is being answered is only ever
// closed where one client holds more than half of all and another one wants in. So a burst of
// readers waits for a moment at worst, and who sends nothing keeps nobody out.
type lobby struct {
	net.Listener
	most   int
	opened time.Time
	closed chan struct{} // by Close
	left   chan struct{} // holds a value when a connection has been closed
	once   sync.Once

	last     sync.Mutex
	lastFrom string // where the last connection comes from; "" as long as there is none

	mu    sync.Mutex
	conns map[*conn]bool
	held  map[netip.Prefix]int // connections of each client
}

// conn is a connection in the lobby.
type conn struct {
	net.Conn
	lobby  *lobby
	client netip.Prefix

	turned atomic.Int64 // when answering began or ended last, on the lobby's clock; negative: something is being answered

	until time.Time // deadline of writes that is set; belongs to who writes
}

const (
	// stall is how long a client may take to accept any more of an answer.
	stall = 30 * time.Second

	// patience is how long a connection may be idle before it may be closed to make room.
	patience = time.Second

	// defaultConns is how many connections are let in unless Options say.
	defaultConns = 4096
)

func newLobby(l net.Listener, most int) *lobby {
	return &lobby{
		Listener: l, most: most, opened: time.Now(),
		closed: make(chan struct{}), left: make(chan struct{}, 1),
		conns: map[*conn]bool{}, held: map[netip.Prefix]int{},
	}
}

func (l *lobby) Accept() (net.Conn, error) {
	inner, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if l.isLast(inner) {
		inner.Close()
		l.Close()
		return nil, net.ErrClosed
	}
	c := &conn{Conn: inner, lobby: l, client: clientOf(inner.RemoteAddr().String())}
	c.answering(false)
	for !l.admit(c) {
		if victim := l.victim(c.client, l.now()); victim != nil {
			victim.Close()
			continue
		}
		select {
		case <-l.left:
		case <-time.After(patience / 10):
		case <-l.closed:
			inner.Close()
			return nil, net.ErrClosed
		}
	}
	return c, nil
}

// drain closes the listener at a moment when nobody waits to be let in, for whoever does then is
// lost: a connection of its own, which comes after all others, shows when all of them are in.
func (l *lobby) drain() {
	l.last.Lock()
	c, err := net.DialTimeout("tcp", l.Addr().String(), time.Second)
	if err == nil {
		defer c.Close()
		l.lastFrom = c.LocalAddr().String()
	}
	l.last.Unlock()
	if err == nil {
		select {
		case <-l.closed:
		case <-time.After(time.Second):
		}
	}
	l.Close()
}

// isLast reports whether c is the connection after which the listener is closed.
func (l *lobby) isLast(c net.Conn) bool {
	l.last.Lock()
	defer l.last.Unlock()
	return c.RemoteAddr().String() == l.lastFrom
}

func (l *lobby) Close() error {
	err := l.Listener.Close()
	l.once.Do(func() { close(l.closed) })
	return err
}

// admit lets c in if there is room.
func (l *lobby) admit(c *conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.conns) >= l.most {
		return false
	}
	l.conns[c] = true
	l.held[c.client]++
	return true
}

// victim returns the connection to be closed so that the client may come in, or nil.
func (l *lobby) victim(client netip.Prefix, now time.Duration) *conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	var worst *conn
	worse := func(c *conn) bool {
		if worst == nil || l.held[c.client] != l.held[worst.client] {
			return worst == nil || l.held[c.client] > l.held[worst.client]
		}
		since, _ := c.state()
		before, _ := worst.state()
		return since < before
	}
	for c := range l.conns {
		if since, idle := c.state(); idle && now-since >= patience && worse(c) {
			worst = c
		}
	}
	if worst != nil {
		return worst
	}
	for c := range l.conns {
		if c.client != client && 2*l.held[c.client] > l.most && worse(c) {
			worst = c
		}
	}
	return worst
}

// clientOf is the client of an address with a port.
func clientOf(addr string) netip.Prefix {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return netip.Prefix{}
	}
	bits := 32
	if ip := at.Addr().Unmap(); ip.Is6() {
		bits = 64
	}
	p, _ := at.Addr().Unmap().Prefix(bits) // the bits fit
	return p
}

func (c *conn) Close() error {
	l := c.lobby
	l.mu.Lock()
	if l.conns[c] {
		delete(l.conns, c)
		if l.held[c.client]--; l.held[c.client] == 0 {
			delete(l.held, c.client)
		}
		select {
		case l.left <- struct{}{}:
		default:
		}
	}
	l.mu.Unlock()
	return c.Conn.Close()
}

// Write is bounded by progress and not by time: a slow reader that moves may take its time, one that
// does not is cut off.
func (c *conn) Write(b []byte) (n int, err error) {
	err = c.persist(func() (int, error) {
		m, err := c.Conn.Write(b[n:])
		n += m
		return m, err
	})
	return n, err
}

// writeAll writes all buffers as Write does, at once where the system can.
func (c *conn) writeAll(b *net.Buffers) error {
	return c.persist(func() (int, error) {
		m, err := b.WriteTo(c.Conn)
		return int(m), err
	})
}

// persist calls write, which goes on where it has stopped, until that has done it.
func (c *conn) persist(write func() (int, error)) error {
	const glance = stall / 6
	for moved := time.Now(); ; {
		// What is set may do for many writes: when it is over too soon it costs one more glance.
		if now := time.Now(); c.until.Sub(now) < glance/2 {
			c.until = now.Add(glance)
			if err := c.SetWriteDeadline(c.until); err != nil {
				return err
			}
		}
		m, err := write()
		now := time.Now()
		if m > 0 {
			moved = now
		}
		if e, ok := errors.AsType[net.Error](err); err == nil || !ok || !e.Timeout() || now.Sub(moved) >= stall {
			return err
		}
	}
}

// CloseWrite lets net/http end a connection without losing what the client has yet to read.
func (c *conn) CloseWrite() error {
	if t, ok := c.Conn.(*net.TCPConn); ok {
		return t.CloseWrite()
	}
	return nil
}

// now is the time on the lobby's clock, which is never 0.
func (l *lobby) now() time.Duration { return time.Since(l.opened) + 1 }

// answering notes that something is being answered, or nothing any more.
func (c *conn) answering(is bool) {
	now := int64(c.lobby.now())
	if is {
		now = -now
	}
	c.turned.Store(now)
}

// state tells when answering began or ended last.
func (c *conn) state() (since time.Duration, idle bool) {
	turned := time.Duration(c.turned.Load())
	return max(turned, -turned), turned > 0
}

type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// attend tells the lobby which connections are being answered. When the server goes down it asks
// each client to come back by another connection.
func (s *Server) attend(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, ok := r.Context().Value(connKey{}).(interface{ answering(bool) }); ok {
			c.answering(true)
			defer c.answering(false)
		}
		if s.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}
