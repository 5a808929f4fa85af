package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"feedmill/hub"
	"feedmill/internal/statefile"
)

var (
	subscriptionsBucket = []byte("subscriptions") // topic, 0, callback → hub.Subscription in JSON
	topicsBucket        = []byte("topics")        // URL → hub.Version in JSON
	formatBucket        = []byte("format")
	formatKey           = []byte("format")

	buckets = [][]byte{subscriptionsBucket, topicsBucket, formatBucket}
)

const format = "1"

// disk is the file of a store. A nil disk takes everything and keeps nothing.
type disk struct{ db *bolt.DB }

// change is what one transaction writes: all of it or nothing.
type change struct {
	keep, drop []hub.Subscription
	newest     map[string]hub.Version
}

// Open returns the store in a file, which it makes when there is none, readable for its owner alone.
// Its time is that of now; nil is [time.Now]. It fails with [statefile.ErrInUse], [statefile.ErrDamaged] or
// [statefile.ErrNewer].
func Open(file string, now func() time.Time) (*Store, error) {
	db, err := statefile.Open(file, statefile.Options{Create: prepare, Check: verify})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	s := New(now)
	s.disk = &disk{db}
	if err := db.View(s.load); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w: %w", file, statefile.ErrDamaged, err), db.Close())
	}
	return s, nil
}

func prepare(tx *bolt.Tx) error {
	for _, name := range buckets {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	return tx.Bucket(formatBucket).Put(formatKey, []byte(format))
}

// verify looks at what [Store.load] relies on.
func verify(tx *bolt.Tx) error {
	for _, name := range buckets {
		if tx.Bucket(name) == nil {
			return fmt.Errorf("it has no %s", name)
		}
	}
	if string(tx.Bucket(formatBucket).Get(formatKey)) != format {
		return statefile.ErrNewer
	}
	return nil
}

// load reads all that is in the file.
func (s *Store) load(tx *bolt.Tx) error {
	err := tx.Bucket(topicsBucket).ForEach(func(url, value []byte) error {
		var v hub.Version
		if err := json.Unmarshal(value, &v); err != nil {
			return err
		}
		s.publish(string(url), v)
		return nil
	})
	if err != nil {
		return err
	}
	return tx.Bucket(subscriptionsBucket).ForEach(func(at, value []byte) error {
		var sub hub.Subscription
		if err := json.Unmarshal(value, &sub); err != nil {
			return err
		}
		if string(at) != string(key(sub)) {
			return errors.New("a subscription is not where it belongs")
		}
		s.put(sub)
		return nil
	})
}

func key(sub hub.Subscription) []byte { return []byte(sub.Topic + "\x00" + sub.Callback) }

// write returns when the change is on the disk.
func (d *disk) write(c change) error {
	if d == nil || len(c.keep)+len(c.drop)+len(c.newest) == 0 {
		return nil
	}
	return d.db.Update(func(tx *bolt.Tx) error {
		subs := tx.Bucket(subscriptionsBucket)
		for _, sub := range c.drop {
			if err := subs.Delete(key(sub)); err != nil {
				return err
			}
		}
		for _, sub := range c.keep {
			if err := put(subs, key(sub), sub); err != nil {
				return err
			}
		}
		for url, v := range c.newest {
			if err := put(tx.Bucket(topicsBucket), []byte(url), v); err != nil {
				return err
			}
		}
		return nil
	})
}

func put(b *bolt.Bucket, key []byte, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return b.Put(key, text)
}

func (d *disk) close() error {
	if d == nil {
		return nil
	}
	return d.db.Close()
}
