package store_test

import (
	"testing"

	"feedmill/store"
	"feedmill/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t testing.TB) string { return t.TempDir() }, func(t testing.TB, place, site string) (storetest.Keeper, func()) {
		s, err := store.Open(place, site)
		if err != nil {
			t.Fatal(err)
		}
		return s, func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}
