//go:build linux

// Package crowd is a great many subscribers in one process, for measurements: a hundred on each of as
// many hosts as that takes, all of them addresses of 127/8. Of ten hosts eight take what they are sent,
// one refuses connections, and one never answers.
package crowd

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"testing"
)

// PerHost is how many subscribers a host has.
const PerHost = 100

// Crowd is subscribers, numbered from 0 on.
type Crowd struct {
	Size int // a multiple of PerHost

	hosts []string // with their ports
}

// New returns at most n subscribers, who are there until the test ends. took is told what each takes,
// by any goroutine; the delivery is answered when it returns.
func New(t testing.TB, n int, took func(subscriber int, body []byte)) *Crowd {
	t.Helper()
	receiver := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		subscriber, err := strconv.Atoi(r.URL.Path[1:])
		body, cut := io.ReadAll(r.Body)
		if err != nil || cut != nil {
			http.Error(w, "no delivery", http.StatusBadRequest)
			return
		}
		took(subscriber, body)
	})}
	t.Cleanup(func() { receiver.Close() })
	c := &Crowd{}
	for host := range n / PerHost {
		l, err := net.Listen("tcp", fmt.Sprintf("127.1.%d.%d:0", host/250, host%250+1))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		switch host % 10 {
		case refuses:
			l.Close()
		case tarpit: // never accepted
		default:
			go func() { _ = receiver.Serve(l) }()
		}
		c.hosts = append(c.hosts, l.Addr().String())
	}
	c.Size = len(c.hosts) * PerHost
	return c
}

// What a host is, by the last digit of its number.
const (
	refuses = iota
	tarpit
)

// Callback returns the URL of a subscriber.
func (c *Crowd) Callback(subscriber int) string {
	return fmt.Sprintf("http://%s/%d", c.hosts[subscriber/PerHost], subscriber)
}

// Well reports whether a subscriber takes what it is sent.
func Well(subscriber int) bool { return subscriber/PerHost%10 > tarpit }
