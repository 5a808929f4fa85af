package hub

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

const (
	connectTime = 5 * time.Second
	answerTime  = 10 * time.Second // of a request, all in all
)

// errInside is why an address is not connected to.
var errInside = errors.New("the address is not public")

// special are the networks that are no part of the public internet, or lead into another one: the
// IANA registries of special-purpose addresses (RFC 6890), multicast, and addresses of IPv6 that
// stand for some of IPv4.
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
	"224.0.0.0/4", "240.0.0.0/4",
	"::/128", "::1/128", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32",
	"2002::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "3fff::/20", "5f00::/16",
)

func prefixes(all ...string) []netip.Prefix {
	var ps []netip.Prefix
	for _, s := range all {
		ps = append(ps, netip.MustParsePrefix(s))
	}
	return ps
}

// guard keeps connections from what is not public.
type guard []netip.Prefix // that are allowed nevertheless

// mayReach reports whether the address is public or allowed.
func (g guard) mayReach(ip netip.Addr) bool { return g.allows(ip) || ip.IsValid() && !in(special, ip) }

// allows reports whether the address is one of those that are allowed, public or not.
func (g guard) allows(ip netip.Addr) bool { return in(g, ip) }

func in(ps []netip.Prefix, ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	return slices.ContainsFunc(ps, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// control is for [net.Dialer.ControlContext]: it sees the address that is really connected to, after
// the name has been looked up, so that no second look-up can lead elsewhere.
func (g guard) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if !g.mayReach(to.Addr()) {
		return fmt.Errorf("%w: %s", errInside, to.Addr())
	}
	return nil
}

// NewClient returns the client that callbacks are spoken to with. It connects to public addresses and
// those of the networks in allow, follows no redirects, uses no proxy, keeps no cookies, unpacks
// nothing, and gives up after 10 s.
func NewClient(allow []netip.Prefix) *http.Client {
	return newClient(allow, net.DefaultResolver)
}

func newClient(allow []netip.Prefix, names *net.Resolver) *http.Client {
	dialer := net.Dialer{Timeout: connectTime, Resolver: names, ControlContext: guard(allow).control}
	return &http.Client{
		Timeout:       answerTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    connectTime,
			DisableCompression:     true,
			MaxIdleConns:           128,
			MaxIdleConnsPerHost:    perHost,
			IdleConnTimeout:        30 * time.Second,
			MaxResponseHeaderBytes: mostRead,
			ForceAttemptHTTP2:      true,
		},
	}
}
