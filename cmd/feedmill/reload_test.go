package main

import (
	"net/http"
	"regexp"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var modifiedLine = regexp.MustCompile(`(?m)^Last-Modified: (.*)$`)

func risenCmd(ts *testscript.TestScript, _ bool, args []string) {
	before, after := ts.ReadFile(args[0]+".header"), ts.ReadFile(args[1]+".header")
	if etagLine.FindString(before) == etagLine.FindString(after) {
		ts.Fatalf("the tag is the same: %s", after)
	}
	var times [2]time.Time
	for i, header := range []string{before, after} {
		if i == 1 && modifiedLine.FindStringSubmatch(header)[1] == "" {
			return // it is a second ahead of the clock, so that it rises, and told only then
		}
		var err error
		times[i], err = time.Parse(http.TimeFormat, modifiedLine.FindStringSubmatch(header)[1])
		ts.Check(err)
	}
	if !times[1].After(times[0]) {
		ts.Fatalf("the date has not risen:\n%s%s", before, after)
	}
}
