//go:build linux

// Package pgserver runs a real PostgreSQL for tests, that of Debian's package, and does to it what
// happens to servers: it is killed, paused and started again. One server serves all tests of a
// package, each with a schema of its own.
package pgserver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Password is that of the server's only user, so that tests can look for it where it may not be.
const Password = "wheel-of-5432"

const patience = 30 * time.Second

// Server is a running PostgreSQL.
type Server struct {
	Addr string // host:port on loopback

	bin, dir string
	process  *exec.Cmd
	names    int
}

var shared = sync.OnceValues(start)
var started bool

// Main runs the tests of a package and ends the server that they have shared. It returns what
// TestMain is to exit with.
func Main(m *testing.M) int {
	code := m.Run()
	if started {
		if s, err := shared(); err == nil {
			s.stop()
		}
	}
	return code
}

// Get returns the server of this package's tests, and starts it when it is the first to ask. It
// skips the test where PostgreSQL is not installed.
func Get(t testing.TB) *Server {
	t.Helper()
	started = true
	return have(t)(shared())
}

// New returns a server of the test's own, for packages whose TestMain is somebody else's.
func New(t testing.TB) *Server {
	t.Helper()
	s := have(t)(start())
	t.Cleanup(s.stop)
	return s
}

func have(t testing.TB) func(*Server, error) *Server {
	return func(s *Server, err error) *Server {
		t.Helper()
		if errors.Is(err, exec.ErrNotFound) {
			t.Skipf("needs Debian's package postgresql: %v", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

// Place returns a URL at which nothing is kept yet: a schema of its own, which is made sooner than
// a database.
func (s *Server) Place(t testing.TB) string {
	t.Helper()
	s.names++
	name := "test" + strconv.Itoa(s.names)
	s.Exec(t, s.URL(), "CREATE SCHEMA "+name)
	return s.URL() + "?search_path=" + name
}

// URL returns that of the server's database.
func (s *Server) URL() string {
	return "postgres://feedmill:" + Password + "@" + s.Addr + "/postgres"
}

// Exec runs statements in the database of a URL.
func (s *Server) Exec(t testing.TB, url, sql string, args ...any) {
	t.Helper()
	if err := execute(url, sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func execute(url, sql string, args ...any) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql, args...)
	return err
}

func start() (*Server, error) {
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(bins) == 0 {
		return nil, fmt.Errorf("/usr/lib/postgresql/*/bin: %w", exec.ErrNotFound)
	}
	newest := slices.MaxFunc(bins, func(a, b string) int { return cmp.Compare(version(a), version(b)) })
	dir, err := os.MkdirTemp("", "feedmill-postgres")
	if err != nil {
		return nil, err
	}
	s := &Server{bin: newest, dir: dir}
	if err := s.create(); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

func version(bin string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
	return n
}

func (s *Server) create() error {
	if err := os.WriteFile(filepath.Join(s.dir, "password"), []byte(Password), 0o644); err != nil {
		return err
	}
	if os.Getuid() == 0 {
		if err := os.Chown(s.dir, nobody, nobody); err != nil {
			return err
		}
	}
	// --no-sync: what a test writes need not outlive the machine.
	out, err := s.command("initdb", "-D", s.data(), "-U", "feedmill", "-A", "scram-sha-256", "--pwfile="+filepath.Join(s.dir, "password"),
		"-E", "UTF8", "--locale=C.UTF-8", "--no-sync").CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.Addr = l.Addr().String()
	l.Close()
	return s.run()
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// nobody is whom the server runs as where the tests run as root, which it refuses.
const nobody = 65534

func (s *Server) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(s.bin, name), args...)
	c.Dir = s.dir
	c.Env = []string{"PATH=" + s.bin + ":/usr/bin:/bin", "TZ=UTC"}
	if os.Getuid() == 0 {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	return c
}

// run starts the server and waits until it answers. Its processes from before may still have to
// notice that they are alone, so it may take more than one try.
func (s *Server) run() error {
	_, port, _ := net.SplitHostPort(s.Addr)
	for end := time.Now().Add(patience); ; {
		// fsync=off: the page cache outlives a killed process.
		s.process = s.command("postgres", "-D", s.data(), "-c", "listen_addresses=127.0.0.1", "-c", "port="+port,
			"-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=50")
		log, err := os.Create(filepath.Join(s.dir, "log"))
		if err != nil {
			return err
		}
		s.process.Stdout, s.process.Stderr = log, log
		err = s.process.Start()
		log.Close() // it is the process's now
		if err != nil {
			return err
		}
		ended := make(chan struct{})
		go func(c *exec.Cmd) { _ = c.Wait(); close(ended) }(s.process) // how it ends is the test's doing
		if s.answers(end, ended) {
			return nil
		}
		if time.Now().After(end) {
			said, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("postgres does not answer:\n%s", said)
		}
	}
}

// answers waits for an answer, the end of the process or that of the time.
func (s *Server) answers(end time.Time, ended <-chan struct{}) bool {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for time.Now().Before(end) {
		if execute(s.URL(), "SELECT 1") == nil {
			return true
		}
		select {
		case <-ended:
			return false
		case <-tick.C:
		}
	}
	return false
}

// Kill ends all processes of the server with SIGKILL.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	s.signal(syscall.SIGKILL)
}

// Start starts a server again that was killed, and waits until it answers.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
}

// Pause stops all processes of the server where they are, until Resume.
func (s *Server) Pause(t testing.TB) {
	t.Helper()
	s.signal(syscall.SIGSTOP)
	t.Cleanup(func() { s.signal(syscall.SIGCONT) })
}

// Resume lets a paused server go on.
func (s *Server) Resume(t testing.TB) {
	t.Helper()
	s.signal(syscall.SIGCONT)
}

// signal sends to the first process before the others, so that it makes no more of them.
func (s *Server) signal(sig syscall.Signal) {
	pid := s.process.Process.Pid
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", pid))
	_ = s.process.Process.Signal(sig) // one that has ended needs none
	if more, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", pid)); err == nil && len(more) > 0 {
		children = more
	}
	for child := range strings.FieldsSeq(string(children)) {
		if n, err := strconv.Atoi(child); err == nil {
			_ = syscall.Kill(n, sig)
		}
	}
}

func (s *Server) stop() {
	s.signal(syscall.SIGKILL)
	os.RemoveAll(s.dir)
}
