package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"feedmill/store"
)

// TestFold starts where many articles had changed at once before the last end: their journal is folded.
func TestFold(t *testing.T) {
	dir := t.TempDir()
	state, config := filepath.Join(dir, "state"), filepath.Join(dir, "config.yaml")
	text := "title: Example\nbase_url: https://example.org\nstate: state\n"
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "content"), 0o755), os.WriteFile(config, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(state, "../content")
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"before", "after"} {
		c := store.Changes{Articles: map[string]*store.Article{}, Feeds: map[string]*store.Feed{"/": {Generations: []store.Generation{{}}}}}
		for i := range 3000 {
			c.Articles[fmt.Sprintf("%d.md", i)] = &store.Article{ID: fmt.Sprintf("urn:x:%s:%d", version, i)}
		}
		if err := s.Commit(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := foldsLeft(t, state); n < 2 || err != nil {
		t.Fatalf("%d portions are to be folded, %v", n, err)
	}

	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	var log lockedBuffer
	go func() {
		ended <- run(ctx, []string{"serve", "--config", config, "--listen", "127.0.0.1:0", "--admin", "none"}, io.Discard, &log)
	}()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v\n%s", err, log.String())
		}
	}()
	soon(t, func() error {
		n, err := foldsLeft(t, state)
		if err == nil && n > 0 {
			err = fmt.Errorf("%d portions are left", n)
		}
		return err
	})
	kept, err := store.Read(state, "../content")
	if err != nil || len(kept.Articles) != 3000 || kept.Articles["2999.md"].ID != "urn:x:after:2999" {
		t.Errorf("%d articles are kept, %v", len(kept.Articles), err)
	}
}

// foldsLeft is how many portions are to be folded of a state, by a copy.
func foldsLeft(t *testing.T, state string) (int, error) {
	copied := t.TempDir()
	src, err := os.ReadFile(filepath.Join(state, "state.db"))
	if err == nil {
		err = os.WriteFile(filepath.Join(copied, "state.db"), src, 0o600)
	}
	if err != nil {
		return 0, err
	}
	s, err := store.Open(copied, "../content")
	if err != nil {
		return 0, err // it was copied while it was written
	}
	defer s.Close()
	before := s.Written()
	for more := true; more && err == nil; {
		more, err = s.Fold()
	}
	return int(s.Written() - before), err
}
