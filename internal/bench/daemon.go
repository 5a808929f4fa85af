package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// daemon is a running feedmill.
type daemon struct {
	cmd   *exec.Cmd
	begun time.Time
	ready time.Duration // from its start until /readyz answered 200
	spent float64       // seconds of processors until then
	ended chan struct{}
	last  []byte // lines of the log that tell of trouble; read it after the end

	public, admin string // URLs
}

var serving = regexp.MustCompile(`msg=serving addr=(\S+) admin=(\S+)`)

// pace is how long to wait between two looks at whether something has come about: little beside
// what is measured, and little work.
const pace = time.Millisecond

// patience is how long anything may take at most.
const patience = 20 * time.Minute

// start runs the program with the flags and waits until it is ready. What comes before it on the
// command line, if anything, must become it.
func (b *bench) start(ctx context.Context, before []string, flags ...string) (*daemon, error) {
	args := append(append(before, b.program, "serve", "--config", b.config, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"), flags...)
	d := &daemon{cmd: command(ctx, args...), ended: make(chan struct{})}
	out, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	d.cmd.Stderr = w
	d.begun = time.Now()
	err = d.cmd.Start()
	w.Close()
	if err != nil {
		out.Close()
		return nil, err
	}
	addresses := make(chan [][]byte, 1)
	go func() {
		defer close(d.ended)
		defer out.Close()
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if m := serving.FindSubmatch(lines.Bytes()); m != nil {
				addresses <- [][]byte{bytes.Clone(m[1]), bytes.Clone(m[2])}
			}
			if !bytes.Contains(lines.Bytes(), []byte("level=INFO")) {
				d.last = append(append(d.last[max(0, len(d.last)-4000):], lines.Bytes()...), '\n')
			}
		}
		_ = d.cmd.Wait() // how it ended is told by cmd.ProcessState
	}()
	select {
	case a := <-addresses:
		d.public, d.admin = "http://"+string(a[0]), "http://"+string(a[1])
	case <-d.ended:
		return nil, fmt.Errorf("feedmill did not start:\n%s", d.last)
	}
	for {
		status, _, _, err := get(ctx, d.public+"/readyz", nil)
		if err == nil && status == http.StatusOK {
			d.ready = time.Since(d.begun)
			if d.spent, err = processors(d.cmd); err != nil {
				return nil, d.fail(err)
			}
			return d, nil
		}
		if err != nil || time.Since(d.begun) > patience {
			return nil, d.fail(errors.Join(fmt.Errorf("feedmill does not get ready: %d", status), err))
		}
		time.Sleep(pace)
	}
}

// at gives the URLs of the documents of a server.
func at(server string) func(path string) (url string, err error) {
	return func(path string) (string, error) { return server + path, nil }
}

// command returns a command that gets SIGTERM when ctx is done.
func command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = time.Minute
	return cmd
}

// fail ends the program and returns err with what its log told of trouble.
func (d *daemon) fail(err error) error {
	ended := d.end()
	return errors.Join(fmt.Errorf("%w\n%s", err, d.last), ended)
}

// end ends the program.
func (d *daemon) end() error {
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-d.ended:
	case <-time.After(time.Minute):
		_ = d.cmd.Process.Kill()
		<-d.ended
	}
	if code := d.cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("feedmill ended with exit code %d:\n%s", code, d.last)
	}
	return nil
}

// memory returns a line of the process's status in bytes: VmHWM, the most it has had in memory,
// or VmRSS, what it has now.
func (d *daemon) memory(what string) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	m := regexp.MustCompile(what + `:\s+(\d+) kB`).FindSubmatch(status)
	if m == nil {
		return 0, fmt.Errorf("no %s in the status of the process", what)
	}
	kB, err := strconv.ParseFloat(string(m[1]), 64)
	return kB * 1024, err
}

// processors returns the seconds that processors have spent on the process of the command. Unlike
// those on the clock, they are about the same on a busy machine.
func processors(cmd *exec.Cmd) (float64, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	// proc_pid_stat(5): utime and stime are the 14th and 15th field, in hundredths of a second.
	_, rest, _ := bytes.Cut(stat, []byte(") "))
	fields := strings.Fields(string(rest))
	if len(fields) < 13 {
		return 0, errors.New("too few fields in the stat of the process")
	}
	user, err := strconv.ParseFloat(fields[11], 64)
	system, err2 := strconv.ParseFloat(fields[12], 64)
	return (user + system) / 100, errors.Join(err, err2)
}

// atRest returns the memory of a process that has had nothing to do for a while, and how much of it
// is not of files, as the state's is.
func (d *daemon) atRest(ctx context.Context) (all, anonymous float64, err error) {
	select {
	case <-time.After(15 * time.Second):
	case <-ctx.Done():
	}
	all, err = d.memory("VmRSS")
	anonymous, err2 := d.memory("RssAnon")
	return all, anonymous, errors.Join(err, err2)
}

// status returns the figure of that name in the daemon's status.
func (d *daemon) status(ctx context.Context, name string) (float64, error) {
	_, _, body, err := get(ctx, d.admin+"/-/status", nil)
	if err != nil {
		return 0, err
	}
	var all map[string]any
	if err := json.Unmarshal(body, &all); err != nil {
		return 0, err
	}
	n, ok := all[name].(float64)
	if !ok {
		return 0, fmt.Errorf("no figure %s in the status", name)
	}
	return n, nil
}

// until asks for the URL until it answers with something else than what had the tag, which holds
// the text, and returns the new tag.
func until(ctx context.Context, url, tag, text string) (string, error) {
	told := 0
	for begun := time.Now(); time.Since(begun) < patience; time.Sleep(pace) {
		have := map[string]string{}
		if tag != "" {
			have["If-None-Match"] = tag
		}
		status, header, body, err := get(ctx, url, have)
		switch {
		case err != nil:
			return "", err
		case status == http.StatusOK && bytes.Contains(body, []byte(text)):
			return header.Get("ETag"), nil
		case status == http.StatusOK:
			tag = header.Get("ETag")
		case status != http.StatusNotModified && status != told:
			document, _, _ := strings.Cut(url, "?")
			log.Printf("%s: %d", document, status) // that should not be, and yet it may come right
			told = status
		}
	}
	return "", fmt.Errorf("%s never showed %q", url, text)
}

// plain asks for documents as they are.
var plain = &http.Client{Transport: &http.Transport{DisableCompression: true}, Timeout: time.Minute}

func get(ctx context.Context, url string, header map[string]string) (status int, h http.Header, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, nil, err
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := plain.Do(req)
	if err != nil {
		return 0, nil, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, body, err
}

// nothingLeft checks that everything that was changed is served.
func (d *daemon) nothingLeft(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.admin+"/-/rebuild?wait=1", nil)
	if err != nil {
		return err
	}
	resp, err := plain.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var r struct{ Changed, Removed int }
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		return err
	}
	if r.Changed+r.Removed > 0 {
		return fmt.Errorf("%d articles were not served yet", r.Changed+r.Removed)
	}
	return nil
}
