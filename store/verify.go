package store

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	bolt "go.etcd.io/bbolt"
)

// format is the version of what is in the file. A newer one is refused. Of format 1 the articles are in
// JSON, which is still read; in format 2 they are records. Both know of no journal: whoever opens such a file
// to write makes it format 3, lest those who do not know of it miss what it says.
const format = 3

var (
	metaTable = []byte("feedmill")
	formatKey = []byte("format")
)

func writeFormat(tx *bolt.Tx) error {
	b, err := tx.CreateBucketIfNotExists(metaTable)
	if err != nil {
		return err
	}
	return b.Put(formatKey, seal(formatKey, []byte(strconv.Itoa(format))))
}

// upgrade makes an older file one of this format.
func upgrade(db *bolt.DB) error {
	current := false
	err := db.View(func(tx *bolt.Tx) error {
		current = bytes.Equal(tx.Bucket(metaTable).Get(formatKey), seal(formatKey, []byte(strconv.Itoa(format))))
		return nil
	})
	if err != nil || current {
		return err
	}
	return db.Update(writeFormat)
}

// verify finds what does not fit together.
func verify(tx *bolt.Tx) error {
	if err := verifyFormat(tx); err != nil {
		return err
	}
	return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
		if bytes.Equal(name, metaTable) {
			return nil
		}
		return b.ForEachBucket(func(table []byte) error { return verifyTable(b.Bucket(table)) })
	})
}

func verifyFormat(tx *bolt.Tx) error {
	b := tx.Bucket(metaTable)
	if b == nil {
		return errors.New("it tells no format")
	}
	value, err := unseal(formatKey, b.Get(formatKey))
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(string(value))
	if err == nil && n > format {
		return fmt.Errorf("%w: its format is %d, known is %d", ErrNewer, n, format)
	}
	return err
}

// verifyTable checks order, checksums and number of the keys.
func verifyTable(b *bolt.Bucket) error {
	var last []byte
	var n uint64
	err := b.ForEach(func(key, sealed []byte) error {
		if n > 0 && bytes.Compare(last, key) >= 0 {
			return fmt.Errorf("%q comes after %q", key, last)
		}
		last = append(last[:0], key...)
		n++
		_, err := unseal(key, sealed)
		return err
	})
	if err == nil && n != b.Sequence() {
		err = fmt.Errorf("%d keys of %d are there", n, b.Sequence())
	}
	return err
}
