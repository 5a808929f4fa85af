package article

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// cursor reads src line by line. A line ends with LF, CR LF or CR alone, one file may mix them.
type cursor struct {
	src    []byte
	offset int // where the next line begins
	line   int // its number, from 1
}

// next gives the next line without its ending; false if there is none.
func (c *cursor) next() ([]byte, bool) {
	rest := c.src[c.offset:]
	if len(rest) == 0 {
		return nil, false
	}
	end := bytes.IndexAny(rest, "\r\n")
	if end < 0 {
		c.offset += len(rest)
		return rest, true
	}
	c.offset += end + 1
	if bytes.HasPrefix(rest[end:], []byte("\r\n")) {
		c.offset++
	}
	c.line++
	return rest[:end], true
}

// skipBlank moves on to the first line that has something on it.
func (c *cursor) skipBlank() {
	for {
		at := *c
		if line, ok := c.next(); !ok || len(bytes.TrimSpace(line)) > 0 {
			*c = at
			return
		}
	}
}

// invalid gives the number of the first line ahead that is not valid UTF-8, 0 if there is none.
func (c cursor) invalid() int {
	for {
		number := c.line
		line, ok := c.next()
		switch {
		case !ok:
			return 0
		case !utf8.Valid(line):
			return number
		}
	}
}

// skip moves n bytes on, and over the rest of that line if it is blank.
func (c *cursor) skip(n int) {
	skipped := cursor{c.src[:c.offset+n], c.offset, c.line}
	for ok := true; ok; {
		_, ok = skipped.next()
	}
	c.offset, c.line = skipped.offset, skipped.line
	after := *c
	if rest, _ := after.next(); len(bytes.TrimSpace(rest)) == 0 {
		*c = after
	}
}

// lines are the offsets at which the lines of a text begin.
type lines struct {
	starts []int
	first  int // number of the first line
}

// lineIndex counts the lines of src, which end with LF, from first on.
func lineIndex(src []byte, first int) lines {
	l := lines{starts: []int{0}, first: first}
	for i, c := range src {
		if c == '\n' {
			l.starts = append(l.starts, i+1)
		}
	}
	return l
}

// at gives the number of the line that holds the byte at offset.
func (l lines) at(offset int) int {
	i, found := slices.BinarySearch(l.starts, max(offset, 0))
	if found {
		i++
	}
	return l.first + i - 1
}

// lineOf gives the line of src with that number, counted from 1, and its offset.
func lineOf(src []byte, n int) (line []byte, start int) {
	c := cursor{src: src, line: 1}
	for c.line < n {
		if _, ok := c.next(); !ok {
			break
		}
	}
	start = c.offset
	line, _ = c.next()
	return line, start
}
