package store

import (
	"errors"
	"fmt"
)

// Row is one value of the tables as it is written: of what table, under what key. A nil Value deletes.
type Row struct {
	Table string
	Key   string
	Value []byte
}

// Rows returns the changes as rows, for stores of another kind than a file, in no order.
func (c Changes) Rows() ([]Row, error) {
	rows := make([]Row, 0, len(c.Articles)+len(c.Feeds)+len(c.Deletions)+len(c.Sources))
	for _, err := range []error{
		appendRows(&rows, articles, c.Articles, encodeArticle),
		appendRows(&rows, feeds, c.Feeds, encode),
		appendRows(&rows, deletions, c.Deletions, encode),
		appendRows(&rows, sources, c.Sources, raw),
	} {
		if err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func appendRows[T any](rows *[]Row, table []byte, values map[string]*T, encode func(*T) ([]byte, error)) error {
	for key, v := range values {
		row := Row{Table: string(table), Key: key}
		if v != nil {
			value, err := encode(v)
			if err != nil {
				return err
			}
			if row.Value = value; value == nil {
				row.Value = []byte{}
			}
		}
		*rows = append(*rows, row)
	}
	return nil
}

// ChangesOf is the inverse of [Changes.Rows]. It fails with [ErrDamaged].
func ChangesOf(rows []Row) (Changes, error) {
	c := Changes{Articles: map[string]*Article{}, Feeds: map[string]*Feed{}, Deletions: map[string]*Deletion{}, Sources: map[string]*[]byte{}}
	for _, r := range rows {
		var err error
		switch r.Table {
		case string(articles):
			err = put(c.Articles, r, decodeArticle)
		case string(feeds):
			err = put(c.Feeds, r, decode[Feed])
		case string(deletions):
			err = put(c.Deletions, r, decode[Deletion])
		case string(sources):
			err = put(c.Sources, r, func(src []byte) (*[]byte, error) { return &src, nil })
		default:
			err = errors.New("there is no such table")
		}
		if err != nil {
			return c, fmt.Errorf("%w: %s %q: %w", ErrDamaged, r.Table, r.Key, err)
		}
	}
	return c, nil
}

func put[T any](values map[string]*T, r Row, decode func([]byte) (*T, error)) (err error) {
	values[r.Key] = nil
	if r.Value != nil {
		values[r.Key], err = decode(r.Value)
	}
	return err
}
