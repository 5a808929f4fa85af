//go:build linux

package postgres_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"feedmill/hub"
	"feedmill/hub/postgres"
	"feedmill/internal/pgserver"
)

const topic, callback = "https://blog.example/feed.xml", "https://r.example/"

// behind returns a store with one subscription that lacks a version, and its URL.
func behind(t *testing.T, server *pgserver.Server) (*postgres.Store, string) {
	t.Helper()
	url := server.Place(t)
	s := open(t, url)
	if err := s.Subscribe(t.Context(), hub.Subscription{Topic: topic, Callback: callback}, 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := s.Publish(t.Context(), map[string]hub.Version{topic: {ETag: "1", Modified: time.Unix(1, 0)}}); err != nil {
		t.Fatal(err)
	}
	return s, url
}

// claimed claims until it gets something.
func claimed(t *testing.T, s *postgres.Store, hold time.Duration) hub.Delivery {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var last error
	for end := time.Now().Add(time.Minute); time.Now().Before(end); <-tick.C {
		ds, err := s.Claim(t.Context(), 10, hold, nil)
		if len(ds) == 1 {
			return ds[0]
		}
		last = err
	}
	t.Fatalf("nothing to claim; last error: %v", last)
	return hub.Delivery{}
}

// fails waits for a call that finds no server, and looks at what it says.
func fails(t *testing.T, s *postgres.Store) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		if _, err := s.Next(t.Context()); err != nil {
			if strings.Contains(err.Error(), pgserver.Password) {
				t.Fatalf("the error holds the password: %v", err)
			}
			return
		}
	}
	t.Fatal("the server is gone, and no call fails")
}

// TestKilled is D11 with a server that is killed: what it has answered for is there afterwards, and
// the store goes on by itself.
func TestKilled(t *testing.T) {
	server := pgserver.Get(t)
	s, _ := behind(t, server)
	server.Kill(t)
	fails(t, s)
	begin := time.Now()
	for range 100 {
		fails(t, s) // not asked again each time
	}
	t.Logf("100 calls without a server: %v", time.Since(begin))
	server.Start(t)
	d := claimed(t, s, time.Hour)
	if err := s.Settle(t.Context(), []hub.Outcome{{Delivery: d, Has: "1", Tried: true}}); err != nil {
		t.Fatal(err)
	}
	if found, err := s.Find(t.Context(), topic, callback); err != nil || found.Has != "1" {
		t.Errorf("Find = %+v, %v", found, err)
	}
}

// TestPaused is D11 with a server that is stopped where it is: no call waits for long.
func TestPaused(t *testing.T) {
	faults(t)
	server := pgserver.Get(t)
	s, _ := behind(t, server)
	server.Pause(t)
	fails(t, s)
	server.Resume(t)
	claimed(t, s, time.Hour)
}

// TestDropped is D11 with a network between that loses everything, then connects again.
func TestDropped(t *testing.T) {
	faults(t)
	server := pgserver.Get(t)
	_, url := behind(t, server)
	p := newProxy(t, server.Addr)
	s := open(t, strings.Replace(url, server.Addr, p.addr, 1))
	if _, err := s.Find(t.Context(), topic, callback); err != nil {
		t.Fatal(err)
	}
	p.drop(true)
	fails(t, s)
	p.drop(false)
	claimed(t, s, time.Hour)
}

func faults(t *testing.T) {
	if os.Getenv("FEEDMILL_FAULTS") == "" {
		t.Skip("set FEEDMILL_FAULTS=1: it waits for limits of seconds")
	}
}

// TestWorkerKilled is D12: what a killed worker has claimed comes back once its claim has run out,
// one time.
func TestWorkerKilled(t *testing.T) {
	server := pgserver.Get(t)
	s, url := behind(t, server)
	const hold = time.Second
	worker := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestWorker$")
	worker.Env = append(os.Environ(), "TEST_WORKER_STORE="+url, "TEST_WORKER_HOLD="+hold.String())
	out, err := worker.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	taken := time.Now()
	if err := worker.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = worker.Wait() // says that it was killed
	lost, _ := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
	if err != nil || lost == 0 {
		t.Fatalf("the worker says %q, %v", line, err)
	}
	d := claimed(t, s, time.Hour)
	if d.Claim == lost {
		t.Errorf("the claim of the worker, %d, was given away again", lost)
	}
	t.Logf("reclaimed %v after the claim of %v", time.Since(taken), hold)
	if err := s.Settle(t.Context(), []hub.Outcome{{Delivery: d, Has: d.Newest.ETag, Tried: true}}); err != nil {
		t.Fatal(err)
	}
	age(t, server, url, 2*time.Hour)
	if ds, err := s.Claim(t.Context(), 10, hold, nil); err != nil || len(ds) > 0 {
		t.Errorf("Claim after the delivery = %v, %v", ds, err)
	}
}

// TestWorker is the worker that is killed.
func TestWorker(t *testing.T) {
	url := os.Getenv("TEST_WORKER_STORE")
	if url == "" {
		t.Skip("is run by TestWorkerKilled")
	}
	hold, err := time.ParseDuration(os.Getenv("TEST_WORKER_HOLD"))
	if err != nil {
		t.Fatal(err)
	}
	d := claimed(t, open(t, url), hold)
	os.Stdout.WriteString(strconv.FormatInt(d.Claim, 10) + "\n")
	<-t.Context().Done() // never
}

// proxy carries bytes to a server, or loses them.
type proxy struct {
	addr string

	mu      sync.Mutex
	dropped bool
}

func newProxy(t *testing.T, to string) *proxy {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{addr: l.Addr().String()}
	var running sync.WaitGroup
	ctx, end := context.WithCancel(context.Background())
	t.Cleanup(func() { end(); l.Close(); running.Wait() })
	running.Go(func() {
		for {
			a, err := l.Accept()
			if err != nil {
				return
			}
			b, err := net.Dial("tcp", to)
			if err != nil {
				a.Close()
				continue
			}
			stop := context.AfterFunc(ctx, func() { a.Close(); b.Close() })
			var both sync.WaitGroup
			both.Go(func() { p.carry(a, b) })
			both.Go(func() { p.carry(b, a) })
			running.Go(func() { both.Wait(); stop() })
		}
	})
	return p
}

// carry copies until one side ends, but for what comes while bytes are dropped: a stream that lacks
// some is of no use any more, so it ends once they are not.
func (p *proxy) carry(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 32<<10)
	lost := false
	for {
		n, err := from.Read(buf)
		p.mu.Lock()
		drops := p.dropped
		p.mu.Unlock()
		lost = lost || drops && n > 0
		if err != nil || lost && !drops {
			return
		}
		if lost {
			continue
		}
		if _, err := io.Copy(to, strings.NewReader(string(buf[:n]))); err != nil {
			return
		}
	}
}

func (p *proxy) drop(yes bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dropped = yes
}
