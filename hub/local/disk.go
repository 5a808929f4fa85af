package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"feedmill/hub"
)

// ErrInUse means that another process has the file.
var ErrInUse = errors.New("another feedmill has this file")

// ErrNewer means that the file is of a later feedmill, in a format that this one does not know.
var ErrNewer = errors.New("written by a newer feedmill")

var (
	subscriptionsBucket = []byte("subscriptions") // topic, 0, callback → hub.Subscription in JSON
	topicsBucket        = []byte("topics")        // URL → hub.Version in JSON
	formatBucket        = []byte("format")
	formatKey           = []byte("format")
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
// Its time is that of now; nil is [time.Now]. It fails with [ErrInUse] or [ErrNewer].
func Open(file string, now func() time.Time) (*Store, error) {
	db, err := bolt.Open(file, 0o600, &bolt.Options{Timeout: time.Second})
	if errors.Is(err, bolterrors.ErrTimeout) {
		err = ErrInUse
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	s := New(now)
	s.disk = &disk{db}
	if err = db.Update(prepare); err == nil {
		err = db.View(s.load)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", file, err), db.Close())
	}
	return s, nil
}

func prepare(tx *bolt.Tx) error {
	for _, name := range [][]byte{subscriptionsBucket, topicsBucket, formatBucket} {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	b := tx.Bucket(formatBucket)
	switch have := b.Get(formatKey); {
	case have == nil:
		return b.Put(formatKey, []byte(format))
	case string(have) != format:
		return ErrNewer
	}
	return nil
}

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
	return tx.Bucket(subscriptionsBucket).ForEach(func(_, value []byte) error {
		var sub hub.Subscription
		if err := json.Unmarshal(value, &sub); err != nil {
			return err
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
