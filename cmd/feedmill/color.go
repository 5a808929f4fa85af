package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

// painter colours words for people, where there is a terminal to show it.
type painter struct{ on bool }

// newPainter returns a painter for what is written to w. See https://no-color.org.
func newPainter(w io.Writer) painter {
	return painter{isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

func isTerminal(w io.Writer) bool {
	if s, ok := w.(*screen); ok {
		w = s.file
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func (p painter) red(s string) string    { return p.paint("31", s) }
func (p painter) yellow(s string) string { return p.paint("33", s) }
func (p painter) cyan(s string) string   { return p.paint("36", s) }

// paint sets s in a colour of ECMA-48 §8.3.117.
func (p painter) paint(code, s string) string {
	if !p.on {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}
