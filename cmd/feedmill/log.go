package main

import (
	"io"
	"log/slog"
	"sync/atomic"
	"time"
)

// lossy is a log that nobody waits for: where its reader does not keep up, lines are lost, and then
// it says how many. A daemon must not stand still because of its log. It is safe for concurrent use.
type lossy struct {
	lines chan []byte // one for each Write
	lost  atomic.Uint64
	loss  *slog.Logger  // tells of it
	end   chan struct{} // closed by close
	ended chan struct{} // closed when all lines are written after that
}

// logLines is how many lines wait for the reader of the log.
const logLines = 1000

// newLossy returns a log that is written to out, as loss is, which tells of lost lines.
func newLossy(out io.Writer, loss *slog.Logger) *lossy {
	l := &lossy{loss: loss, lines: make(chan []byte, logLines), end: make(chan struct{}), ended: make(chan struct{})}
	go l.run(out)
	return l
}

func (l *lossy) run(out io.Writer) {
	defer close(l.ended)
	for {
		select {
		case line := <-l.lines:
			l.write(out, line)
			continue
		case <-l.end:
		}
		select {
		case line := <-l.lines:
			l.write(out, line)
		default:
			return
		}
	}
}

func (l *lossy) write(out io.Writer, line []byte) {
	_, _ = out.Write(line) // nobody is there who could be told
	if n := l.lost.Swap(0); n > 0 {
		l.loss.Warn("log: lines are lost, since its reader is too slow", "count", n)
	}
}

// Write takes one line.
func (l *lossy) Write(line []byte) (int, error) {
	select {
	case l.lines <- append([]byte{}, line...):
	default:
		l.lost.Add(1)
	}
	return len(line), nil
}

// close writes what waits, but waits for the reader no longer than a moment.
func (l *lossy) close() {
	close(l.end)
	select {
	case <-l.ended:
	case <-time.After(time.Second):
	}
}
