// Package s3server runs a real S3 server on loopback for tests: versitygw over a folder.
package s3server

import (
	"bytes"
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

	program, dir string
	cmd          *exec.Cmd
}

// New starts versitygw, which FEEDMILL_VERSITYGW names, or PATH has, until the test ends. It skips
// the test where there is none.
func New(t testing.TB) *Server {
	t.Helper()
	program, err := exec.LookPath("versitygw")
	if name := os.Getenv("FEEDMILL_VERSITYGW"); name != "" {
		program, err = name, nil
	}
	if err != nil {
		t.Skip("no S3 server: go install github.com/versity/versitygw/cmd/versitygw@latest, into a folder of PATH")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{program: program, dir: t.TempDir(), Addr: l.Addr().String()}
	l.Close()
	for _, dir := range []string{"data", "meta"} {
		if err := os.Mkdir(filepath.Join(s.dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s.Start(t)
	t.Cleanup(s.Stop)
	return s
}

// Start starts a server that was stopped, on what it held.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	var said bytes.Buffer
	s.cmd = exec.Command(s.program, "--port", s.Addr, "--access", Key, "--secret", Secret,
		"posix", "--sidecar", filepath.Join(s.dir, "meta"), filepath.Join(s.dir, "data"))
	s.cmd.Stdout, s.cmd.Stderr = &said, &said
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", s.Addr)
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(deadline) {
			s.Stop()
			t.Fatalf("versitygw does not listen: %v\n%s", err, said.String())
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
