package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"
)

// TestProgress looks at terminals of several widths after each step of some work: a bar comes after a second
// and fits on the last line, lines of a log stand above it, and nothing of it stays.
func TestProgress(t *testing.T) {
	for _, columns := range []int{20, 40, 72, 100} {
		t.Run(fmt.Sprint(columns), func(t *testing.T) {
			t.Setenv("TERM", "xterm")
			terminal, seen := openTerminal(t, columns)
			synctest.Test(t, func(t *testing.T) {
				w := newScreen(terminal)
				tell, end := newProgress(w, "reading subscriptions, KiB")
				shows := func(want string, bar bool) {
					t.Helper()
					lines := seen()
					last := lines[len(lines)-1]
					above := strings.Join(lines[:len(lines)-1], "\n")
					if above != want || strings.HasPrefix(last, "reading subscriptions, KiB") != (bar && columns >= 40) || !bar && last != "" {
						t.Errorf("the terminal shows %q, want %q and a bar: %v", lines, want, bar)
					}
				}
				tell(1, 1000000)
				shows("", false)
				time.Sleep(time.Second)
				tell(500000, 1000000)
				shows("", true)
				fmt.Fprintln(w, "level=WARN")
				shows("level=WARN", false)
				time.Sleep(time.Second)
				tell(600000, 1000000)
				shows("level=WARN", true)
				tell(1000000, 1000000)
				tell(1, 2000)                      // the next step
				shows("level=WARN", columns >= 72) // a narrow one shows no 0 %
				time.Sleep(time.Second)
				tell(1000, 2000)
				shows("level=WARN", true)
				end()
				tell(1001, 2000)
				shows("level=WARN", false)
			})
		})
	}
}

// openTerminal returns a pseudo-terminal, and a function that tells the lines which it shows.
func openTerminal(t *testing.T, columns int) (terminal *os.File, seen func() []string) {
	t.Helper()
	control := func(f *os.File, request uintptr, arg unsafe.Pointer) {
		t.Helper()
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(arg)); errno != 0 {
			t.Fatal(errno)
		}
	}
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { master.Close() })
	var locked, number int32
	control(master, syscall.TIOCSPTLCK, unsafe.Pointer(&locked))
	control(master, syscall.TIOCGPTN, unsafe.Pointer(&number))
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminal.Close() })
	size := [4]uint16{24, uint16(columns)}
	control(terminal, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
	shown := shownLines{columns: columns, lines: []string{""}}
	return terminal, func() []string {
		const mark = "\a"
		if _, err := io.WriteString(terminal, mark); err != nil {
			t.Fatal(err)
		}
		var text []byte
		for buf := make([]byte, 1<<10); !strings.HasSuffix(string(text), mark); {
			n, err := master.Read(buf)
			if err != nil {
				t.Fatal(err)
			}
			text = append(text, buf[:n]...)
		}
		return shown.write(strings.TrimSuffix(string(text), mark))
	}
}

// shownLines is what a terminal shows that knows the ends of lines and begins a new one where one is full.
type shownLines struct {
	columns, column int
	lines           []string // without blanks at their ends
}

func (s *shownLines) write(text string) []string {
	for _, r := range text {
		last := &s.lines[len(s.lines)-1]
		switch r {
		case '\r':
			s.column = 0
		case '\n':
			s.lines, s.column = append(s.lines, ""), 0
		default:
			if s.column == s.columns {
				s.lines, s.column = append(s.lines, ""), 0
				last = &s.lines[len(s.lines)-1]
			}
			line := []rune(*last + strings.Repeat(" ", s.columns-len([]rune(*last))))
			line[s.column] = r
			*last = strings.TrimRight(string(line), " ")
			s.column++
		}
	}
	return s.lines
}
