// Package browser shows the pages of feedmill to a browser: headless Chromium, driven by its own
// protocol. It builds the real program and lets it serve real sites, in languages that are written
// in different ways.
//
// All of it is skipped unless the environment variable FEEDMILL_BROWSER is 1. Where FEEDMILL_SCREENSHOTS
// names a folder, pictures of the pages are put there, to be looked at.
package browser

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

const axeFile = "npm/node_modules/axe-core/axe.min.js"

// patience is how long a page may take for anything.
const patience = 30 * time.Second

var (
	program string          // that serves the sites
	chrome  context.Context // the browser that all tests share
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if os.Getenv("FEEDMILL_BROWSER") != "1" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "feedmill-browser")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "feedmill")
	if out, err := exec.Command("go", "build", "-o", program, "feedmill/cmd/feedmill").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.NoSandbox, // it is root in containers, and only sees pages of ours
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
		chromedp.Flag("lang", "en"),
	)
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			options = append(options, chromedp.ExecPath(path))
			break
		}
	}
	allocator, endAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	defer endAllocator()
	browser, end := chromedp.NewContext(allocator)
	defer end()
	if err := chromedp.Do(browser); err != nil {
		fmt.Fprintf(os.Stderr, "the browser does not start: %v\nis it installed? see install.sh\n", err)
		return 1
	}
	chrome = browser
	return m.Run()
}

func needBrowser(t *testing.T) {
	t.Helper()
	if chrome == nil {
		t.Skip("FEEDMILL_BROWSER is not 1: see CONTRIBUTING.md")
	}
}

// site is one that the program serves.
type site struct {
	name    string
	article string   // the path of one of its pages
	env     []string // its configuration
	address string   // of the pages, without a slash at the end
	admin   string   // of the owner's page
}

// serve starts the program and ends it with the test. It must become ready, and end well.
func (s site) serve(t *testing.T) site {
	t.Helper()
	s.address, s.admin = freeAddress(t), freeAddress(t)
	var output locked
	cmd := exec.Command(program, "serve", "--state", "none", "--listen", s.address, "--admin", s.admin, "--base-url", "http://"+s.address)
	cmd.Dir = t.TempDir() // where no config.yaml is found by chance
	cmd.Env = append(os.Environ(), s.env...)
	cmd.Stderr = &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have crashed, which its end tells
		if err := <-ended; err != nil {
			t.Errorf("the program ended: %v\n%s", err, output.String())
		}
	})
	s.address, s.admin = "http://"+s.address, "http://"+s.admin
	eventually(t, "the program is ready", func() bool {
		answer, err := http.Get(s.address + "/readyz")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
	return s
}

// freeAddress is one that nothing listens on, nor will for the moment.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("in vain waited that %s", what)
		}
	}
}

// tab is a page in the browser. What its console tells of errors fails the test: among that is every
// violation of a content security policy.
type tab struct {
	context func() context.Context // of chromedp, which stands for the page
	t       *testing.T
	expects string // what lines of the console hold that are no errors; "" for none
}

func newTab(t *testing.T) *tab {
	t.Helper()
	ctx, end := chromedp.NewContext(chrome)
	t.Cleanup(end)
	p := &tab{context: func() context.Context { return ctx }, t: t}
	var console locked
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
				fmt.Fprintln(&console, e.Entry.Text, e.Entry.URL)
			}
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
				fmt.Fprintln(&console, e.Type, e.Args[0].Value)
			}
		case *runtime.EventExceptionThrown:
			fmt.Fprintln(&console, e.ExceptionDetails.Text, e.ExceptionDetails.URL, e.ExceptionDetails.LineNumber)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for said := range strings.Lines(console.String()) {
			if p.expects == "" || !strings.Contains(said, p.expects) {
				t.Errorf("the console says: %s", said)
			}
		}
	})
	return p
}

func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.context(), patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// eval returns what a script in the page gives, which may be a promise.
func eval[T any](p *tab, script string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.context(), patience)
	defer cancel()
	result, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatal(err)
	}
	return result
}

// await waits until a condition holds in the page, all of which is there and whose scripts have run.
func (p *tab) await(condition string) {
	p.t.Helper()
	whole := `document.readyState === "complete" && (` + condition + `)`
	eventually(p.t, condition, func() bool { return eval[bool](p, whole) })
}

// checkAccess asks axe for what keeps people out.
func (p *tab) checkAccess(what string) {
	p.t.Helper()
	axe, err := os.ReadFile(axeFile)
	if err != nil {
		p.t.Fatalf("%v: see install.sh", err)
	}
	eval[bool](p, string(axe)+";true")
	type violation struct {
		ID, Help string
		Nodes    []struct{ HTML, FailureSummary string }
	}
	for _, v := range eval[struct{ Violations []violation }](p, "axe.run()").Violations {
		for _, n := range v.Nodes[:min(len(v.Nodes), 3)] {
			p.t.Errorf("%s: %s (%s): %s\n%s", what, v.Help, v.ID, n.HTML, strings.TrimSpace(n.FailureSummary))
		}
	}
}

// locked is a buffer that may be read while a program writes to it.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
