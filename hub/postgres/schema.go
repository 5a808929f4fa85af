package postgres

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

//go:embed schema.sql
var schema1 string

// schemas make version n of the schema from version n-1: one is added, none is ever changed.
var schemas = []string{schema1}

// lock is held by whoever makes or changes the schema: "feedmill" in ASCII.
const lock = 0x666565646d696c6c

// ErrNewer means that a later feedmill has changed the schema, which this one does not know.
var ErrNewer = errors.New("made by a newer feedmill")

// upgrade makes the schema what this program knows, all of it or nothing. Programs that start at
// once do it one after the other.
func upgrade(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(lock)); err != nil {
		return err
	}
	var have *string
	if err := tx.QueryRow(ctx, `SELECT to_regclass('feedmill_schema')::text`).Scan(&have); err != nil {
		return err
	}
	if have == nil {
		if _, err := tx.Exec(ctx, `CREATE TABLE feedmill_schema (version integer NOT NULL)`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO feedmill_schema VALUES (0)`); err != nil {
			return err
		}
	}
	var version int
	if err := tx.QueryRow(ctx, `SELECT version FROM feedmill_schema`).Scan(&version); err != nil {
		return err
	}
	if version > len(schemas) {
		return fmt.Errorf("schema %d is %w: this one knows %d\nhint: run the newer one, or name another database", version, ErrNewer, len(schemas))
	}
	if version == len(schemas) {
		return nil
	}
	for _, s := range schemas[version:] {
		if _, err := tx.Exec(ctx, s); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `UPDATE feedmill_schema SET version = $1`, len(schemas))
	return err
}
