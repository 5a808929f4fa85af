package hub_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"feedmill/hub"
	"feedmill/hub/local"
)

// TestMany measures one change on as many subscriptions as FEEDMILL_SUBSCRIPTIONS says, a hundred on
// each host: of ten hosts eight take what they are sent, one refuses connections, one never answers.
// All are addresses of loopback, and the receiver is in this process.
func TestMany(t *testing.T) {
	many, err := strconv.Atoi(os.Getenv("FEEDMILL_SUBSCRIPTIONS"))
	if err != nil {
		t.Skip("FEEDMILL_SUBSCRIPTIONS is not set: this takes minutes")
	}
	const each = 100
	var mu sync.Mutex
	var came []time.Time
	receiver := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		mu.Lock()
		defer mu.Unlock()
		came = append(came, time.Now())
	})}
	defer receiver.Close()

	store, err := local.Open(filepath.Join(t.TempDir(), "hub.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	var subs []hub.Subscription
	well := 0
	for n := range many / each {
		l, err := net.Listen("tcp", fmt.Sprintf("127.1.%d.%d:0", n/250, n%250+1))
		if err != nil {
			t.Skip(err)
		}
		defer l.Close()
		switch n % 10 {
		case 0:
			l.Close()
		case 1: // never accepted
		default:
			well += each
			go func() { _ = receiver.Serve(l) }()
		}
		for i := range each {
			subs = append(subs, hub.Subscription{
				Topic: topic, Callback: fmt.Sprintf("http://%s/%d", l.Addr(), i), Has: "1", Expires: time.Now().Add(time.Hour),
			})
		}
	}
	if err := store.Restore(t.Context(), slices.Values(subs)); err != nil {
		t.Fatal(err)
	}
	body := make([]byte, 4<<10) // one article
	newest := hub.Version{ETag: "2", Modified: time.Now()}
	d := hub.NewDeliverer(hub.DelivererOptions{
		Hub: "https://blog.example/hub", Store: store, Client: hub.NewClient(loopback),
		Content: func(context.Context, string, string) (hub.Content, error) {
			return hub.Content{Type: "application/atom+xml", Body: body, Version: newest}, nil
		},
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { d.Run(ctx); close(ended) }()
	begin := time.Now()
	d.Publish(map[string]hub.Version{topic: newest})
	for done := false; !done; {
		time.Sleep(100 * time.Millisecond)
		mu.Lock()
		done = len(came) >= well
		mu.Unlock()
		if time.Since(begin) > 15*time.Minute {
			t.Fatalf("%d of %d came", len(came), well)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	stop()
	<-ended
	t.Logf("%d subscriptions, %d of them well: the median after %v, the last after %v; %d came more than once; %d MiB of this process, receiver and all",
		many, well, came[well/2].Sub(begin).Round(time.Millisecond), came[well-1].Sub(begin).Round(time.Millisecond), len(came)-well, m.Sys>>20)
}
