// Package s3server runs a real S3 server on loopback, for tests and measurements: versitygw over a folder.
package s3server

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"feedmill/internal/s3"
)

// Key is that of the server's only user.
const Key = "feedmill"

// Secret belongs to it, so that tests can look for it where it may not be.
const Secret = "mill-wheel-secret"

// Server is a running S3 server.
type Server struct {
	Addr string // host:port on loopback

	program string
	args    []string
	cmd     *exec.Cmd
}

// New starts versitygw until the test ends. It skips the test where there is none.
func New(t testing.TB) *Server {
	t.Helper()
	dir := t.TempDir()
	data, meta := filepath.Join(dir, "data"), filepath.Join(dir, "meta")
	if err := os.Mkdir(meta, 0o755); err != nil {
		t.Fatal(err)
	}
	s, err := Open(data, "--sidecar", meta)
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("no S3 server: go install github.com/versity/versitygw/cmd/versitygw@latest, into a folder of PATH")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

// Open starts versitygw, which FEEDMILL_VERSITYGW names, or PATH has, over a folder that it makes, with
// more flags for that. The error is [exec.ErrNotFound] where there is none.
func Open(dir string, flags ...string) (*Server, error) {
	program, err := exec.LookPath(cmp.Or(os.Getenv("FEEDMILL_VERSITYGW"), "versitygw"))
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{Addr: l.Addr().String(), program: program}
	s.args = append([]string{"--port", s.Addr, "--access", Key, "--secret", Secret, "posix"}, append(flags, dir)...)
	if err := errors.Join(l.Close(), os.Mkdir(dir, 0o755)); err != nil {
		return nil, err
	}
	return s, s.run()
}

// Start starts a server that was stopped, on what it held.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
}

// run starts the server and waits until it listens.
func (s *Server) run() error {
	var said bytes.Buffer
	s.cmd = exec.Command(s.program, s.args...)
	s.cmd.Stdout, s.cmd.Stderr = &said, &said
	if err := s.cmd.Start(); err != nil {
		return err
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", s.Addr)
		if err == nil {
			return c.Close()
		}
		if time.Now().After(deadline) {
			s.Stop()
			return fmt.Errorf("versitygw does not listen: %w\n%s", err, said.String())
		}
	}
}

// Stop ends the server at once.
func (s *Server) Stop() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// Bucket is one of that name, which need not be there.
func (s *Server) Bucket(name string) s3.Bucket {
	return s3.Bucket{Endpoint: "http://" + s.Addr, Name: name, Region: "us-east-1", PathStyle: true, AccessKey: Key, SecretKey: Secret}
}

// MakeBucket makes a bucket, and returns it and a client for it.
func (s *Server) MakeBucket(t testing.TB, name string) (s3.Bucket, *minio.Client) {
	t.Helper()
	b := s.Bucket(name)
	c, err := b.Client(1)
	if err == nil {
		err = c.MakeBucket(t.Context(), name, minio.MakeBucketOptions{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b, c
}
