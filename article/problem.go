package article

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Severity tells whether a problem keeps an article's newest version out of the feeds.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the article is not in the feeds, or an older version of it is
	Warning Severity = "warning" // something was guessed or mended
)

// Problem is something wrong with a content file.
type Problem struct {
	Path     string   `json:"path"` // relative to the content folder
	Line     int      `json:"line"` // from 1; 1 where the whole file is meant
	Severity Severity `json:"severity"`
	Message  string   `json:"message"` // one line: "date: want 2006-01-02 15:04:05, have \"tomorrow\""
}

// String gives "path:line: message", with "warning: " before the message of a warning. A path that
// would break the line or the terminal is quoted.
func (p Problem) String() string {
	path, message := p.Path, p.Message
	if strings.ContainsFunc(path, func(r rune) bool { return r == utf8.RuneError || !strconv.IsPrint(r) }) {
		path = strconv.Quote(path)
	}
	if p.Severity == Warning {
		message = "warning: " + message
	}
	return fmt.Sprintf("%s:%d: %s", path, p.Line, message)
}

// Compare orders problems by path, line and message.
func (p Problem) Compare(q Problem) int {
	return cmp.Or(cmp.Compare(p.Path, q.Path), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Message, q.Message))
}

// report gathers the problems of one file.
type report struct {
	path     string
	limits   Limits
	last     bool  // of keys that stand twice the last holds
	room     *room // for the values of front matter; nil: they stay
	problems []Problem
}

func (r *report) errorf(line int, format string, args ...any) {
	r.add(Error, line, format, args)
}

func (r *report) warnf(line int, format string, args ...any) {
	r.add(Warning, line, format, args)
}

// maxWarnings is how many warnings of one file are told.
const maxWarnings = 100

func (r *report) add(s Severity, line int, format string, args []any) {
	if s == Warning && len(r.problems) >= maxWarnings {
		return
	}
	p := Problem{r.path, line, s, cleanLine(fmt.Sprintf(format, args...))}
	if !slices.Contains(r.problems, p) { // as two items of a list may have it
		r.problems = append(r.problems, p)
	}
}

// maxQuote is how much of an author's text a message repeats, in bytes.
const maxQuote = 100

// quote gives s for a message: on one line, between quotes, and cut where it is long.
func quote(s string) string {
	if len(s) <= maxQuote {
		return strconv.Quote(s)
	}
	return strconv.Quote(strings.ToValidUTF8(s[:maxQuote], "") + "…") // no half character at the end
}
