package config

import (
	"strconv"
	"strings"
	"time"
)

func (v value) number(low, high int) int {
	s := v.text()
	n, err := strconv.Atoi(s)
	if s != "" && (err != nil || n < low || n > high) {
		v.fail("want a whole number from %d to %d, have %q", low, high, s)
	}
	return n
}

func (v value) duration(low, high time.Duration) time.Duration {
	s := v.text()
	d, err := time.ParseDuration(s)
	switch {
	case s == "":
	case err != nil:
		v.fail("want a duration such as 100ms or 1m, have %q", s)
	case d < low:
		v.fail("want at least %v, have %s", low, s)
	case d > high:
		v.fail("want at most %v, have %s", high, s)
	}
	return d
}

// units are the endings of sizes; those that end in others come first.
var units = []struct {
	name  string
	bytes int64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30},
	{"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9},
	{"B", 1}, {"", 1},
}

// size reads a number of bytes such as 64MiB, 500kB or 1048576.
func (v value) size() int64 {
	s := v.text()
	if s == "" {
		return 0
	}
	const most = 1 << 53 // as far as anybody can mean it, and no product overflows
	for _, u := range units {
		number, ok := strings.CutSuffix(s, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if err != nil || n < 1 || n > most/u.bytes {
			break
		}
		return n * u.bytes
	}
	v.fail("want a size such as 64MiB, 500kB or 1048576, have %q", s)
	return 0
}
