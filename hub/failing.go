package hub

import (
	"sync"
	"time"
)

const (
	mostFailing   = 50_000         // hosts that are told of
	forgetFailing = 24 * time.Hour // twice the longest pause between two tries
)

// failing is which hosts were down when they were last delivered to. It is there to be told of alone.
type failing struct {
	mu    sync.Mutex
	hosts map[string]failures
}

type failures struct {
	times int // in a row
	last  time.Time
}

// ended notes how a delivery to a host went.
func (f *failing) ended(host string, failed bool, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	is, known := f.hosts[host]
	switch {
	case !failed:
		delete(f.hosts, host)
	case known || len(f.hosts) < mostFailing:
		f.hosts[host] = failures{is.times + 1, now}
	}
}

// Failing returns the hosts that were down when they were last delivered to, each with its failures in a row. It may
// be called from any goroutine.
func (d *Deliverer) Failing() map[string]int {
	f := &d.failing
	f.mu.Lock()
	defer f.mu.Unlock()
	all := map[string]int{}
	for host, is := range f.hosts {
		if time.Since(is.last) > forgetFailing { // nobody there is subscribed any more
			delete(f.hosts, host)
			continue
		}
		all[host] = is.times
	}
	return all
}
