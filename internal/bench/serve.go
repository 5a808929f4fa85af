package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
)

// kinds of requests, and the share of nginx's rate that is to be reached.
var kinds = []struct {
	name   string
	header map[string]string // the ETag stands for If-None-Match where it is ""
	status int
	share  float64
}{
	{"304", map[string]string{"If-None-Match": ""}, http.StatusNotModified, 0.65},
	{"304 of gzip", map[string]string{"If-None-Match": "", "Accept-Encoding": "gzip"}, http.StatusNotModified, 0.65},
	{"200, as it is", nil, http.StatusOK, 0},
	{"200, gzip", map[string]string{"Accept-Encoding": "gzip"}, http.StatusOK, 0.6},
}

// measureServe lets wrk ask one core of feedmill, and one of nginx, for the same bytes.
func measureServe(ctx context.Context, b *bench) error {
	for _, tool := range []string{"wrk", "nginx"} {
		if _, err := exec.LookPath(tool); err != nil {
			log.Printf("serve: skipped: %v", err)
			return nil
		}
	}
	tag, articles := b.tagged(8) // which make some 60 KB
	d, err := b.start(ctx, onCore(0, "env", "GOMAXPROCS=1"), b.flags(true)...)
	if err != nil {
		return err
	}
	path := feed(tag)
	n, size, err := serveFiles(ctx, d, filepath.Join(b.dir, "nginx"), path)
	if err != nil {
		return d.fail(err)
	}
	log.Printf("serve: %s, %d articles, %d bytes", path, len(articles), size)
	// Right after a start it also writes down what it has found.
	if _, _, err := d.atRest(ctx); err != nil {
		return d.fail(errors.Join(err, n.end()))
	}
	err = b.rates(ctx, target{d.public + path, d.cmd}, target{n.url + "/atom.xml", n.cmd}, size)
	return errors.Join(err, n.end(), d.end())
}

// target is a document, and the process that serves it.
type target struct {
	url string
	cmd *exec.Cmd
}

// rates measures all kinds of requests to both, by turns.
func (b *bench) rates(ctx context.Context, ours, theirs target, size int) error {
	for _, k := range kinds {
		var have, floor samples
		for range b.rounds {
			if err := errors.Join(ours.rate(ctx, &have, k.header, k.status), theirs.rate(ctx, &floor, k.header, k.status)); err != nil {
				return err
			}
		}
		what := fmt.Sprintf("%s, a feed of %s KB, one core", k.name, thousands(size/1000))
		log.Printf("%s: %s, nginx %s", what, perSecond(have.median()), perSecond(floor.median()))
		b.rows = append(b.rows, row{what: what, unit: perSecond, have: have, beside: "nginx", floor: floor, share: k.share})
	}
	return nil
}

// rate adds how many such requests are answered in a second of the core: where it has nothing else to
// do, that is a second.
func (t target) rate(ctx context.Context, into *samples, header map[string]string, status int) error {
	before, err := processors(t.cmd)
	if err != nil {
		return err
	}
	n, err := wrk(ctx, t.url, header, status)
	if err != nil {
		return err
	}
	after, err := processors(t.cmd)
	into.add(n / (after - before))
	return err
}

// onCore is the beginning of a command that runs on the core of that number, where there are several.
func onCore(core int, command ...string) []string {
	if _, err := exec.LookPath("taskset"); err != nil || runtime.NumCPU() < 2 {
		return command
	}
	return append([]string{"taskset", "-c", strconv.Itoa(core)}, command...)
}

// wrk returns how many such requests are answered while it asks as fast as it can, after one that tries it.
func wrk(ctx context.Context, url string, header map[string]string, status int) (float64, error) {
	sent := map[string]string{}
	for k, v := range header {
		sent[k] = v
	}
	if _, ok := sent["If-None-Match"]; ok {
		_, h, _, err := get(ctx, url, sent)
		if err != nil {
			return 0, err
		}
		sent["If-None-Match"] = h.Get("ETag")
	}
	if have, _, _, err := get(ctx, url, sent); err != nil || have != status {
		return 0, errors.Join(fmt.Errorf("%s: %d, want %d", url, have, status), err)
	}
	args := onCore(1, "wrk", "--threads", "1", "--connections", "32", "--duration", "2s")
	for k, v := range sent {
		args = append(args, "--header", k+": "+v)
	}
	out, err := command(ctx, append(args, url)...).CombinedOutput()
	m := regexp.MustCompile(`(\d+) requests in`).FindSubmatch(out)
	if err != nil || m == nil || bytes.Contains(out, []byte("Non-2xx")) || bytes.Contains(out, []byte("Socket errors")) {
		return 0, errors.Join(fmt.Errorf("%s:\n%s", url, out), err)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}

// serveFiles lets nginx serve what the daemon answers at path, and returns the number of its bytes.
func serveFiles(ctx context.Context, d *daemon, dir, path string) (*peer, int, error) {
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(filepath.Join(dir, "root"), 0o755)); err != nil {
		return nil, 0, err
	}
	size := 0
	for file, coding := range map[string]string{"atom.xml": "identity", "atom.xml.gz": "gzip"} {
		status, _, body, err := get(ctx, d.public+path, map[string]string{"Accept-Encoding": coding})
		if err != nil || status != http.StatusOK {
			return nil, 0, errors.Join(fmt.Errorf("%s: %d", path, status), err)
		}
		size = max(size, len(body))
		if err := os.WriteFile(filepath.Join(dir, "root", file), body, 0o644); err != nil {
			return nil, 0, err
		}
	}
	addr, err := freeAddress()
	if err != nil {
		return nil, 0, err
	}
	config := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(config, []byte(fmt.Sprintf(nginxConfig, addr, dir)), 0o644); err != nil {
		return nil, 0, err
	}
	n, err := startPeer(ctx, "http://"+addr, "/atom.xml", append(onCore(0), "nginx", "-p", dir, "-c", config)...)
	return n, size, err
}

// nginxConfig is that of a server which has nothing else to do: one process, files that stay open and
// are sent by the kernel, no log.
const nginxConfig = `daemon off;
master_process off;
pid nginx.pid;
error_log error.log;
events { worker_connections 512; }
http {
	types { application/atom+xml xml; }
	access_log off;
	sendfile on;
	tcp_nopush on;
	keepalive_requests 100000000;
	open_file_cache max=100;
	gzip_static on;
	gzip_vary on;
	client_body_temp_path temp;
	proxy_temp_path temp;
	fastcgi_temp_path temp;
	uwsgi_temp_path temp;
	scgi_temp_path temp;
	server {
		listen %s;
		root %s/root;
	}
}
`
