package local_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"feedmill/hub"
	"feedmill/hub/local"
	"feedmill/hub/storetest"
)

// clock is one that tests can move.
type clock struct{ ahead time.Duration }

func (c *clock) now() time.Time                           { return time.Now().Add(c.ahead) }
func (c *clock) pass(_ testing.TB, d time.Duration)       { c.ahead += d }
func (c *clock) open(t testing.TB, file string) hub.Store { return open(t, file, c.now) }

func open(t testing.TB, file string, now func() time.Time) *local.Store {
	t.Helper()
	s, err := local.Open(file, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestMemory(t *testing.T) {
	storetest.Run(t, func(*testing.T) storetest.Kind {
		var c clock
		return storetest.Kind{Open: func(testing.TB) hub.Store { return local.New(c.now) }, Forgets: true, Pass: c.pass}
	})
}

func TestFile(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Kind {
		var c clock
		file := filepath.Join(t.TempDir(), "hub.db")
		return storetest.Kind{Open: func(t testing.TB) hub.Store { return c.open(t, file) }, Pass: c.pass}
	})
}

// TestOwner opens a file that is open, and looks at who may read it.
func TestOwner(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hub.db")
	open(t, file, nil)
	if _, err := local.Open(file, nil); !errors.Is(err, local.ErrInUse) {
		t.Errorf("Open of an open file = %v, want ErrInUse", err)
	}
	if fi, err := os.Stat(file); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", fi.Mode(), err)
	}
}

func TestScale(t *testing.T) {
	storetest.Scale(t, func(t *testing.T) hub.Store { return open(t, filepath.Join(t.TempDir(), "hub.db"), nil) })
}
