package publish

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// away is a place that answers only when it is there.
type away struct {
	place
	is    atomic.Bool
	asked atomic.Int64
}

var errAway = errors.New("away")

func (a *away) get(ctx context.Context, name string) ([]byte, string, error) {
	if a.asked.Add(1); a.is.Load() {
		return nil, "", errAway
	}
	return a.place.get(ctx, name)
}

func (a *away) tag(ctx context.Context, name string) (string, error) {
	if a.asked.Add(1); a.is.Load() {
		return "", errAway
	}
	return a.place.tag(ctx, name)
}

// TestWeek lets a place be away for a week, in which there is a generation every ten minutes.
func TestWeek(t *testing.T) {
	dir := t.TempDir()
	at := &away{place: &folder{path: dir}}
	l := lookAtFolder(t, dir)
	synctest.Test(t, func(t *testing.T) {
		p, err := New(Options{Targets: []Target{{Folder: dir}}})
		if err != nil {
			t.Fatal(err)
		}
		p.targets[0].at = at
		ctx, stop := context.WithCancel(t.Context())
		defer synctest.Wait()
		defer stop()
		go p.Run(ctx)
		var site testSite
		p.Publish(site.generation("a"))
		synctest.Wait()
		if s := p.Status()[0]; !s.Current || s.Written != 1 {
			t.Fatalf("before: %+v", s)
		}
		at.is.Store(true)
		at.asked.Store(0)
		begin := time.Now()
		var last Generation
		for i := range 7 * 24 * 6 {
			last = site.generation("b", fmt.Sprint(i), fmt.Sprint(i, "x"))
			p.Publish(last)
			time.Sleep(10 * time.Minute)
		}
		s := p.Status()[0]
		if s.Current || s.Error != "away" || s.Since.Sub(begin) > time.Minute || s.Generation != 1 {
			t.Errorf("while it is away: %+v", s)
		}
		if most := int64(7 * 24 * 60 / 4); at.asked.Load() > most || s.Failures != uint64(at.asked.Load()) {
			t.Errorf("asked %d times in a week, with %d failures: want at most %d", at.asked.Load(), s.Failures, most)
		}
		at.is.Store(false)
		time.Sleep(2 * longestPause)
		synctest.Wait()
		if s := p.Status()[0]; !s.Current || s.Error != "" || !s.Since.IsZero() || s.Generation != last.Number || s.Written != 1+3 {
			t.Errorf("after: %+v", s)
		}
		if diff := cmp.Diff(want(t, last), l.all()); diff != "" {
			t.Errorf("documents (-want +have):\n%s", diff)
		}

		// What others do is noticed without a change of ours.
		l.spoil("rss.xml", "spoilt")
		time.Sleep(compareEvery + time.Minute)
		synctest.Wait()
		if diff := cmp.Diff(want(t, last), l.all()); diff != "" {
			t.Errorf("an hour after another has written (-want +have):\n%s", diff)
		}
	})
}

// TestStale lets a document change while it is published: the next attempt has the right one.
func TestStale(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		p, err := New(Options{Targets: []Target{{Folder: dir}}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		defer synctest.Wait()
		defer stop()
		go p.Run(ctx)
		var stale atomic.Bool
		stale.Store(true)
		site := testSite{body: func(path string) error {
			if path == "rss.xml" && stale.Load() {
				return errors.New("the file is another")
			}
			return nil
		}}
		g := site.generation("a", "b")
		p.Publish(g)
		synctest.Wait()
		if s := p.Status()[0]; s.Current || s.Written != 1 {
			t.Errorf("while a document can't be made: %+v", s)
		}
		stale.Store(false)
		time.Sleep(time.Minute)
		synctest.Wait()
		if s := p.Status()[0]; !s.Current || s.Written != 2 {
			t.Errorf("after: %+v", s)
		}
		if diff := cmp.Diff(want(t, g), lookAtFolder(t, dir).all()); diff != "" {
			t.Errorf("documents (-want +have):\n%s", diff)
		}
	})
}
