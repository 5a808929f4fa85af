package config

import (
	"net/netip"
	"net/url"
	"strings"
)

// Hub is the WebSub hub of the site's own.
type Hub struct {
	Enabled   bool
	AllowHTTP bool           // callbacks need not be https
	Ports     []int          // of callbacks, beside the usual ones
	Allow     []netip.Prefix // networks that callbacks may be in though they are not public
	Store     string         // as that of the whole site, which is the default
	StoreFile string         // that Store was read from; "" where it was not
}

// completeHub has a hub where subscribers can reach one: at a base URL that somebody gave, which is
// not this machine alone.
func (l *loader) completeHub() {
	c := l.config
	if !l.given("hub.enabled") {
		c.Hub.Enabled = c.Public
	}
	if !l.given("hub.store") && !l.given("hub.store_file") {
		c.Hub.Store, c.Hub.StoreFile = c.Store, c.StoreFile
	}
}

// reachable reports whether others than this machine may find the host.
func reachable(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return !ip.IsLoopback() && !ip.IsUnspecified()
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return host != "localhost" && !strings.HasSuffix(host, ".localhost")
}

// ports reads a list of them.
func (v value) ports() []int {
	var all []int
	for _, part := range v.parts() {
		if n := part.number(1, 65535); n > 0 {
			all = append(all, n)
		}
	}
	return all
}

// networks reads a list of networks, or of addresses.
func (v value) networks() []netip.Prefix {
	var all []netip.Prefix
	for _, s := range v.list(value.text) {
		ip, err := netip.ParseAddr(s)
		if err == nil {
			all = append(all, netip.PrefixFrom(ip, ip.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			v.fail("want networks such as 192.168.1.0/24, have %q", s)
			continue
		}
		all = append(all, p.Masked())
	}
	return all
}

// database reads the URL of a database, which may hold a password, so that no mistake quotes it; or
// "bbolt", the state folder, as "".
func (v value) database() string {
	s := v.text()
	if s == "bbolt" {
		return ""
	}
	u, err := url.Parse(s)
	if s != "" && (err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || len(u.Path) < 2) {
		v.fail("want bbolt, or a URL such as postgres://user:password@host/name, whose password has %%40 for @ and so on")
		return ""
	}
	return s
}

// databaseFile reads the file of that path, which holds what database reads.
func (v value) databaseFile() string {
	if strings.Contains(v.raw, "://") { // no path: it goes with hub.store, and no mistake quotes it
		v.fail("want a path, have a URL")
		return ""
	}
	return v.fromFile(value.database)
}
