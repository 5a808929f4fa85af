//go:build linux

package postgres_test

import (
	"os"
	"testing"
	"time"

	"feedmill/hub"
	"feedmill/hub/postgres"
	"feedmill/hub/storetest"
	"feedmill/internal/pgserver"
)

func TestMain(m *testing.M) { os.Exit(pgserver.Main(m)) }

func TestStore(t *testing.T) {
	server := pgserver.Get(t)
	storetest.Run(t, func(t *testing.T) storetest.Kind {
		url := server.Place(t)
		return storetest.Kind{
			Open: func(t testing.TB) hub.Store { return open(t, url) },
			Pass: func(t testing.TB, d time.Duration) { age(t, server, url, d) },
		}
	})
}

func open(t testing.TB, url string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// age makes all that is kept older by d.
func age(t testing.TB, server *pgserver.Server, url string, d time.Duration) {
	t.Helper()
	server.Exec(t, url, `UPDATE feedmill_subscriptions SET expires = expires - $1::interval, due = due - $1::interval, held = held - $1::interval`, d)
	server.Exec(t, url, `UPDATE feedmill_topics SET published = published - $1::interval`, d)
}

func TestScale(t *testing.T) {
	storetest.Scale(t, func(t *testing.T) hub.Store {
		server := pgserver.Get(t)
		return open(t, server.Place(t))
	})
}
