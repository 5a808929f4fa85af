package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	_ "time/tzdata" // the zones are known on machines and in containers that have no list of them

	"golang.org/x/text/language"
)

// value is what one source says about one key. Its methods read it as one kind of value. Where it
// is none they add a mistake; then Load gives no Config, and little hangs on what they return.
type value struct {
	key      string // dotted; "" for the whole file
	source   string // "config.yaml", "FEEDMILL_LISTEN", "--listen"
	line     int    // in the file; 0 elsewhere
	dir      string // that a relative path starts from; "" for the working directory
	kind     kind
	raw      string  // of a scalar; "" when it is null
	name     string  // of a member of a map
	items    []value // of a list or a map
	mistakes *mistakes
}

// kind is what a value is, as mistakes call it.
type kind string

const (
	aScalar kind = "text"
	aList   kind = "a list"
	aMap    kind = "a map"
	aTag    kind = "a tag (text that begins with ! must be quoted)"
)

// empty reports whether v says nothing, as "title:" and "FEEDMILL_TITLE=" do.
func (v value) empty() bool {
	return v.kind == aScalar && strings.TrimSpace(v.raw) == ""
}

// text reads a scalar of any kind, so that a title may be 1984. It never returns "" without a
// mistake.
func (v value) text() string {
	s := strings.TrimSpace(v.raw)
	switch {
	case v.kind != aScalar:
		v.fail("want one value, have %s", v.kind)
	case s == "":
		v.fail("want a value, have nothing")
	case !utf8.ValidString(s):
		v.fail("want UTF-8 text")
	case strings.ContainsFunc(s, notXML):
		v.fail("holds a control character")
	default:
		return s
	}
	return ""
}

// notXML reports whether no feed can hold r.
// XML 1.0 §2.2: Char ::= #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]
func notXML(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
}

// unlessNone reads "none" as "", and all else by read.
func (v value) unlessNone(read func(value) string) string {
	if strings.TrimSpace(v.raw) == "none" {
		return ""
	}
	return read(v)
}

func (v value) path() string {
	s := v.text()
	switch {
	case strings.ContainsFunc(s, unicode.IsControl):
		v.fail("want a path without line breaks and tabs")
		return ""
	case s == "" || filepath.IsAbs(s):
		return s
	}
	return filepath.Join(v.dir, s)
}

func (v value) language() string {
	s := v.text()
	tag, err := language.Parse(s)
	if s != "" && err != nil {
		v.fail("want a language such as en or zh-Hans, have %q", s)
	}
	return tag.String()
}

func (v value) zone() *time.Location {
	s := v.text()
	zone, err := time.LoadLocation(s)
	// Go's "Local" is whatever the machine has, and would give other feeds on another.
	if s != "" && (err != nil || s == "Local") {
		v.fail("unknown time zone %q", s)
	}
	return zone
}

// fail adds a mistake about v.
func (v value) fail(format string, args ...any) {
	v.mistakes.add(v.line, v.place()+": "+fmt.Sprintf(format, args...))
}

// place is where v was given, and in a file as what.
func (v value) place() string {
	place := v.source
	if v.line > 0 {
		place += fmt.Sprintf(":%d", v.line)
		if v.key != "" {
			place += ": " + v.key
		}
	}
	return place
}
