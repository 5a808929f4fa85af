package hub

import (
	"cmp"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// What a request may hold.
const (
	mostForm     = 64 << 10
	mostCallback = 2048
	mostTopic    = 2048
	mostSecret   = 199 // WebSub §5.1: less than 200 bytes
)

// How long a subscription lasts: what is asked for, within bounds.
const (
	usualLease    = 10 * 24 * time.Hour
	shortestLease = 5 * time.Minute
	longestLease  = 30 * 24 * time.Hour
)

// request is a checked one to subscribe or to end that.
type request struct {
	mode     string // "subscribe" or "unsubscribe"
	topic    string
	callback *url.URL
	secret   string
	lease    time.Duration
}

// refusal is why a request is not accepted. Its text goes to who asked, and holds nothing of the
// request.
type refusal struct {
	status int
	reason string
	kind   string // for the figures
}

func (r *refusal) Error() string { return r.reason }

func refuse(format string, args ...any) error {
	return &refusal{http.StatusBadRequest, fmt.Sprintf(format, args...), "malformed"}
}

// read reads a request of WebSub §5.1. Parameters that it does not know are ignored.
func (h *Hub) read(w http.ResponseWriter, r *http.Request) (*request, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, &refusal{http.StatusUnsupportedMediaType, "want a form: application/x-www-form-urlencoded", "malformed"}
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	if err := r.ParseForm(); err != nil {
		if _, big := errors.AsType[*http.MaxBytesError](err); big {
			return nil, &refusal{http.StatusRequestEntityTooLarge, fmt.Sprintf("want at most %d bytes", mostForm), "malformed"}
		}
		return nil, refuse("want a form that can be read")
	}
	// The body alone counts: what stands in the URL is nobody's form.
	for _, name := range []string{"hub.mode", "hub.topic", "hub.callback", "hub.lease_seconds", "hub.secret"} {
		if len(r.PostForm[name]) > 1 {
			return nil, refuse("want %s once", name)
		}
	}
	q := &request{mode: r.PostForm.Get("hub.mode"), topic: r.PostForm.Get("hub.topic"), secret: r.PostForm.Get("hub.secret")}
	if q.mode != "subscribe" && q.mode != "unsubscribe" {
		return nil, refuse("hub.mode: want subscribe or unsubscribe")
	}
	if len(q.topic) > mostTopic || !utf8.ValidString(q.topic) || strings.ContainsFunc(q.topic, unicode.IsControl) {
		return nil, refuse("hub.topic: want the address of a feed, of at most %d bytes", mostTopic)
	}
	if len(q.secret) > mostSecret {
		return nil, refuse("hub.secret: want at most %d bytes", mostSecret)
	}
	if q.lease, err = lease(r.PostForm.Get("hub.lease_seconds")); err != nil {
		return nil, err
	}
	if q.callback, err = h.callback(r.PostForm.Get("hub.callback")); err != nil {
		return nil, err
	}
	return q, nil
}

// lease reads a number of seconds. One that is out of bounds becomes the next within, which the
// verification tells.
func lease(s string) (time.Duration, error) {
	if s == "" {
		return usualLease, nil
	}
	seconds, err := strconv.ParseInt(s, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange) && !strings.HasPrefix(s, "-"):
		return longestLease, nil
	case err != nil || seconds <= 0:
		return 0, refuse("hub.lease_seconds: want a number of seconds above 0")
	case seconds > int64(longestLease/time.Second):
		return longestLease, nil
	}
	return max(time.Duration(seconds)*time.Second, shortestLease), nil
}

// callback reads the URL that is to be posted to. Where its name leads is seen when it is connected to.
func (h *Hub) callback(s string) (*url.URL, error) {
	if len(s) > mostCallback {
		return nil, errLong
	}
	u, err := url.Parse(s)
	switch {
	case !utf8.ValidString(s):
		return nil, refuse("hub.callback: want an absolute URL of UTF-8")
	case err != nil || u.Opaque != "" || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, refuse("hub.callback: want an absolute URL of https")
	case u.User != nil || strings.Contains(s, "#"):
		return nil, refuse("hub.callback: want no user and no fragment")
	}
	ip, err := spell(u)
	switch {
	case err != nil:
		return nil, refuse("hub.callback: want the valid name of a host")
	case len(u.String()) > mostCallback: // escaped
		return nil, errLong
	case u.Hostname() == h.o.Own.Hostname() && portOf(u) == portOf(h.o.Own):
		return nil, errOwn
	case guard(h.o.Allow).allows(ip): // the owner knows what is there
		return u, nil
	case ip.IsValid() && !guard(nil).mayReach(ip):
		return nil, refuse("hub.callback: want a public address")
	case strings.HasSuffix(u.Hostname(), "."):
		return nil, refuse("hub.callback: want a host without a dot at its end")
	case u.Hostname() == h.o.Own.Hostname():
		return nil, errOwn
	case u.Scheme == "http" && !h.o.AllowHTTP:
		return nil, refuse("hub.callback: want https")
	}
	if port := portOf(u); port != "443" && port != "80" {
		if n, err := strconv.Atoi(port); err != nil || !slices.Contains(h.o.Ports, n) {
			return nil, refuse("hub.callback: want the port 443 or 80")
		}
	}
	return u, nil
}

var (
	errLong = refuse("hub.callback: want at most %d bytes", mostCallback)
	errOwn  = refuse("hub.callback: want another host than this one")
)

// spell writes the host of a URL in the one way that is connected to, out of many, so that it is one
// host for all that counts hosts. It returns the address, if the host is one.
func spell(u *url.URL) (ip netip.Addr, err error) {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if strings.ContainsFunc(host, func(r rune) bool { return r > unicode.MaxASCII }) {
		if host, err = idna.Lookup.ToASCII(host); err != nil {
			return ip, err
		}
	}
	if a, err := netip.ParseAddr(host); err == nil {
		ip = a.Unmap()
		host = ip.String()
	}
	if u.Host = host; strings.Contains(host, ":") {
		u.Host = "[" + host + "]"
	}
	if port != "" {
		u.Host += ":" + port
	}
	return ip, nil
}

// portOf is the port of a URL, named or not.
func portOf(u *url.URL) string {
	if u.Port() == "" && u.Scheme == "http" {
		return "80"
	}
	return cmp.Or(u.Port(), "443")
}
