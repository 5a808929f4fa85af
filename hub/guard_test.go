package hub

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// TestSpecial shows the first and last addresses of what is not public, and their neighbours.
func TestSpecial(t *testing.T) {
	for ip, want := range map[string]bool{
		"9.255.255.255": true, "10.0.0.0": false, "10.255.255.255": false, "11.0.0.0": true,
		"100.63.255.255": true, "100.64.0.0": false, "100.127.255.255": false, "100.128.0.0": true,
		"172.15.255.255": true, "172.16.0.0": false, "172.31.255.255": false, "172.32.0.0": true,
		"169.254.169.254": false, "192.0.0.8": false, "192.88.99.1": false, "198.19.255.255": false, "198.20.0.0": true,
		"223.255.255.255": true, "224.0.0.1": false, "255.255.255.255": false, "0.0.0.0": false, "1.1.1.1": true,
		"::": false, "::1": false, "::ffff:10.0.0.1": false, "::ffff:1.1.1.1": true, "64:ff9b::a00:1": false, "2001:db8::1": false,
		"2002:a00:1::": false, "fc00::1": false, "fdff::1": false, "fe80::1%eth0": false, "fec0::1": false, "ff02::1": false, "2606:4700::1111": true,
		"100::1:0:0:0:1": false, "100:0:0:2::1": true, "3fff:fff::1": false, "3fff:1000::1": true, "5f00::1": false, "5f01::1": true,
	} {
		if have := guard(nil).mayReach(netip.MustParseAddr(ip)); have != want {
			t.Errorf("%s: %v", ip, have)
		}
	}
	if !(guard{netip.MustParsePrefix("10.1.0.0/16")}).mayReach(netip.MustParseAddr("::ffff:10.1.2.3")) {
		t.Error("an allowed network is not reached")
	}
}

// TestRebinding has a name that leads to an allowed address when it is looked up first, and inside
// from then on.
func TestRebinding(t *testing.T) {
	var came atomic.Int32
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came.Add(1) }))
	l, err := net.Listen("tcp", "127.0.0.5:0")
	if err != nil {
		t.Skip("127.0.0.5 is not this machine's:", err)
	}
	srv.Listener.Close()
	srv.Listener = l
	srv.Start()
	defer srv.Close()
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	inside, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Skip(err)
	}
	defer inside.Close()

	names := serveNames(t, [4]byte{127, 0, 0, 5}, [4]byte{127, 0, 0, 1})
	client := newClient([]netip.Prefix{netip.MustParsePrefix("127.0.0.5/32")}, names)
	resp, err := client.Get("http://rebinding.example:" + port + "/")
	if err != nil || came.Load() != 1 {
		t.Fatalf("at first: %v", err)
	}
	resp.Body.Close()
	client.CloseIdleConnections()
	if resp, err := client.Get("http://rebinding.example:" + port + "/"); !errors.Is(err, errInside) {
		t.Errorf("later: %v, %v; want errInside", resp, err)
	}
}

// serveNames is a name server that gives each question for an IPv4 address the next answer, the last
// one for ever.
func serveNames(t *testing.T, answers ...[4]byte) *net.Resolver {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			m.Response, m.Additionals = true, nil
			if q.Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, Type: q.Type}, Body: &dnsmessage.AResource{A: answers[0]},
				}}
				if len(answers) > 1 {
					answers = answers[1:]
				}
			}
			if out, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}
