package postgres

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"

	"feedmill/hub"
)

// subscribed gives the subscriptions whose lease has not ended, with columns in scan's order.
const subscribed = `
	SELECT t.url, s.callback, s.secret, s.expires, s.has, s.failures, nullif(s.due, '-infinity')
	FROM feedmill_subscriptions s JOIN feedmill_topics t ON t.id = s.topic
	WHERE s.expires > clock_timestamp()`

func scan(row pgx.Row) (hub.Subscription, error) {
	var s hub.Subscription
	var secret []byte
	var due *time.Time
	err := row.Scan(&s.Topic, &s.Callback, &secret, &s.Expires, &s.Has, &s.Failures, &due)
	if due != nil {
		s.Due = *due
	}
	s.Secret = hub.Secret(secret)
	return s, err
}

// topics makes rows for topics that nothing is known of yet. It is a statement of its own, so that
// keep sees those which somebody else has just made.
const topics = `
	INSERT INTO feedmill_topics (url) SELECT DISTINCT url FROM unnest($1::text[]) AS n (url) ORDER BY url ON CONFLICT DO NOTHING`

// keep writes subscriptions in the place of older ones; its callers differ in what those leave. No
// version is published meanwhile, and the order keeps two such statements from waiting for each other.
const keep = `
	WITH new AS (
		SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::timestamptz[], $6::text[], $7::integer[], $8::timestamptz[])
			AS n (url, callback, host, secret, expires, has, failures, due)
	), topic AS MATERIALIZED (
		SELECT id, url, etag, number FROM feedmill_topics WHERE url IN (SELECT url FROM new) ORDER BY url FOR SHARE
	)
	INSERT INTO feedmill_subscriptions AS old (topic, callback, host, secret, expires, has, number, failures, due)
	SELECT t.id, n.callback, n.host, n.secret, n.expires, n.has, CASE WHEN n.has = t.etag THEN t.number ELSE 0 END, n.failures, coalesce(n.due, '-infinity')
	FROM new n JOIN topic t USING (url) ORDER BY t.id, n.callback
	ON CONFLICT (topic, callback) DO UPDATE
	SET secret = excluded.secret, expires = excluded.expires, failures = excluded.failures, due = excluded.due`

// Subscribe is [hub.Store.Subscribe].
func (s *Store) Subscribe(ctx context.Context, sub hub.Subscription, lease time.Duration) error {
	return s.pool.Call(ctx, func(ctx context.Context) error {
		return s.write(ctx, func(tx pgx.Tx) error {
			var expires time.Time
			if err := tx.QueryRow(ctx, `SELECT clock_timestamp() + $1::interval`, lease).Scan(&expires); err != nil {
				return err
			}
			// What an ended lease has left is nobody's.
			if _, err := tx.Exec(ctx, `
				DELETE FROM feedmill_subscriptions s USING feedmill_topics t
				WHERE t.id = s.topic AND t.url = $1 AND s.callback = $2 AND s.expires <= clock_timestamp()`, sub.Topic, sub.Callback); err != nil {
				return err
			}
			return put(ctx, tx, keep, hub.Subscription{
				Topic: sub.Topic, Callback: sub.Callback, Secret: sub.Secret, Has: sub.Has, Expires: expires,
			})
		})
	})
}

// atOnce is how many subscriptions go with one statement.
const atOnce = 1000

// Restore is [hub.Store.Restore]. When it fails it has kept the first of them, a multiple of a
// thousand.
func (s *Store) Restore(ctx context.Context, subs iter.Seq[hub.Subscription]) error {
	next, stop := iter.Pull(subs)
	defer stop()
	for {
		batch := map[[2]string]hub.Subscription{} // no statement can write a row twice
		for len(batch) < atOnce {
			sub, ok := next()
			if !ok {
				break
			}
			batch[[2]string{sub.Topic, sub.Callback}] = sub
		}
		if len(batch) == 0 {
			return nil
		}
		list := make([]hub.Subscription, 0, len(batch))
		for _, sub := range batch {
			list = append(list, sub)
		}
		err := s.pool.Call(ctx, func(ctx context.Context) error {
			return s.write(ctx, func(tx pgx.Tx) error {
				return put(ctx, tx, keep+`, has = excluded.has, number = excluded.number`, list...)
			})
		})
		if err != nil {
			return err
		}
	}
}

