package postgres

import (
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"feedmill/hub"
)

// Publish is [hub.Store.Publish].
func (s *Store) Publish(ctx context.Context, newest map[string]hub.Version) error {
	urls := slices.Sorted(maps.Keys(newest)) // in one order, so that two who publish do not wait for each other
	for some := range slices.Chunk(urls, atOnce) {
		etags, modified := make([]string, len(some)), make([]int64, len(some))
		for i, u := range some {
			etags[i], modified[i] = newest[u].ETag, nanoseconds(newest[u].Modified)
		}
		err := s.pool.Call(ctx, func(ctx context.Context) error {
			return s.write(ctx, func(tx pgx.Tx) error { return publish(ctx, tx, some, etags, modified) })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func publish(ctx context.Context, tx pgx.Tx, urls, etags []string, modified []int64) error {
	rows, err := tx.Query(ctx, `
		INSERT INTO feedmill_topics AS t (url, etag, modified, number)
		SELECT url, etag, modified, 1 FROM unnest($1::text[], $2::text[], $3::bigint[]) AS n (url, etag, modified) ORDER BY url
		ON CONFLICT (url) DO UPDATE
		SET etag = excluded.etag, modified = excluded.modified, number = t.number + 1, published = clock_timestamp()
		WHERE t.etag <> excluded.etag AND (t.number = 0 OR (excluded.modified, excluded.etag) > (t.modified, t.etag))
		RETURNING id`, urls, etags, modified)
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int32])
	if err != nil || len(ids) == 0 {
		return err
	}
	// Who has this very content already, because it was there at the subscription or is back again.
	_, err = tx.Exec(ctx, `
		UPDATE feedmill_subscriptions s SET number = t.number FROM feedmill_topics t
		WHERE t.id = ANY($1) AND s.topic = t.id AND s.number < t.number AND s.has = t.etag`, ids)
	return err
}

// nanoseconds returns t since 1970, as far as 64 bits go.
func nanoseconds(t time.Time) int64 {
	switch {
	case t.Year() < 1678:
		return math.MinInt64
	case t.Year() > 2261:
		return math.MaxInt64
	}
	return t.UnixNano()
}

// Claim is [hub.Store.Claim]. Topics come in the order in which they were published, and in each
// those first that lack the most of it.
func (s *Store) Claim(ctx context.Context, n int, hold time.Duration, except []string) ([]hub.Delivery, error) {
	var claimed []hub.Delivery
	if except == nil {
		except = []string{} // nil would be NULL, which nothing is unlike
	}
	err := s.pool.Call(ctx, func(ctx context.Context) error {
		claimed = nil
		rows, err := s.pool.Query(ctx, `
			SELECT t.id FROM feedmill_topics t WHERE starts_with(t.url, $3) AND EXISTS (
				SELECT FROM feedmill_subscriptions s
				WHERE s.topic = t.id AND s.number < t.number AND s.due <= clock_timestamp() AND s.held <= clock_timestamp() AND s.expires > clock_timestamp() AND s.host <> ALL($1)
			) ORDER BY t.published, t.id LIMIT $2`, except, n, s.base)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int32])
		if err != nil {
			return err
		}
		for _, id := range ids {
			if len(claimed) >= n {
				break
			}
			rows, err := s.pool.Query(ctx, claim, id, n-len(claimed), hold, except)
			if err != nil {
				return err
			}
			some, err := pgx.CollectRows(rows, scanDelivery)
			if err != nil {
				return err
			}
			claimed = append(claimed, some...)
		}
		return nil
	})
	return claimed, err
}

// claim takes rows that nobody else is just about to take. Its commit makes the claim; it is over
// before anybody is delivered to.
const claim = `
	WITH picked AS MATERIALIZED (
		SELECT s.topic, s.callback, s.number, s.due FROM feedmill_subscriptions s JOIN feedmill_topics t ON t.id = s.topic
		WHERE t.id = $1 AND s.number < t.number AND s.due <= clock_timestamp() AND s.held <= clock_timestamp() AND s.expires > clock_timestamp() AND s.host <> ALL($4)
		ORDER BY s.number, s.due LIMIT $2
		FOR UPDATE OF s SKIP LOCKED
	), took AS (
		UPDATE feedmill_subscriptions s SET claim = c.id, held = clock_timestamp() + $3::interval
		FROM picked p, (SELECT nextval('feedmill_claims') AS id) c
		WHERE s.topic = p.topic AND s.callback = p.callback
		RETURNING s.*
	)
	SELECT t.url, s.callback, s.secret, s.expires, s.has, s.failures, nullif(s.due, '-infinity'), t.etag, t.modified, s.claim
	FROM took s JOIN feedmill_topics t ON t.id = s.topic ORDER BY s.number, s.due`

