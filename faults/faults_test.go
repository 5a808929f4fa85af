//go:build linux

// Package faults brings faults about, for real, in the folder, the mounts, the limits and the
// connections of the program as it is built, and looks at what becomes of its feeds. Each test is
// named by what goes wrong.
//
// The tests need root and a Linux of their own. Where the environment variable FEEDMILL_FAULTS is
// not set they are skipped; what else one of them needs and does not find, it says.
package faults

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// deadline is how long what must come may take. It is shorter than the default of
// watch.reconcile, so that nothing that comes in time came by that.
const deadline = 50 * time.Second

// program is the path of the feedmill under test.
var program string

func TestMain(m *testing.M) {
	if os.Getenv("FEEDMILL_FAULTS") == "" {
		os.Exit(m.Run())
	}
	dir, err := os.MkdirTemp("", "faults")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(dir, "feedmill")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", program, "feedmill/cmd/feedmill")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		os.Exit(1)
	}
	if err := os.Chmod(dir, 0o755); err != nil { // other users run it too
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// needs skips the test where faults must not be brought about, or where a tool is missing.
func needs(t *testing.T, tools ...string) {
	t.Helper()
	if os.Getenv("FEEDMILL_FAULTS") == "" {
		t.Skip("FEEDMILL_FAULTS is not set: faults are brought about only where that is asked for")
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can bring this about")
	}
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
}

// site is a content folder and the program that serves it.
type site struct {
	*testing.T
	dir     string   // holds content, config.yaml and whatever else a test needs
	content string   // the folder of articles
	inside  []string // the command that leads into the namespaces of the program

	cmd         *exec.Cmd
	ended       chan struct{} // closed when the program has ended, with err
	err         error
	addr, admin string
	rest        usage // at the start
}

// newSite makes a folder with one article and a configuration, to which yaml is added. The program
// is not started. All of it is gone after the test.
func newSite(t *testing.T, yaml string, tools ...string) *site {
	t.Helper()
	needs(t, tools...)
	t.Parallel()
	dir, err := os.MkdirTemp("", "site") //nolint:usetesting // other users must be able to enter it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s := &site{T: t, dir: dir, content: filepath.Join(dir, "content")}
	s.write("first.md", article("First", "The first."))
	config := "title: Faults\nbase_url: https://example.org\nstate: none\ncontent: {preset: plain}\n" + yaml + "\n"
	if err := os.WriteFile(s.config(), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) config() string { return filepath.Join(s.dir, "config.yaml") }

// article returns the text of an article.
func article(title, text string) string {
	return "---\ntitle: " + title + "\ndate: 2024-01-02\ntags: [one]\n---\n" + text + "\n"
}

func (s *site) write(name, text string) {
	s.Helper()
	file := filepath.Join(s.content, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
		s.Fatal(err)
	}
}

var serving = regexp.MustCompile(`msg=serving addr=(\S+) admin=(\S+)`)

// start starts the program and waits until it is ready. Unless it is empty, setup is a shell script
// that the process runs first, in new namespaces of the kinds given: "-m" mounts, "-U -r" users.
func (s *site) start(kinds, setup string, flags ...string) {
	s.Helper()
	s.launch(kinds, setup, flags...)
	s.until("the program is ready", func() error {
		status, body, err := s.ask("http://" + s.addr + "/readyz")
		if err == nil && status != http.StatusOK {
			err = errors.New(body)
		}
		return err
	})
	s.until("the program is at rest", func() error {
		before := s.rest
		time.Sleep(200 * time.Millisecond) // what it starts last may start after it is ready
		if s.rest = s.usage(); s.rest != before {
			return fmt.Errorf("it used %+v, and a moment later %+v", before, s.rest)
		}
		return nil
	})
}

// launch is start without waiting for readiness.
func (s *site) launch(kinds, setup string, flags ...string) {
	s.Helper()
	args := append([]string{program, "serve", "--config", s.config(), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}, flags...)
	if setup != "" {
		args = append([]string{"sh", "-ec", setup + "\nexec \"$@\"", "sh"}, args...)
	}
	if kinds != "" {
		args = append(append([]string{"unshare"}, strings.Fields(kinds)...), args...)
	}
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		s.Fatal(err)
	}
	defer log.Close()
	s.cmd = exec.CommandContext(context.WithoutCancel(s.Context()), args[0], args[1:]...)
	s.cmd.Dir = s.dir
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		s.Fatal(err)
	}
	s.ended = make(chan struct{})
	go func() {
		s.err = s.cmd.Wait()
		close(s.ended)
	}()
	s.Cleanup(s.end)
	if kinds != "" {
		s.inside = []string{"nsenter", "-t", s.pid(), "-m"}
		if strings.Contains(kinds, "-U") {
			s.inside = append(s.inside, "-U", "--preserve-credentials")
		}
	}
	s.until("the program listens", func() error {
		m := serving.FindStringSubmatch(s.log())
		if m == nil {
			return errors.New("it does not say where")
		}
		s.addr, s.admin = m[1], m[2]
		return nil
	})
}

func (s *site) pid() string { return strconv.Itoa(s.cmd.Process.Pid) }

func (s *site) signal(sig os.Signal) {
	s.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.Fatal(err)
	}
}

// end ends the program as SIGTERM does, unless it has ended. A crash fails the test.
func (s *site) end() {
	if s.Failed() {
		log := s.log()
		s.Logf("log:\n%s", log[max(0, len(log)-4000):])
	}
	_ = s.cmd.Process.Signal(syscall.SIGCONT)
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(deadline):
		s.Errorf("still running %v after SIGTERM", deadline)
		_ = s.cmd.Process.Kill()
		<-s.ended
	}
	if s.err != nil {
		s.Errorf("the program ended with %v; log:\n%s", s.err, s.log())
	}
}

func (s *site) log() string {
	text, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// sh runs a shell script in the folder of the site and in the namespaces of the program.
func (s *site) sh(script string) string {
	s.Helper()
	out, err := s.command(s.Context(), "sh", "-ec", script).CombinedOutput()
	if err != nil {
		s.Fatalf("%s: %v\n%s", script, err, out)
	}
	return string(out)
}

func (s *site) command(ctx context.Context, args ...string) *exec.Cmd {
	// The working directory outside may not be the one inside.
	args = append([]string{"sh", "-ec", `cd "$0"; exec "$@"`, s.dir}, args...)
	args = append(append([]string{}, s.inside...), args...)
	cmd := exec.CommandContext(context.WithoutCancel(ctx), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "HOME="+s.dir, "GIT_CONFIG_GLOBAL=/dev/null")
	return cmd
}
