package local_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"feedmill/hub"
	"feedmill/hub/local"
	"feedmill/hub/storetest"
	"feedmill/internal/statefile"
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
	if _, err := local.Open(file, nil); !errors.Is(err, statefile.ErrInUse) {
		t.Errorf("Open of an open file = %v, want ErrInUse", err)
	}
	if fi, err := os.Stat(file); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", fi.Mode(), err)
	}
}

// TestDamaged opens files that are no whole ones: each is refused and left as it is, or as good as before.
func TestDamaged(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hub.db")
	s := open(t, file, nil)
	for i := range 200 {
		sub := hub.Subscription{Topic: "https://example.org/rss.xml", Callback: fmt.Sprint("https://wheel.example/", i), Has: "mill"}
		if err := s.Subscribe(t.Context(), sub, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	astray := bytes.ReplaceAll(good, []byte(`"Callback":"https`), []byte(`"Callback":"httpx`))
	broken := [][]byte{{}, []byte("no database"), good[:1000], good[:5000], good[:len(good)/2], make([]byte, len(good)), astray}
	r := rand.New(rand.NewPCG(8, 0))
	for range 100 {
		bad := bytes.Clone(good)
		bad[r.IntN(len(bad))] ^= 1 << r.IntN(8)
		broken = append(broken, bad)
	}
	refused := 0
	for i, bad := range broken {
		if err := os.WriteFile(file, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := local.Open(file, nil)
		if err == nil {
			if i < 7 {
				t.Errorf("damage %d is taken", i)
			}
			s.Close()
			continue
		}
		refused++
		if !errors.Is(err, statefile.ErrDamaged) && !errors.Is(err, statefile.ErrNewer) || strings.Contains(err.Error(), "wheel.example") {
			t.Errorf("damage %d: %v, want ErrDamaged, and no callback", i, err)
		}
		if have, _ := os.ReadFile(file); !bytes.Equal(have, bad) {
			t.Errorf("damage %d: the file was changed", i)
		}
	}
	if refused < 20 {
		t.Errorf("%d of %d damages are refused", refused, len(broken))
	}
}

func TestScale(t *testing.T) {
	storetest.Scale(t, func(t *testing.T) hub.Store { return open(t, filepath.Join(t.TempDir(), "hub.db"), nil) })
}
