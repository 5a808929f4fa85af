package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"feedmill/catalog"
	"feedmill/config"
	"feedmill/hub"
	"feedmill/hub/local"
)

// returning is a store that is away at first, and keeps what is published.
type returning struct {
	hub.Store
	back time.Time

	mu        sync.Mutex
	published map[string]hub.Version
}

func (r *returning) Count(ctx context.Context) (byTopic, byHost map[string]int, err error) {
	if time.Now().Before(r.back) {
		return nil, nil, errors.New("away")
	}
	return r.Store.Count(ctx)
}

func (r *returning) Publish(_ context.Context, newest map[string]hub.Version) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.published = newest
	return nil
}

// TestCatchUp starts while the subscriptions are away, and may have its hub replaced meanwhile: what has
// changed before is sent once they are back.
func TestCatchUp(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := errors.Join(os.Mkdir("content", 0o755), os.WriteFile("content/a.md", []byte("---\ntitle: A\ndate: 2024-01-01\n---\nText.\n"), 0o644),
		os.WriteFile("config.yaml", []byte("title: Example\nbase_url: https://example.org\n"), 0o644)); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(config.Source{File: "config.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSite(cfg, noState(), slog.New(slog.DiscardHandler), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.catalog.Apply(t.Context(), time.Now(), catalog.Change{Rescan: true}); err != nil {
		t.Fatal(err)
	}
	for _, reloaded := range []bool{false, true} {
		t.Run(fmt.Sprintf("reloaded %v", reloaded), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { catchesUp(t, s, reloaded) })
		})
	}
}

func catchesUp(t *testing.T, s *site, reloaded bool) {
	const topic = "https://example.org/atom.xml"
	store := &returning{Store: local.New(nil), back: time.Now().Add(time.Minute)}
	if err := store.Subscribe(t.Context(), hub.Subscription{Topic: topic, Callback: "https://reader.example/", Has: "old"}, time.Hour); err != nil {
		t.Fatal(err)
	}
	none := func() {}
	s.following = following{endWatch: none, endHubs: none, endPublished: none, endPush: none}
	next := *s
	d := &daemon{log: slog.New(slog.DiscardHandler), looked: none}
	d.site.Store(s)
	ctx, stop := context.WithCancel(t.Context())
	for _, s := range []*site{s, &next} {
		s.push = &push{store: store, sends: hub.NewDeliverer(hub.DelivererOptions{Store: store, Client: http.DefaultClient})}
		d.running.Go(func() { s.push.sends.Run(ctx) })
	}
	d.running.Go(func() { d.catchUp(ctx, s.push) })
	if reloaded {
		time.Sleep(time.Second)
		d.replace(ctx, s, &next)
	}
	time.Sleep(2 * time.Minute)
	stop()
	d.running.Wait()
	want, _ := d.topic(topic)
	if want == "" || store.published[topic].ETag != want {
		t.Errorf("published %v, want %s of %s", store.published, want, topic)
	}
}
