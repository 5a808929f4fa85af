package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts call the real program as "feedmill".
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"feedmill": main})
}

// TestScripts runs the scripts in testdata. Beside testscript's own commands, which none of these may be named
// like, since its own go first, they have
//
//	serve [FLAG...]           starts the program on free ports, and waits until it is ready
//	end                       ends it as SIGTERM would; it must return without an error
//	get PATH [NAME]           the body to NAME (default "got"), the headers to NAME.header
//	delta PATH NAME           asks for what is new since the answer in NAME; the body goes to "got", status
//	                          and headers to "got.header"
//	until PATH [!]contains TEXT  asks again until that holds
//	status PATH CODE          asks again until the answer has that status
//	                          (both ask the admin listener for what is under /-/)
//	admin METHOD PATH         asks the admin listener, the body to "got"
//	hub FILE                  starts a WebSub hub and adds a line to FILE that names it
//	told URL...               waits until the hub has been told of these feeds, and of no others, since the last time
//	subscriber FILE           starts one, and adds a line to FILE that lets the site's own hub reach it
//	subscribe URL             subscribes it to a feed, and waits until that is settled
//	sent URL                  waits until it is sent something, which is of that feed and signed, and goes to "sent"
//	risen BEFORE AFTER        of the answers in these files, the second has another tag and a later date
//	hook TOKEN CODE           sends a webhook with the token; the answer must have that status
//	log TEXT                  waits until the program's log holds it
func TestScripts(t *testing.T) { testscript.Run(t, scripts("testdata")) }

func scripts(dir string) testscript.Params {
	return testscript.Params{
		Dir: dir,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve":      serveCmd,
			"end":        func(ts *testscript.TestScript, _ bool, _ []string) { daemonOf(ts).end(ts) },
			"get":        getCmd,
			"delta":      deltaCmd,
			"until":      untilCmd,
			"status":     statusCmd,
			"admin":      adminCmd,
			"hub":        hubCmd,
			"told":       toldCmd,
			"subscriber": subscriberCmd,
			"subscribe":  subscribeCmd,
			"sent":       sentCmd,
			"log":        logCmd,
			"risen":      risenCmd,
			"hook":       hookCmd,
		},
		RequireExplicitExec: false,
		Setup: func(env *testscript.Env) error {
			env.Values["daemon"] = &running{}
			env.Defer(func() { env.Values["daemon"].(*running).cancel() })
			return nil
		},
	}
}

// running is the program under test within this process.
type running struct {
	stop        context.CancelFunc
	ended       chan struct{} // closed when it has ended, with err
	err         error
	log         lockedBuffer
	addr, admin string
	hub         testHub
	subscriber  testSubscriber
}

func daemonOf(ts *testscript.TestScript) *running { return ts.Value("daemon").(*running) }

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var servingLine = regexp.MustCompile(`msg=serving addr=(\S+) admin=(\S+)`)

func serveCmd(ts *testscript.TestScript, _ bool, args []string) {
	d := daemonOf(ts)
	ctx, stop := context.WithCancel(context.Background())
	d.stop, d.ended = stop, make(chan struct{})
	d.log = lockedBuffer{}
	args = append([]string{"serve", "--config", ts.MkAbs("config.yaml"), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}, args...)
	go func() {
		d.err = run(ctx, args, io.Discard, &d.log)
		close(d.ended)
	}()
	eventually(ts, "the program serves", func() string {
		m := servingLine.FindStringSubmatch(d.log.String())
		if m == nil {
			select {
			case <-d.ended:
				ts.Fatalf("serve: %v\n%s", d.err, d.log.String())
			default:
			}
			return "log:\n" + d.log.String()
		}
		d.addr, d.admin = m[1], m[2]
		return ""
	})
	ts.Setenv("ADDR", d.addr)
	ts.Setenv("ADMIN", d.admin)
	eventually(ts, "ready", func() string {
		resp, _ := d.ask(ts, "GET", "http://"+d.addr+"/readyz")
		if resp.StatusCode != http.StatusOK {
			return resp.Status
		}
		return ""
	})
}

