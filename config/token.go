package config

import "strings"

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
func (v value) tokenFile() string { return v.fromFile(value.token) }

// fromFile reads by read what the file of that path holds.
func (v value) fromFile(read func(value) string) string {
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
