package config

import (
	"net/url"
	"strings"
)

// token reads a secret, which no mistake may quote.
func (v value) token() string {
	s := v.text()
	// RFC 6750 §2.1: an Authorization header carries a token of visible ASCII only.
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		v.fail("want a token of ASCII letters, digits and signs, without blanks")
	}
	return s
}

// tokenFile reads the secret that the file of that path holds, with white space around it.
func (v value) tokenFile() string { return v.inFile(value.token) }

// inFile reads what the file of that path holds, with white space around it.
func (v value) inFile(read func(value) string) string {
	name := v.path()
	if name == "" {
		return ""
	}
	src, err := readSmall(name)
	if err != nil {
		v.fail("%v", err)
		return ""
	}
	v.raw = string(src)
	if v.empty() {
		v.fail("%s is empty", name)
		return ""
	}
	return read(v)
}

// database reads the URL of a database, which may hold a password, so that no mistake quotes it; or
// "bbolt", the state folder, as "".
func (v value) database() string {
	s := v.text()
	if s == "bbolt" {
		return ""
	}
	u, err := url.Parse(s)
	if s != "" && (err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || len(u.Path) < 2) {
		v.fail("want bbolt, or a URL such as postgres://user:password@host/name, whose password has %%40 for @ and so on")
		return ""
	}
	return s
}

// databaseFile reads the file of that path, which holds what database reads.
func (v value) databaseFile() string {
	if strings.Contains(v.raw, "://") { // no path: it goes with hub.store, and no mistake quotes it
		v.fail("want a path, have a URL")
		return ""
	}
	return v.inFile(value.database)
}
