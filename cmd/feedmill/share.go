package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"feedmill/config"
	"feedmill/store"
	"feedmill/store/postgres"
)

// shareState takes part in what several feedmills keep in the database that store names. It does not
// connect yet.
func shareState(cfg *config.Config) (state, error) {
	s, err := postgres.Open(cfg.Store)
	if err != nil {
		return noState(), fmt.Errorf("store: %w", err)
	}
	of := func(site string) (state, error) {
		r := s.Of(site)
		return state{keep: r.Keep, turn: r.Turn, behind: r.Behind}, nil
	}
	st, _ := of(siteKey(cfg))
	st.close, st.of = s.Close, of
	return st, nil
}

// readShared reads what several feedmills share as it was kept last, and keeps nothing.
func readShared(ctx context.Context, cfg *config.Config) (state, error) {
	shared, err := shareState(cfg)
	if err != nil {
		return noState(), err
	}
	all, err := shared.turn(ctx)
	if err == nil {
		err = shared.keep(store.Changes{})
	}
	if err := errors.Join(err, shared.close()); err != nil {
		return noState(), hinted{fmt.Errorf("store: %w", err), "see whether the database answers, or do without it: store: bbolt"}
	}
	maps.DeleteFunc(all.Articles, gone)
	maps.DeleteFunc(all.Feeds, gone)
	maps.DeleteFunc(all.Deletions, gone)
	maps.DeleteFunc(all.Sources, gone)
	s := noState()
	if s.kept = store.State(all); len(all.Articles) > 0 {
		s.keep = func(store.Changes) error { return nil } // what is known counts, what is new is the daemons'
	}
	return s, nil
}

func gone[T any](_ string, v *T) bool { return v == nil }

// listenEvery is how often a replica asks whether others have kept something.
const listenEvery = 500 * time.Millisecond

// listen tells the loop when other replicas have kept something, and when they can be reached again.
func (d *daemon) listen(ctx context.Context) {
	tick := time.NewTicker(listenEvery)
	defer tick.Stop()
	apart := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		behind, err := d.site.Load().behind(ctx)
		if behind || apart && err == nil {
			select {
			case d.news <- struct{}{}:
			default: // it will look anyway
			}
		}
		apart = err != nil
	}
}
