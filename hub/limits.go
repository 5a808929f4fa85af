package hub

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often the hub may be asked, and may ask a host in turn: so many at once, then so many a second.
const (
	sourceBurst, sourceRate = 1_000, 10
	hostBurst, hostRate     = 100, 2
	allBurst, allRate       = 20_000, 1_000

	mostBuckets = 10_000
)

// limits keeps the hub from being used to flood others.
type limits struct {
	all     *rate.Limiter
	sources buckets
	hosts   buckets
}

func newLimits() *limits {
	return &limits{
		all:     rate.NewLimiter(allRate, allBurst),
		sources: buckets{limit: sourceRate, burst: sourceBurst},
		hosts:   buckets{limit: hostRate, burst: hostBurst},
	}
}

// source tells whether an address may ask once more. One that is not public stands for many: it is
// a proxy's.
func (l *limits) source(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if ip.Is6() { // of which every customer has a network
		p, _ := ip.Prefix(64)
		ip = p.Addr()
	}
	return (!guard(nil).mayReach(ip) || l.sources.allow(ip.String())) && l.all.Allow()
}

func (l *limits) host(name string) bool { return l.hosts.allow(name) }

// buckets are one for each name of late. While there is no room for another, unknown names are refused.
type buckets struct {
	limit rate.Limit
	burst int

	mu    sync.Mutex
	of    map[string]*rate.Limiter
	swept time.Time
}

func (b *buckets) allow(name string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.of[name]
	if l == nil {
		if len(b.of) >= mostBuckets && !b.sweep(time.Now()) {
			return false
		}
		if b.of == nil {
			b.of = map[string]*rate.Limiter{}
		}
		l = rate.NewLimiter(b.limit, b.burst)
		b.of[name] = l
	}
	return l.Allow()
}

// sweep drops the buckets that are full again, and so like new ones. It tells whether there is room
// then.
func (b *buckets) sweep(now time.Time) bool {
	if now.Sub(b.swept) < time.Second {
		return false
	}
	b.swept = now
	for name, l := range b.of {
		if l.TokensAt(now) >= float64(b.burst) {
			delete(b.of, name)
		}
	}
	return len(b.of) < mostBuckets
}
