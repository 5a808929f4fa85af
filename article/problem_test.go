package article

import (
	"strings"
	"testing"
)

func TestProblemString(t *testing.T) {
	tests := []struct {
		problem Problem
		want    string
	}{
		{Problem{"posts/a.md", 7, Error, "a quote is not closed"}, "posts/a.md:7: a quote is not closed"},
		{Problem{"posts/a.md", 7, Warning, "date: left out"}, "posts/a.md:7: warning: date: left out"},
		{Problem{"磨坊 1.md", 1, Error, "x"}, "磨坊 1.md:1: x"},
		{Problem{"a\n\x1b[31m\xff.md", 1, Error, "x"}, `"a\n\x1b[31m\xff.md":1: x`},
	}
	for _, test := range tests {
		if got := test.problem.String(); got != test.want {
			t.Errorf("%#v.String() = %q, want %q", test.problem, got, test.want)
		}
	}
}

func TestQuote(t *testing.T) {
	tests := []struct{ in, want string }{
		{"tomorrow", `"tomorrow"`},
		{"two\nlines", `"two\nlines"`},
		{strings.Repeat("水", 100), `"` + strings.Repeat("水", 33) + `…"`},
	}
	for _, test := range tests {
		if got := quote(test.in); got != test.want {
			t.Errorf("quote(%q) = %s, want %s", test.in, got, test.want)
		}
	}
}
