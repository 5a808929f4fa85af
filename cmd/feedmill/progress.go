package main

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// screen is a terminal with a bar on its last line, while there is one. What is written to it stands above
// the bar. It is safe for concurrent use.
type screen struct {
	file *os.File
	mu   sync.Mutex
	bar  *progressbar.ProgressBar // nil: there is none
}

// newScreen returns what is to be written to in the place of w: a screen where w is a terminal on which a
// line can be written over, else w itself.
func newScreen(w io.Writer) io.Writer {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		return &screen{file: f}
	}
	return w
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bar != nil {
		_ = s.bar.Clear() // it comes again when more is done
	}
	return s.file.Write(p)
}

// newProgress returns a function to be told of work done, from any goroutine, and one to end with. What
// takes longer than a second shows a bar on w, where that is a screen. Another total, or less after all is
// done, is another step of the same work.
func newProgress(w io.Writer, what string) (tell func(done, total int), end func()) {
	s, ok := w.(*screen)
	if !ok {
		return func(int, int) {}, func() {}
	}
	start := time.Now()
	var bar *progressbar.ProgressBar
	var ended bool
	tell = func(done, total int) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if ended {
			return
		}
		if bar == nil || bar.GetMax() != total || bar.IsFinished() && done < total {
			s.clear()
			bar = s.newBar(what, total)
		}
		if bar != nil && time.Since(start) >= time.Second {
			s.bar = bar
			_ = bar.Set(done) // a terminal that can't be written to is no reason to stop
		}
	}
	return tell, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		ended = true
		s.clear()
	}
}

// clear takes the bar away. The caller has the lock.
func (s *screen) clear() {
	if s.bar != nil {
		_ = s.bar.Clear()
		s.bar = nil
	}
}

// newBar returns a bar that fits the terminal, or nil where none does. It is not shown yet, but counts the
// time from now on.
func (s *screen) newBar(what string, total int) *progressbar.ProgressBar {
	const whole, least = 72, 40 // columns for all that a bar tells, and for how far it is
	options := []progressbar.Option{
		progressbar.OptionSetWriter(s.file),
		progressbar.OptionSetDescription(what),
		progressbar.OptionThrottle(100 * time.Millisecond),
		progressbar.OptionClearOnFinish(),
	}
	switch columns, _, err := term.GetSize(int(s.file.Fd())); {
	case err != nil || columns <= 0 || columns >= whole:
		options = append(options, progressbar.OptionShowCount())
	case columns >= least:
		options = append(options, progressbar.OptionSetPredictTime(false))
	default:
		return nil
	}
	bar := progressbar.NewOptions(total, options...)
	bar.StartWithoutRender()
	return bar
}
