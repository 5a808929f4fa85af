package main

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
)

// TestLossy writes more lines than anybody reads: nobody waits, and those that are lost are counted.
func TestLossy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		l := newLossy(w, false)
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
		if !strings.HasPrefix(have, "first\nlevel=WARN msg=log lost=7\n") || strings.Count(have, "more\n") != logLines {
			t.Errorf("%d lines, beginning %.60q", strings.Count(have, "\n"), have)
		}
	})
}
