package config

import (
	"cmp"
	"errors"
	"slices"
)

// mistakes collects what is wrong, so that it can be told all at once.
type mistakes []mistake

type mistake struct {
	line int // in the file; 0 elsewhere
	text string
}

func (m *mistakes) add(line int, text string) {
	*m = append(*m, mistake{line, text})
}

// err joins the mistakes by line, each once. It is nil when there are none.
func (m mistakes) err() error {
	slices.SortStableFunc(m, func(a, b mistake) int { return cmp.Compare(a.line, b.line) })
	m = slices.Compact(m)
	errs := make([]error, len(m))
	for i := range m {
		errs[i] = errors.New(m[i].text)
	}
	return errors.Join(errs...)
}
