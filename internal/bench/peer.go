package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"time"
)

// peer is a server of somebody else's.
type peer struct {
	cmd   *exec.Cmd
	url   string
	ended chan struct{}
	said  bytes.Buffer // read it after the end
}

// startPeer runs the command and waits until the path below the URL is served.
func startPeer(ctx context.Context, url, path string, args ...string) (*peer, error) {
	p := &peer{cmd: command(ctx, args...), url: url, ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait() // how it ended is told by cmd.ProcessState
	}()
	for begun := time.Now(); time.Since(begun) < patience; {
		if status, _, _, err := get(ctx, url+path, nil); err == nil && status == http.StatusOK {
			return p, nil
		}
		select {
		case <-p.ended:
			return nil, fmt.Errorf("%s has ended:\n%s", filepath.Base(p.cmd.Path), p.said.Bytes())
		case <-time.After(pace):
		}
	}
	return nil, errors.Join(fmt.Errorf("%s does not serve", filepath.Base(p.cmd.Path)), p.end())
}

func (p *peer) end() error {
	err := p.cmd.Cancel()
	<-p.ended
	return err
}

// freeAddress returns an address of loopback at which nobody listens.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
