package pgpool

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// lock is held by whoever makes or changes the schema: "feedmill" in ASCII.
const lock = 0x666565646d696c6c

// ErrNewer means that a later feedmill has changed the schema, which this one does not know.
var ErrNewer = errors.New("made by a newer feedmill")

// upgrade makes the schema what this program knows, all of it or nothing. Programs that start at
// once do it one after the other.
func (o Options) upgrade(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(lock)); err != nil {
		return err
	}
	var have *string
	if err := tx.QueryRow(ctx, `SELECT to_regclass($1)::text`, o.Table).Scan(&have); err != nil {
		return err
	}
	if have == nil {
		if _, err := tx.Exec(ctx, `CREATE TABLE `+o.Table+` (version integer NOT NULL)`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO `+o.Table+` VALUES (0)`); err != nil {
			return err
		}
	}
	var version int
	if err := tx.QueryRow(ctx, `SELECT version FROM `+o.Table).Scan(&version); err != nil {
		return err
	}
	if version > len(o.Schemas) {
		return fmt.Errorf("schema %d is %w: this one knows %d\nhint: run the newer one, or name another database", version, ErrNewer, len(o.Schemas))
	}
	if version == len(o.Schemas) {
		return nil
	}
	for _, s := range o.Schemas[version:] {
		if _, err := tx.Exec(ctx, s); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `UPDATE `+o.Table+` SET version = $1`, len(o.Schemas))
	return err
}
