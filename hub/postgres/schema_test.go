//go:build linux

package postgres_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"feedmill/hub/postgres"
	"feedmill/internal/pgpool"
	"feedmill/internal/pgserver"
)

// TestSchema lets several programs make the tables at once, and a newer one change them.
func TestSchema(t *testing.T) {
	server := pgserver.Get(t)
	url := server.Place(t)
	var all sync.WaitGroup
	for range 4 {
		s := open(t, url)
		all.Go(func() {
			if _, _, err := s.Count(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	server.Exec(t, url, `UPDATE feedmill_schema SET version = version + 1`)
	_, _, err := open(t, url).Count(t.Context())
	if !errors.Is(err, pgpool.ErrNewer) || !strings.Contains(err.Error(), "hint: ") {
		t.Errorf("on a newer schema: %v, want ErrNewer and a hint", err)
	}
}

// TestPassword looks for a password in what is told of it.
func TestPassword(t *testing.T) {
	for _, url := range []string{
		"postgres://u:wheel@h:notaport/db", "postgres://u:wheel@h/db?sslmode=maybe", "host=h password=wheel",
		"postgres://u:wheel%zz@h/db", "mysql://u:wheel@h/db", "wheel",
	} {
		s, err := postgres.Open(url)
		if err == nil {
			s.Close()
			t.Errorf("Open(%q) succeeds", url)
		} else if strings.Contains(err.Error(), "wheel") {
			t.Errorf("Open(%q): %v", url, err)
		}
	}
	server := pgserver.Get(t)
	_, _, err := open(t, strings.Replace(server.URL(), pgserver.Password, "not-the-wheel", 1)).Count(t.Context())
	if err == nil || strings.Contains(err.Error(), "not-the-wheel") {
		t.Errorf("with a wrong password: %v", err)
	}
}
