//go:build linux

package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/internal/pgserver"
	"feedmill/store"
	"feedmill/store/postgres"
	"feedmill/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(pgserver.Main(m)) }

func open(t testing.TB, url string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// keeper is a replica as the suite wants it: what it loads is what one that knows nothing is told.
type keeper struct {
	*postgres.Replica
	store *postgres.Store
	site  string
}

func (k keeper) Commit(c store.Changes) error {
	if _, err := k.Turn(context.Background()); err != nil {
		return err
	}
	return k.Keep(c)
}

func (k keeper) Load() (store.State, error) {
	fresh := k.store.Of(k.site)
	all, err := fresh.Turn(context.Background())
	if err != nil {
		return store.State{}, err
	}
	return alive(all), fresh.Keep(store.Changes{})
}

// alive leaves out what was deleted.
func alive(c store.Changes) store.State {
	drop(c.Articles)
	drop(c.Feeds)
	drop(c.Deletions)
	drop(c.Sources)
	return store.State(c)
}

func drop[T any](values map[string]*T) {
	for k, v := range values {
		if v == nil {
			delete(values, k)
		}
	}
}

func TestConformance(t *testing.T) {
	server := pgserver.Get(t)
	storetest.Run(t, server.Place, func(t testing.TB, place, site string) (storetest.Keeper, func()) {
		s := open(t, place)
		return keeper{s.Of(site), s, site}, func() {}
	})
}

// TestTurns lets several replicas count, each in its turn: no number is lost, and all know the last.
func TestTurns(t *testing.T) {
	url := pgserver.Get(t).Place(t)
	const replicas, each = 4, 50
	var all sync.WaitGroup
	for range replicas {
		r := open(t, url).Of("content")
		all.Go(func() {
			n := 0
			for range each {
				news, err := r.Turn(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				if a := news.Articles["n"]; a != nil {
					n = len(a.ID)
				}
				n++
				if err := r.Keep(store.Changes{Articles: map[string]*store.Article{"n": {ID: strings.Repeat("|", n)}}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	r := open(t, url).Of("content")
	if behind, err := r.Behind(t.Context()); !behind || err != nil {
		t.Errorf("Behind at first = %t, %v", behind, err)
	}
	news, err := r.Turn(t.Context())
	if err != nil || len(news.Articles["n"].ID) != replicas*each {
		t.Errorf("counted to %d of %d, %v", len(news.Articles["n"].ID), replicas*each, err)
	}
	if err := r.Keep(store.Changes{}); err != nil {
		t.Error(err)
	}
	if behind, err := r.Behind(t.Context()); behind || err != nil {
		t.Errorf("Behind after a turn = %t, %v", behind, err)
	}
}

// TestKilledInTurn kills the server in the middle of a turn: nothing of it is kept, the replica goes on
// by itself, and another one is told all that was kept, deletions too.
func TestKilledInTurn(t *testing.T) {
	server := pgserver.Get(t)
	s := open(t, server.Place(t))
	a, b := s.Of("content"), s.Of("content")
	want := storetest.Sample(10)
	turn(t, a)
	if err := a.Keep(want); err != nil {
		t.Fatal(err)
	}
	turn(t, b)
	if err := b.Keep(store.Changes{Articles: map[string]*store.Article{"posts/0003.md": nil}}); err != nil {
		t.Fatal(err)
	}
	turn(t, b)
	server.Kill(t)
	if err := b.Keep(store.Changes{Articles: map[string]*store.Article{"lost.md": {ID: "urn:x:9"}}}); err == nil {
		t.Fatal("kept by a server that is gone")
	}
	server.Start(t)
	news := turn(t, a)
	if err := a.Keep(store.Changes{}); err != nil {
		t.Fatal(err)
	}
	is, told := news.Articles["posts/0003.md"]
	if diff := cmp.Diff(1, len(news.Articles)); diff != "" || !told || is != nil {
		t.Errorf("the first replica is told %v", fmt.Sprint(news))
	}
}

// turn takes turns until it gets one.
func turn(t *testing.T, r *postgres.Replica) store.Changes {
	t.Helper()
	var err error
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var news store.Changes
		if news, err = r.Turn(t.Context()); err == nil {
			return news
		}
		if strings.Contains(err.Error(), pgserver.Password) {
			t.Fatalf("the error holds the password: %v", err)
		}
		if errors.Is(err, store.ErrDamaged) {
			break
		}
	}
	t.Fatal(err)
	return store.Changes{}
}