func scanDelivery(row pgx.CollectableRow) (hub.Delivery, error) {
	var d hub.Delivery
	var secret []byte
	var due *time.Time
	var modified int64
	err := row.Scan(&d.Topic, &d.Callback, &secret, &d.Expires, &d.Has, &d.Failures, &due, &d.Newest.ETag, &modified, &d.Claim)
	if due != nil {
		d.Due = *due
	}
	d.Secret = hub.Secret(secret)
	if modified > math.MinInt64 { // which stands for the zero time
		d.Newest.Modified = time.Unix(0, modified).UTC()
	}
	return d, err
}

// settle writes outcomes down. What was received counts whoever holds the claim now, unless more
// has been received since; all else only for the claim that it belongs to.
const settle = `
	WITH done AS (
		SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::boolean[], $6::bigint[])
			AS d (url, callback, claim, has, tried, again)
	), rows AS (
		SELECT t.id AS topic, t.etag, t.number AS newest, d.* FROM done d
		JOIN feedmill_topics t USING (url)
		JOIN feedmill_subscriptions s ON s.topic = t.id AND s.callback = d.callback
		WHERE s.claim = d.claim OR d.has <> ''
		ORDER BY t.id, d.callback FOR UPDATE OF s
	)
	UPDATE feedmill_subscriptions s SET
		has      = CASE WHEN r.has = '' THEN s.has ELSE r.has END,
		number   = CASE WHEN r.has = '' THEN s.number WHEN r.has = r.etag THEN r.newest ELSE greatest(s.number, r.newest - 1) END,
		failures = CASE WHEN r.has <> '' THEN 0 WHEN r.tried THEN s.failures + 1 ELSE s.failures END,
		due      = CASE WHEN r.has <> '' THEN '-infinity' WHEN r.again = 0 THEN s.due ELSE clock_timestamp() + r.again * interval '1 microsecond' END,
		held     = CASE WHEN s.claim = r.claim THEN '-infinity' ELSE s.held END
	FROM rows r
	WHERE s.topic = r.topic AND s.callback = r.callback AND (s.claim = r.claim OR s.has <> r.etag)`

// Settle is [hub.Store.Settle].
func (s *Store) Settle(ctx context.Context, done []hub.Outcome) error {
	for some := range slices.Chunk(done, atOnce) {
		err := s.pool.Call(ctx, func(ctx context.Context) error {
			return s.write(ctx, func(tx pgx.Tx) error { return settled(ctx, tx, some) })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func settled(ctx context.Context, tx pgx.Tx, done []hub.Outcome) error {
	var left, gone struct {
		topics, callbacks, has []string
		claims, again          []int64
		tried                  []bool
	}
	for _, o := range done {
		to := &left
		if o.Gone {
			to = &gone
		}
		to.topics, to.callbacks = append(to.topics, o.Topic), append(to.callbacks, o.Callback)
		to.claims, to.has = append(to.claims, o.Claim), append(to.has, o.Has)
		to.tried, to.again = append(to.tried, o.Tried), append(to.again, o.Again.Microseconds())
	}
	if len(gone.topics) > 0 {
		// Who has subscribed anew meanwhile holds no such claim.
		if _, err := tx.Exec(ctx, `
			DELETE FROM feedmill_subscriptions s USING feedmill_topics t, unnest($1::text[], $2::text[], $3::bigint[]) AS d (url, callback, claim)
			WHERE t.url = d.url AND s.topic = t.id AND s.callback = d.callback AND s.claim = d.claim`, gone.topics, gone.callbacks, gone.claims); err != nil {
			return err
		}
	}
	if len(left.topics) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, settle, left.topics, left.callbacks, left.claims, left.has, left.tried, left.again)
	return err
}

// Next is [hub.Store.Next], told by this machine's clock.
func (s *Store) Next(ctx context.Context) (time.Time, error) {
	var wait *time.Duration
	asked := time.Now()
	err := s.pool.Call(ctx, func(ctx context.Context) error {
		asked = time.Now()
		return s.pool.QueryRow(ctx, `
			SELECT min(greatest(s.due, s.held, now())) - now()
			FROM feedmill_topics t JOIN feedmill_subscriptions s ON s.topic = t.id AND s.number < t.number
			WHERE starts_with(t.url, $1) AND s.expires > greatest(s.due, s.held, clock_timestamp())`, s.base).Scan(&wait)
	})
	if err != nil || wait == nil {
		return time.Time{}, err
	}
	return asked.Add(*wait), nil
}
