// Package postgres keeps subscriptions in PostgreSQL 14 or newer, for any number of feedmills at
// once: a [Store] is a [hub.Store] whose clock is the database's.
//
// No transaction outlives a call, and none is open while anybody is delivered to. What holds when the
// server is gone, and for the tables, is that of [pgpool].
package postgres

import (
	_ "embed"

	"feedmill/hub"
	"feedmill/internal/pgpool"
)

//go:embed schema.sql
var schema1 string

var _ hub.Store = (*Store)(nil)

// Store is a database of subscriptions, those of all sites or those of one. Any number of goroutines may
// use it.
type Store struct {
	pool *pgpool.Pool
	base string // what the URLs of its topics begin with
}

// Open returns the store in the database of a URL, as [pgpool.Open], with the topics of all sites.
func Open(address string) (*Store, error) {
	pool, err := pgpool.Open(address, pgpool.Options{
		Table: "feedmill_schema", Schemas: []string{schema1}, Fine: []error{hub.ErrNoSubscription},
	})
	if err != nil {
		return nil, err
	}
	return &Store{pool: pool}, nil
}

// Of returns the same store with the topics of one site, those below its base URL: of others it gives
// nothing to deliver, to count or to list. It is closed with s.
func (s *Store) Of(base string) *Store { return &Store{pool: s.pool, base: base} }

// Close waits for the calls that are under way.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}
