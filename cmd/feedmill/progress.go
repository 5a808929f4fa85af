package main

import (
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// newProgress returns a function to be told of work done, from any goroutine, and one to end with.
// What takes longer than a second shows a bar on w, where that is a terminal.
func newProgress(w io.Writer, what string) (tell func(done, total int), end func()) {
	if !isTerminal(w) {
		return func(int, int) {}, func() {}
	}
	var mu sync.Mutex
	var bar *progressbar.ProgressBar
	var ended bool
	start := time.Now()
	tell = func(done, total int) {
		mu.Lock()
		defer mu.Unlock()
		if ended || bar == nil && time.Since(start) < time.Second {
			return
		}
		if bar == nil {
			bar = progressbar.NewOptions(total,
				progressbar.OptionSetWriter(w),
				progressbar.OptionSetDescription(what),
				progressbar.OptionShowCount(),
				progressbar.OptionThrottle(100*time.Millisecond),
				progressbar.OptionClearOnFinish(),
			)
		}
		_ = bar.Set(done) // a terminal that can't be written to is no reason to stop
	}
	return tell, func() {
		mu.Lock()
		defer mu.Unlock()
		ended = true
		if bar != nil {
			_ = bar.Clear()
			bar = nil
		}
	}
}
