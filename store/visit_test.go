package store

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestStayWaitsForVisits(t *testing.T) {
	dir := t.TempDir()
	one, err := Visit(dir, "content")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Visit(dir, "content"); !errors.Is(err, ErrInUse) {
		t.Errorf("a second visit: %v, want %v", err, ErrInUse)
	}
	waits := make(chan struct{})
	stayed, looked := make(chan error), make(chan struct{})
	go func() {
		s, err := Stay(t.Context(), dir, "content", func() { close(waits) })
		if err == nil {
			defer s.Close()
		}
		stayed <- err
		<-looked
	}()
	<-waits
	commit(t, one, sample(1))
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-stayed; err != nil {
		t.Fatalf("after the visit: %v", err)
	}
	if _, err := Visit(dir, "content"); !errors.Is(err, ErrInUse) {
		t.Errorf("a visit to one who stays: %v, want %v", err, ErrInUse)
	}
	if _, err := Stay(t.Context(), dir, "content", func() { t.Error("one who stays is waited for") }); !errors.Is(err, ErrInUse) {
		t.Errorf("a second one who stays: %v, want %v", err, ErrInUse)
	}
	close(looked)
}

func TestStayGivesUp(t *testing.T) {
	dir := t.TempDir()
	one, err := Visit(dir, "content")
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	if _, err := Stay(ctx, dir, "content", stop); !errors.Is(err, ErrInUse) {
		t.Errorf("Stay = %v, want %v", err, ErrInUse)
	}
}
