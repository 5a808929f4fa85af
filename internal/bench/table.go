package main

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// samples are figures of one thing, one a round: seconds, bytes, or a number a second.
type samples []float64

func (s *samples) add(v float64) { *s = append(*s, v) }

func (s *samples) time(d time.Duration) { s.add(d.Seconds()) }

// at returns the figure below which the share q of all lie; 0 of none.
func (s samples) at(q float64) float64 {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	return sorted[max(int(math.Ceil(q*float64(len(s))))-1, 0)]
}

func (s samples) median() float64 { return s.at(0.5) }

// over returns the median of the ratios to what was measured in the same rounds.
func (s samples) over(floor samples) float64 {
	if len(s) != len(floor) {
		return s.median() / floor.median()
	}
	var ratios samples
	for i := range s {
		ratios.add(s[i] / floor[i])
	}
	return ratios.median()
}

// unit says how figures are written.
type unit func(float64) string

func seconds(v float64) string {
	if v < 1 {
		return significant(v*1000) + " ms"
	}
	return significant(v) + " s"
}

func megabytes(v float64) string { return significant(v/1e6) + " MB" }

func perSecond(v float64) string { return significant(v) + "/s" }

// significant writes three digits that count.
func significant(v float64) string {
	digits := 2 - int(math.Floor(math.Log10(max(v, 1e-9))))
	if digits >= 0 {
		return strconv.FormatFloat(v, 'f', min(digits, 4), 64)
	}
	power := math.Pow10(-digits)
	return thousands(int(math.Round(v/power) * power))
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// row is a line of the table.
type row struct {
	what   string
	unit   unit
	have   samples
	beside string // what floor is; "": there is none
	floor  samples
	most   float64 // the mark, in the unit; 0: there is none
	share  float64 // the mark as a ratio that is to be reached at least; 0: there is none
}

func (r row) cells() []string {
	cells := []string{r.what, r.unit(r.have.median()), "", "", "", ""}
	if r.beside != "" && len(r.floor) > 0 {
		cells[2] = r.beside + ": " + r.unit(r.floor.median())
		cells[3] = significant(r.have.over(r.floor))
	}
	var reached bool
	switch {
	case r.most > 0:
		cells[4], reached = r.unit(r.most), r.have.median() <= r.most
	case r.share > 0 && cells[3] != "":
		cells[4], reached = significant(r.share)+" of it", r.have.over(r.floor) >= r.share
	default:
		return cells
	}
	cells[5] = map[bool]string{true: "yes", false: "**no**"}[reached]
	return cells
}

func table(rows []row) string {
	var b strings.Builder
	line(&b, "", "feedmill", "beside it", "ratio", "mark", "reached")
	line(&b, "---", "---:", "---", "---:", "---:", "---")
	for _, r := range rows {
		line(&b, r.cells()...)
	}
	return b.String()
}

func line(b *strings.Builder, cells ...string) {
	fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
}

// publish puts text between the markers of that name in the file, or prints it where there is none.
func publish(file, name, text string) error {
	if file == "" {
		fmt.Print(text)
		return nil
	}
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	open, end := []byte("<!-- "+name+" -->\n"), []byte("<!-- /"+name+" -->\n")
	before, rest, ok := bytes.Cut(old, open)
	_, after, closed := bytes.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s: want the lines %q and %q", file, bytes.TrimSpace(open), bytes.TrimSpace(end))
	}
	return os.WriteFile(file, slices.Concat(before, open, []byte(text), end, after), 0o644)
}

// orNone is s, or that there is none.
func orNone(s string) string { return cmp.Or(s, "none") }
