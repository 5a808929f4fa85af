// Package postgres keeps in PostgreSQL 14 or newer what a site must never forget, for any number of
// feedmills at once: each keeps something in its turn only, in which it knows all that the others have
// kept before. So they agree on the ids and dates that their feeds show.
//
// What holds when the server is gone, and for the tables, is that of [pgpool].
package postgres

import (
	"context"
	_ "embed"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"feedmill/internal/pgpool"
	"feedmill/store"
)

//go:embed schema.sql
var schema1 string

const (
	atOnce    = 2000             // rows of a statement
	keepLimit = 30 * time.Second // to keep the changes of a turn: the first may be of a hundred thousand articles

	// Who stops in the middle of a turn loses it, so that the others go on.
	limits = `SET LOCAL lock_timeout = '4s'; SET LOCAL idle_in_transaction_session_timeout = '20s'`
)

// Store is a database of what sites have kept. Any number of goroutines may use it.
type Store struct{ pool *pgpool.Pool }

// Open returns the store in the database of a URL, as [pgpool.Open].
func Open(address string) (*Store, error) {
	pool, err := pgpool.Open(address, pgpool.Options{Table: "feedmill_store_schema", Schemas: []string{schema1}})
	if err != nil {
		return nil, err
	}
	return &Store{pool}, nil
}

// Close waits for the calls that are under way. No turn must be.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}

// Of returns a replica of the site of that name, which knows nothing yet.
func (s *Store) Of(site string) *Replica { return &Replica{pool: s.pool, site: site} }

// Replica is what one of those who keep a site knows of it. One goroutine at a time may use it, but
// for [Replica.Behind].
type Replica struct {
	pool  *pgpool.Pool
	site  string
	known atomic.Int64 // the newest revision that it knows

	// In a turn:
	turn   pgx.Tx // nil: there is none
	id     int32
	newest int64
}

// Turn waits until no other replica has its turn, and returns what was kept since the last turn of
// this one; nil deletes. An error means that there is no turn: the database is away, or somebody holds
// up all others. Else [Replica.Keep] must follow.
func (r *Replica) Turn(ctx context.Context) (store.Changes, error) {
	var news store.Changes
	err := r.pool.Call(ctx, func(limited context.Context) error {
		// The turn outlives the call, and its limit.
		tx, err := r.pool.Begin(limited)
		if err != nil {
			return err
		}
		if news, err = r.take(limited, tx); err != nil {
			r.undo(tx)
			return err
		}
		r.turn = tx
		return nil
	})
	return news, err
}

func (r *Replica) take(ctx context.Context, tx pgx.Tx) (store.Changes, error) {
	if _, err := tx.Exec(ctx, limits); err != nil {
		return store.Changes{}, err
	}
	const lock = `SELECT id, revision FROM feedmill_sites WHERE name = $1 FOR UPDATE`
	err := tx.QueryRow(ctx, lock, r.site).Scan(&r.id, &r.newest)
	if errors.Is(err, pgx.ErrNoRows) {
		if _, err = tx.Exec(ctx, `INSERT INTO feedmill_sites (name) VALUES ($1) ON CONFLICT DO NOTHING`, r.site); err == nil {
			err = tx.QueryRow(ctx, lock, r.site).Scan(&r.id, &r.newest)
		}
	}
	if err != nil {
		return store.Changes{}, err
	}
	rows, err := tx.Query(ctx, `SELECT kind, key, value FROM feedmill_facts WHERE site = $1 AND revision > $2`, r.id, r.known.Load())
	if err != nil {
		return store.Changes{}, err
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (store.Row, error) {
		var kind string
		var key, value []byte
		err := row.Scan(&kind, &key, &value)
		return store.Row{Table: kind, Key: string(key), Value: value}, err
	})
	if err != nil {
		return store.Changes{}, err
	}
	news, err := store.ChangesOf(all)
	if err == nil {
		r.known.Store(r.newest)
	}
	return news, err
}

// Keep writes the changes, all or none, and ends the turn. After an error they may have been written
// all the same: the next turn tells.
func (r *Replica) Keep(c store.Changes) error {
	tx := r.turn
	if tx == nil {
		return errors.New("it is not the turn of this replica")
	}
	r.turn = nil
	ctx, cancel := context.WithTimeout(context.Background(), keepLimit)
	defer cancel()
	rows, err := c.Rows()
	if err == nil && len(rows) > 0 {
		err = r.write(ctx, tx, rows)
	}
	if err == nil {
		err = tx.Commit(ctx)
	}
	if err != nil {
		r.undo(tx)
		r.pool.Note(err)
		return err
	}
	if len(rows) > 0 {
		r.known.Store(r.newest + 1)
	}
	return nil
}

func (r *Replica) write(ctx context.Context, tx pgx.Tx, rows []store.Row) error {
	if _, err := tx.Exec(ctx, `UPDATE feedmill_sites SET revision = $2 WHERE id = $1`, r.id, r.newest+1); err != nil {
		return err
	}
	for some := range slices.Chunk(rows, atOnce) {
		kinds, keys, values := make([]string, len(some)), make([][]byte, len(some)), make([][]byte, len(some))
		for i, row := range some {
			kinds[i], keys[i], values[i] = row.Table, []byte(row.Key), row.Value
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO feedmill_facts AS f (site, kind, key, value, revision)
			SELECT $1, n.kind, n.key, n.value, $2 FROM unnest($3::text[], $4::bytea[], $5::bytea[]) AS n (kind, key, value)
			ON CONFLICT (site, kind, key) DO UPDATE SET value = excluded.value, revision = excluded.revision
			WHERE f.value IS DISTINCT FROM excluded.value`, r.id, r.newest+1, kinds, keys, values); err != nil {
			return err
		}
	}
	return nil
}

// undo ends a turn of which nothing is kept.
func (r *Replica) undo(tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = tx.Rollback(ctx) // where even that fails, the connection is closed
}

// Behind reports whether others have kept something that this replica does not know. It may be called
// from any goroutine, also in a turn.
func (r *Replica) Behind(ctx context.Context) (bool, error) {
	var newest int64
	err := r.pool.Call(ctx, func(ctx context.Context) error {
		err := r.pool.QueryRow(ctx, `SELECT revision FROM feedmill_sites WHERE name = $1`, r.site).Scan(&newest)
		if errors.Is(err, pgx.ErrNoRows) {
			err = nil
		}
		return err
	})
	return newest > r.known.Load(), err
}
