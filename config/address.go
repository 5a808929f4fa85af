package config

import (
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// author reads "Name" or "Name <mail>".
func (v value) author() Author {
	s := v.text()
	rest, ok := strings.CutSuffix(s, ">")
	at := strings.LastIndexByte(rest, '<')
	if !ok || at < 0 {
		return Author{Name: s}
	}
	address := v
	address.raw = rest[at+1:]
	a := Author{Name: strings.TrimSpace(rest[:at]), Email: address.email()}
	if a.Name == "" {
		v.fail("missing name before %q", s)
	}
	return a
}

func (v value) email() string {
	s := v.text()
	a, err := mail.ParseAddress(s)
	if s != "" && (err != nil || a.Address != s) {
		v.fail("want a mail address such as ada@example.org, have %q", s)
	}
	return s
}

// address reads what to listen on: host:port, where the host may be empty.
func (v value) address() string {
	s := v.text()
	if s == "" {
		return ""
	}
	_, port, err := net.SplitHostPort(s)
	if err != nil || port == "" {
		v.fail("want host:port such as :8080, have %q", s)
		return ""
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		v.fail("want a port from 0 to 65535, have %q", port)
		return ""
	}
	return s
}

// isLoopback reports whether only this machine reaches what listens on address.
func isLoopback(address string) bool {
	host, _, _ := net.SplitHostPort(address)
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}

// link reads an absolute URL of the web.
func (v value) link() string {
	if u := v.url(); u != nil {
		return u.String()
	}
	return ""
}

// root reads a URL that others are made from: without query and fragment, its path ending in "/".
func (v value) root() *url.URL {
	u := v.url()
	if u == nil {
		return nil
	}
	if strings.ContainsAny(v.raw, "?#") {
		v.fail("want a URL without ? and #")
	}
	return u.JoinPath("/")
}

// url reads an absolute http or https URL, or returns nil. No mistake quotes it: it may hold a
// password, rightly placed or not.
func (v value) url() *url.URL {
	s := v.text()
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		v.fail("want a URL such as https://example.org/")
	case u.User != nil:
		v.fail("want a URL without user name and password")
	case !setHost(u):
		v.fail("want a URL with a valid host and port")
	default:
		return u
	}
	return nil
}

var hostName = regexp.MustCompile(`^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$`)

// setHost gives u its host and port in the form that all software understands. It reports whether
// there is one.
func setHost(u *url.URL) bool {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if _, err := netip.ParseAddr(host); err != nil && !hostName.MatchString(host) {
		// RFC 3986 §3.2.2: a name that goes beyond ASCII takes its IDNA form.
		if host, err = idna.Lookup.ToASCII(host); err != nil {
			return false
		}
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return false
		}
		host += ":" + port
	}
	u.Host = host
	return true
}
