package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func FuzzRecord(f *testing.F) {
	for _, a := range sample(3).Articles {
		a.Claim, a.Gone, a.Feeds = "urn:x:1", time.Unix(-5, 1).UTC(), []string{"", "tags/算力"}
		value, _ := encodeArticle(a)
		f.Add(value)
		old, _ := encode(a)
		f.Add(old)
	}
	f.Add([]byte{recordVersion})
	f.Fuzz(func(t *testing.T, value []byte) {
		a, err := decodeArticle(value)
		if err != nil {
			return
		}
		again, err := encodeArticle(a)
		if err != nil {
			t.Fatal(err)
		}
		b, err := decodeArticle(again)
		if err != nil {
			t.Fatalf("what was encoded can't be read: %v", err)
		}
		if diff := cmp.Diff(a, b, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("another article (-was +is):\n%s", diff)
		}
	})
}
