package main

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
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

// TestPinnedAreDocumented holds the keys that need a restart against what people read.
func TestPinnedAreDocumented(t *testing.T) {
	for file, end := range map[string]string{"../../config.yaml": "wait for a restart.", "../../docs/OPERATIONS.md": "need a restart;"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		told, _, found := strings.Cut(string(text), end)
		told = told[max(0, len(told)-250):]
		for _, p := range pinned {
			if !found || !strings.Contains(told, p.key) {
				t.Errorf("%s does not tell that %s needs a restart", file, p.key)
			}
		}
	}
}
