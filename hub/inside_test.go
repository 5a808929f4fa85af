package hub_test

import (
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"feedmill/hub"
	"feedmill/hub/local"
)

// counted listens on 127.0.0.1 and counts who comes.
func counted(t *testing.T) (port string, came *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	came = new(atomic.Int32)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			came.Add(1)
			c.Close()
		}
	}()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), came
}

// TestInside asks the hub in many ways to speak to its own machine, and counts who comes.
func TestInside(t *testing.T) {
	port, came := counted(t)
	r := start(t, nil, "http://x:"+port)
	hosts := []string{
		"127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "0", "0.0.0.0", "localhost", "LOCALHOST.",
		"foo.localhost", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[0:0:0:0:0:0:0:1]",
		"127.0.0.2", "127.255.255.254", "169.254.169.254", "10.0.0.1", "ip6-localhost",
	}
	taken := 0
	for _, host := range hosts {
		if r.post(form("subscribe", "http://"+host+":"+port+"/")).Code == http.StatusAccepted {
			taken++
		}
	}
	until(t, "all verified in vain", func() bool { return r.Figures()["unverified"] == uint64(taken) })
	if n := came.Load(); n != 0 || r.Figures()["verified"] != 0 {
		t.Errorf("%d connections came", n)
	}
}

// TestInsideLater has places inside for callbacks of which it was not known, or was not so, when they
// were subscribed: they are neither told of a denial nor sent anything.
func TestInsideLater(t *testing.T) {
	port, came := counted(t)
	callback := "http://localhost:" + port + "/"
	n, _ := strconv.Atoi(port)
	denies := newAsking(t, full{local.New(nil), map[string]int{topic: 1_000_000}, nil}, hub.Options{
		Client: hub.NewClient(nil), AllowHTTP: true, Ports: []int{n}, Topic: always,
	})
	denies.subscribe(callback)
	until(t, "denied in vain", func() bool { return denies.Figures()["unverified"] == 1 })

	r := start(t, nil)
	if err := r.store.Subscribe(t.Context(), hub.Subscription{Topic: topic, Callback: callback, Has: "1"}, time.Hour); err != nil {
		t.Fatal(err)
	}
	r.publish(2)
	until(t, "sent in vain", func() bool { return r.sends.Figures()["failed"] == 1 })
	if n := came.Load(); n != 0 {
		t.Errorf("%d connections came", n)
	}
}