func (d *running) end(ts *testscript.TestScript) {
	d.stop()
	select {
	case <-d.ended:
		ts.Check(d.err)
	case <-time.After(20 * time.Second):
		ts.Fatalf("still running 20 s after the signal")
	}
	d.stop = nil
}

func (d *running) cancel() {
	if d.stop != nil {
		d.stop()
		<-d.ended
	}
}

// eventually asks again until what it asks says nothing against it.
func eventually(ts *testscript.TestScript, what string, against func() string) {
	deadline := time.Now().Add(20 * time.Second)
	for {
		why := against()
		if why == "" {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("not within 20 s: %s: %s", what, why)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// unmoved follows no redirects: they lead to the public address.
var unmoved = http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func (d *running) ask(ts *testscript.TestScript, method, url string, header ...string) (*http.Response, string) {
	req, err := http.NewRequest(method, url, nil)
	ts.Check(err)
	for pair := range slices.Chunk(header, 2) {
		req.Header.Set(pair[0], pair[1])
	}
	resp, err := unmoved.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	return resp, string(body)
}

func getCmd(ts *testscript.TestScript, _ bool, args []string) {
	d := daemonOf(ts)
	var resp *http.Response
	var body string
	eventually(ts, "an answer with its date, which is withheld while it is to come", func() string {
		resp, body = d.ask(ts, "GET", "http://"+d.addr+args[0])
		if resp.StatusCode == http.StatusOK && resp.Header.Get("Last-Modified") == "" {
			return "no Last-Modified"
		}
		return ""
	})
	name := "got"
	if len(args) > 1 {
		name = args[1]
	}
	var header strings.Builder
	for _, h := range []string{"ETag", "Last-Modified", "Content-Type", "Link"} {
		fmt.Fprintf(&header, "%s: %s\n", h, resp.Header.Get(h))
	}
	ts.Check(os.WriteFile(ts.MkAbs(name), []byte(body), 0o644))
	ts.Check(os.WriteFile(ts.MkAbs(name+".header"), []byte(header.String()), 0o644))
}

func deltaCmd(ts *testscript.TestScript, _ bool, args []string) {
	d := daemonOf(ts)
	tag := etagLine.FindStringSubmatch(ts.ReadFile(args[1] + ".header"))
	resp, body := d.ask(ts, "GET", "http://"+d.addr+args[0], "A-IM", "feed", "If-None-Match", tag[1])
	var header strings.Builder
	fmt.Fprintln(&header, "Status:", resp.StatusCode)
	ts.Check(resp.Header.Write(&header))
	ts.Check(os.WriteFile(ts.MkAbs("got"), []byte(body), 0o644))
	ts.Check(os.WriteFile(ts.MkAbs("got.header"), []byte(header.String()), 0o644))
}

var etagLine = regexp.MustCompile(`(?m)^ETag: (.*)$`)

// url is where the path is, on the listener that has it.
func (d *running) url(path string) string {
	if strings.HasPrefix(path, "/-/") {
		return "http://" + d.admin + path
	}
	return "http://" + d.addr + path
}

func untilCmd(ts *testscript.TestScript, _ bool, args []string) {
	d := daemonOf(ts)
	want := args[1] == "contains"
	eventually(ts, strings.Join(args, " "), func() string {
		_, body := d.ask(ts, "GET", d.url(args[0]))
		if strings.Contains(body, args[2]) != want {
			return body
		}
		return ""
	})
}

func statusCmd(ts *testscript.TestScript, _ bool, args []string) {
	d := daemonOf(ts)
	eventually(ts, strings.Join(args, " "), func() string {
		resp, _ := d.ask(ts, "GET", d.url(args[0]))
		if have := strconv.Itoa(resp.StatusCode); have != args[1] {
			return have
		}
		return ""
	})
}

func adminCmd(ts *testscript.TestScript, _ bool, args []string) {
	d := daemonOf(ts)
	_, body := d.ask(ts, args[0], "http://"+d.admin+args[1])
	ts.Check(os.WriteFile(ts.MkAbs("got"), []byte(body), 0o644))
}

func logCmd(ts *testscript.TestScript, _ bool, args []string) {
	d := daemonOf(ts)
	eventually(ts, "log "+args[0], func() string {
		if log := d.log.String(); !strings.Contains(log, args[0]) {
			return log
		}
		return ""
	})
}
