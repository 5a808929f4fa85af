package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"time"

	"feedmill/config"
	"feedmill/store"
	"feedmill/store/postgres"
)

// shareState takes part in what several feedmills keep in the database that store names. It does not
// connect yet. At the first turn it calls first, with a replica of its own, until that has no error.
func shareState(cfg *config.Config, first func(ctx context.Context, r *postgres.Replica, site string) error) (state, error) {
	s, err := postgres.Open(cfg.Store)
	if err != nil {
		return noState(), fmt.Errorf("store: %w", err)
	}
	of := func(site string) (state, error) {
		r, begun := s.Of(site), false
		turn := func(ctx context.Context) (store.Changes, error) {
			if !begun {
				if err := first(ctx, s.Of(site), site); err != nil {
					return store.Changes{}, err
				}
				begun = true
			}
			return r.Turn(ctx)
		}
		return state{keep: r.Keep, turn: turn, behind: r.Behind}, nil
	}
	st, _ := of(siteKey(cfg))
	st.close, st.of = s.Close, of
	return st, nil
}

// moveIn lets the database, where it knows nothing of the site yet, take over what the state folder holds: a
// site that outgrows one machine keeps its ids and dates.
func moveIn(cfg *config.Config, log *slog.Logger) func(context.Context, *postgres.Replica, string) error {
	return func(ctx context.Context, r *postgres.Replica, site string) error {
		known, err := r.Behind(ctx)
		if known || err != nil || cfg.State == "" {
			return err
		}
		kept, err := store.Read(cfg.State, site)
		if err != nil {
			return fmt.Errorf("what the state folder holds can't be taken over: %w", err)
		}
		if len(kept.Articles) == 0 {
			return nil
		}
		others, err := r.Turn(ctx)
		if err != nil {
			return err
		}
		if len(others.Articles) > 0 { // another replica was faster
			return r.Keep(store.Changes{})
		}
		if err := r.Keep(store.Changes(kept)); err != nil {
			return err
		}
		log.Info("store: the database has taken over what the state folder holds", "articles", len(kept.Articles))
		return nil
	}
}

// readShared reads what several feedmills share as it was kept last, and keeps nothing.
func readShared(ctx context.Context, cfg *config.Config) (state, error) {
	shared, err := shareState(cfg, func(context.Context, *postgres.Replica, string) error { return nil })
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