// put writes subscriptions by keep, or what begins with it.
func put(ctx context.Context, tx pgx.Tx, keep string, subs ...hub.Subscription) error {
	n := len(subs)
	urls, callbacks, hosts, has := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	secrets, expires, due, failures := make([][]byte, n), make([]time.Time, n), make([]*time.Time, n), make([]int32, n)
	for i, s := range subs {
		urls[i], callbacks[i], hosts[i], secrets[i], has[i] = s.Topic, s.Callback, hub.Host(s.Callback), []byte(s.Secret), s.Has
		expires[i], failures[i] = s.Expires, int32(min(s.Failures, 1<<30))
		if !s.Due.IsZero() {
			due[i] = &s.Due
		}
	}
	if _, err := tx.Exec(ctx, topics, urls); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, keep, urls, callbacks, hosts, secrets, expires, has, failures, due)
	return err
}

// write runs f in a transaction.
func (s *Store) write(ctx context.Context, f func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, s.pool.Pool, f)
}

// Unsubscribe is [hub.Store.Unsubscribe].
func (s *Store) Unsubscribe(ctx context.Context, topic, callback string) error {
	return s.pool.Call(ctx, func(ctx context.Context) error {
		_, err := s.pool.Exec(ctx, `
			DELETE FROM feedmill_subscriptions s USING feedmill_topics t
			WHERE t.id = s.topic AND t.url = $1 AND s.callback = $2`, topic, callback)
		return err
	})
}

// Find is [hub.Store.Find].
func (s *Store) Find(ctx context.Context, topic, callback string) (found hub.Subscription, err error) {
	err = s.pool.Call(ctx, func(ctx context.Context) error {
		found, err = scan(s.pool.QueryRow(ctx, subscribed+` AND t.url = $1 AND s.callback = $2`, topic, callback))
		if errors.Is(err, pgx.ErrNoRows) {
			return hub.ErrNoSubscription
		}
		return err
	})
	return found, err
}

// Sweep is [hub.Store.Sweep].
func (s *Store) Sweep(ctx context.Context) (int, error) {
	total := 0
	for {
		swept := 0
		err := s.pool.Call(ctx, func(ctx context.Context) error {
			tag, err := s.pool.Exec(ctx, `
				DELETE FROM feedmill_subscriptions WHERE (topic, callback) IN (
					SELECT topic, callback FROM feedmill_subscriptions WHERE expires <= clock_timestamp()
					ORDER BY expires LIMIT 10000 FOR UPDATE SKIP LOCKED)`)
			swept = int(tag.RowsAffected())
			return err
		})
		total += swept
		if err != nil || swept == 0 {
			return total, err
		}
	}
}

// Count is [hub.Store.Count].
func (s *Store) Count(ctx context.Context) (byTopic, byHost map[string]int, err error) {
	byTopic, byHost = map[string]int{}, map[string]int{}
	err = s.pool.Call(ctx, func(ctx context.Context) error {
		rows, err := s.pool.Query(ctx, `
			SELECT t.url, s.host, s.count FROM (
				SELECT topic, host, count(*) FROM feedmill_subscriptions
				WHERE expires > clock_timestamp() AND topic IN (SELECT id FROM feedmill_topics WHERE starts_with(url, $1))
				GROUP BY GROUPING SETS (topic, host)
			) s LEFT JOIN feedmill_topics t ON t.id = s.topic`, s.base)
		if err != nil {
			return err
		}
		var topic, host *string
		var n int
		_, err = pgx.ForEachRow(rows, []any{&topic, &host, &n}, func() error {
			if topic != nil {
				byTopic[*topic] = n
			} else {
				byHost[*host] = n
			}
			return nil
		})
		return err
	})
	return byTopic, byHost, err
}

// All is [hub.Store.All]. It reads a thousand at a time, each thousand as it is then, so that a
// slow caller holds nothing.
func (s *Store) All(ctx context.Context) iter.Seq2[hub.Subscription, error] {
	return func(yield func(hub.Subscription, error) bool) {
		var last hub.Subscription
		for {
			var page []hub.Subscription
			err := s.pool.Call(ctx, func(ctx context.Context) error {
				rows, err := s.pool.Query(ctx, subscribed+` AND starts_with(t.url, $4) AND (t.url, s.callback) > ($1, $2) ORDER BY t.url, s.callback LIMIT $3`, last.Topic, last.Callback, atOnce, s.base)
				if err != nil {
					return err
				}
				page, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (hub.Subscription, error) { return scan(r) })
				return err
			})
			if err != nil {
				yield(hub.Subscription{}, err)
				return
			}
			for _, sub := range page {
				if !yield(sub, nil) {
					return
				}
			}
			if len(page) < atOnce {
				return
			}
			last = page[len(page)-1]
		}
	}
}
