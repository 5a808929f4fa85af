package hub_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"feedmill/hub"
	"feedmill/hub/local"
)

// TestStarved delivers to hosts that never answer, more of them than there are deliveries at a time, to
// some that take long, and to many that are well. Those wait for none of the others, and the slow ones
// not for those that never answer.
func TestStarved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const each = 10 // subscribers of a host
		hosts := map[string]int{"well": 200, "slow": 20, "never": 600}
		took := map[string]*atomic.Int32{"well": new(atomic.Int32), "slow": new(atomic.Int32)}
		client := &http.Client{Timeout: 10 * time.Second, Transport: round(func(r *http.Request) (*http.Response, error) {
			kind, _, _ := strings.Cut(r.URL.Host, ".")
			takes := map[string]time.Duration{"well": 100 * time.Millisecond, "slow": 3 * time.Second, "never": time.Hour}[kind]
			select {
			case <-time.After(takes):
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
			took[kind].Add(1)
			return &http.Response{StatusCode: http.StatusNoContent, Header: http.Header{}, Body: http.NoBody}, nil
		})}
		store := local.New(nil)
		for kind, n := range hosts {
			for i := range n * each {
				callback := fmt.Sprintf("https://%s.h%d.example/%d", kind, i%n, i)
				if err := store.Subscribe(t.Context(), hub.Subscription{Topic: topic, Callback: callback, Has: "1"}, 24*time.Hour); err != nil {
					t.Fatal(err)
				}
			}
		}
		newest := hub.Version{ETag: "2", Modified: time.Now()}
		d := hub.NewDeliverer(hub.DelivererOptions{
			Hub: "https://blog.example/hub", Store: store, Client: client,
			Content: func(context.Context, string, string) (hub.Content, error) { return hub.Content{Version: newest}, nil },
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { d.Run(ctx); close(ended) }()
		d.Publish(map[string]hub.Version{topic: newest})
		time.Sleep(30 * time.Second)
		if n := took["well"].Load(); int(n) != hosts["well"]*each {
			t.Errorf("%d of %d who are well have it after 30 s", n, hosts["well"]*each)
		}
		time.Sleep(10 * time.Minute)
		if n := took["slow"].Load(); int(n) != hosts["slow"]*each {
			t.Errorf("%d of %d who are slow have it after ten minutes", n, hosts["slow"]*each)
		}
		stop()
		<-ended
	})
}
