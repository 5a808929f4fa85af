package preset

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"feedmill/article"
)

// post is an article and what its generator makes of the file's path.
type post struct {
	article.Page
	date    time.Time // that tokens tell; zero: none is known
	section string    // that the owner's patterns go by
	folder  string    // below that of all posts
	stem    string    // the file's name without ending; of an index, its folder's
	name    string    // what takes the place of a slug: the stem, or what the generator leaves of it

	// Only Hugo has these: the paths of sections, by their folders and by their slugs, and how case
	// and accents go.
	sections, sectionSlugs string
	fold                   func(string) string
}

// tokens are what patterns may hold behind a colon, each with what it stands for.
type tokens map[string]func(post) string

// dialect is the patterns of a generator.
type dialect struct {
	tokens tokens
	others func(name string) func(post) string // for what is not among tokens; nil: nothing
}

var token = regexp.MustCompile(`:(\w+)(\[[^\]]*\])?`)

// find gives what a name stands for, nil if that is not known, and what follows the name: in
// "/:year_:month/" the underscore is text.
func (d dialect) find(name string) (value func(post) string, rest string) {
	bare := strings.TrimRight(name, "_")
	switch {
	case d.tokens[name] != nil:
		return d.tokens[name], ""
	case d.tokens[bare] != nil:
		return d.tokens[bare], name[len(bare):]
	case d.others != nil:
		return d.others(bare), name[len(bare):]
	}
	return nil, ""
}

// noDate is what tokens stand for that tell a date which is not known. No text holds it.
const noDate = "\x00"

// dated gives the token for a part of the date, as Go's time package lays it out.
func dated(layout string) func(post) string {
	return func(p post) string {
		if p.date.IsZero() {
			return noDate
		}
		return p.date.Format(layout)
	}
}

// dateTokens are the same to all generators that have patterns.
var dateTokens = tokens{
	"year":    dated("2006"),
	"month":   dated("01"),
	"day":     dated("02"),
	"hour":    dated("15"),
	"minute":  dated("04"),
	"second":  dated("05"),
	"i_month": dated("1"),
	"i_day":   dated("2"),
}

// and gives the tokens of both.
func (t tokens) and(more tokens) tokens {
	all := maps.Clone(t)
	maps.Copy(all, more)
	return all
}

// expand fills the tokens of a pattern in. A percent sign in them is text, in the pattern it is that
// of an escape.
func (d dialect) expand(pattern string, p post) (string, error) {
	var err error
	link := token.ReplaceAllStringFunc(pattern, func(s string) string {
		m := token.FindStringSubmatch(s)
		value, rest := d.find(m[1])
		if value == nil {
			err = fmt.Errorf("unknown token %s", s)
			return ""
		}
		text := value(p)
		if text == noDate {
			err = fmt.Errorf("no date is known for %s", s)
		}
		return strings.ReplaceAll(slice(text, m[2]), "%", "%25") + rest
	})
	return link, err
}

// link is expand for an address. Where that fails it says so and gives "", which stands for the usual
// one.
func (d dialect) link(pattern string, p post) string {
	link, err := d.expand(pattern, p)
	if err != nil {
		p.Warn(err.Error() + "; the usual address is used")
		return ""
	}
	return link
}

// slice gives some elements of a path, as Hugo has it: "[0]", "[1:]", "[last]". Those out of range
// are none.
func slice(name, which string) string {
	which = strings.Trim(which, "[]")
	if which == "" {
		return name
	}
	all := elements(name)
	index := func(s string, otherwise int) int {
		if s == "last" {
			return len(all) - 1
		}
		if n, err := strconv.Atoi(s); err == nil {
			return n
		}
		return otherwise
	}
	from, to, isRange := strings.Cut(which, ":")
	low := index(from, 0)
	high := low + 1
	if isRange {
		high = min(index(to, len(all)), len(all))
	}
	if low < 0 || low >= high || high > len(all) {
		return ""
	}
	return strings.Join(all[low:high], "/")
}

// unknown gives the tokens of a pattern that mean nothing.
func (d dialect) unknown(pattern string) []string {
	var names []string
	for _, m := range token.FindAllStringSubmatch(pattern, -1) {
		if value, _ := d.find(m[1]); value == nil {
			names = append(names, m[1])
		}
	}
	return names
}

// check tells every token of the owner's patterns that means nothing.
func (d dialect) check(patterns map[string]string) error {
	var mistakes Mistakes
	for _, section := range slices.Sorted(maps.Keys(patterns)) {
		for _, name := range d.unknown(patterns[section]) {
			mistakes = append(mistakes, Mistake{"content.permalink", fmt.Sprintf("unknown token :%s in %q: want :%s", name,
				patterns[section], strings.Join(slices.Sorted(maps.Keys(d.tokens)), " :"))})
		}
	}
	if mistakes != nil {
		return mistakes
	}
	return nil
}
