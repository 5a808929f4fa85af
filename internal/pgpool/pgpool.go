// Package pgpool is what the parts that keep something in PostgreSQL have in common: connections to a
// server that may be gone, and tables that are made and upgraded by whoever comes first.
//
// It makes tables itself, all named feedmill_…, in the first schema of the search path. A server that is
// gone or stuck costs each call a few seconds at most, and then most calls nothing at all: they
// fail at once until it is time to look again. No error holds the password.
package pgpool

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	connections = 8               // at most, at once
	dialLimit   = 3 * time.Second // to have a connection
	callLimit   = 5 * time.Second // to have an answer
	firstPause  = 250 * time.Millisecond
	longPause   = 15 * time.Second
)

// Pool is connections to one database, and the tables of one part. Any number of goroutines may use it.
type Pool struct {
	*pgxpool.Pool
	o    Options
	gate gate

	mu    sync.Mutex
	ready bool // the tables are what this program knows
}

// Options is what a part needs.
type Options struct {
	Table   string   // that holds the version of the schema
	Schemas []string // the statements that make version n of it from version n-1: one is added, none is ever changed
	Fine    []error  // that calls end with and that say nothing about the server
}

// Open returns the pool of a database's URL such as postgres://user:password@host/name. It does not
// connect: the first call does, and makes or upgrades the tables, so that a start needs no server.
// All calls fail with [ErrNewer] when a newer feedmill has made those.
func Open(address string, o Options) (*Pool, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil || !strings.Contains(address, "://") {
		// The cause may quote the password.
		return nil, errors.New("want postgres://user:password@host/name, as PostgreSQL's own programs take it")
	}
	config.MaxConns = connections
	config.ConnConfig.ConnectTimeout = dialLimit
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "feedmill"
	}
	// Nothing is connected to before the first call, so this context ends nothing.
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		return nil, err
	}
	return &Pool{Pool: pool, o: o}, nil
}

// prepare makes or upgrades the tables, unless that has been done.
func (p *Pool) prepare(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ready {
		return nil
	}
	err := pgx.BeginFunc(ctx, p.Pool, func(tx pgx.Tx) error { return p.o.upgrade(ctx, tx) })
	p.ready = err == nil
	return err
}

// Call runs f with a limit in time. What the server has undone for the sake of others is done
// again; while the server is gone f is mostly not run at all.
func (p *Pool) Call(ctx context.Context, f func(context.Context) error) error {
	if err := p.gate.closed(time.Now()); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	err := p.prepare(limited)
	if err == nil {
		err = f(limited)
	}
	for range 4 {
		if !again(err) {
			break
		}
		err = f(limited)
	}
	if ctx.Err() == nil { // else it says nothing about the server
		p.Note(err)
	}
	return err
}

// Note learns from the outcome of what was done outside of a call.
func (p *Pool) Note(err error) {
	p.gate.note(time.Now(), err, slices.ContainsFunc(p.o.Fine, func(fine error) bool { return errors.Is(err, fine) }))
}

// again reports whether the server has undone a transaction that may well succeed.
func again(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40001" || e.Code == "40P01") // serialization_failure, deadlock_detected
}

// gone reports whether an error says that the server is not there, rather than that it refuses.
func gone(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	// Class 57 is operator intervention, such as a shutdown or a start; class 08 and 53 are
	// connections, and too many of them. 25006 is a server that has become a replica, 55P03 a lock that somebody keeps.
	return !ok || strings.HasPrefix(e.Code, "57P") || strings.HasPrefix(e.Code, "08") ||
		strings.HasPrefix(e.Code, "53") || e.Code == "25006" || e.Code == "55P03"
}

// gate keeps calls from a server that is gone. The zero gate is open.
type gate struct {
	mu    sync.Mutex
	until time.Time
	pause time.Duration
	cause error
}

func (g *gate) closed(now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Before(g.until) {
		return fmt.Errorf("not asked again yet: %w", g.cause)
	}
	return nil
}

// note learns from the outcome of a call: each failure doubles the pause, a success ends it.
func (g *gate) note(now time.Time, err error, fine bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err == nil || fine || !gone(err) {
		g.until, g.pause, g.cause = time.Time{}, 0, nil
		return
	}
	if now.Before(g.until) { // one of several calls that failed together
		return
	}
	g.pause = min(max(2*g.pause, firstPause), longPause)
	g.until, g.cause = now.Add(g.pause), err
}
