package main

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
)

// TestLossy writes more lines than anybody reads: nobody waits, and those that are lost are counted.
func TestLossy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		l := newLossy(w, slog.New(slog.NewTextHandler(w, nil)))
		fmt.Fprintln(l, "first")
		synctest.Wait() // it is being written
		for range logLines + 7 {
			fmt.Fprintln(l, "more")
		}
		l.close() // gives up, since nobody reads
		read := make(chan string)
		go func() {
			b, _ := io.ReadAll(r)
			read <- string(b)
		}()
		<-l.ended
		w.Close()
		have := <-read
		lines := strings.Split(have, "\n")
		if lines[0] != "first" || !strings.HasSuffix(lines[1], "count=7") || strings.Count(have, "more\n") != logLines {
			t.Errorf("%d lines, beginning %.60q", strings.Count(have, "\n"), have)
		}
	})
}
