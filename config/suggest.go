package config

import (
	"fmt"
	"slices"
	"strings"
)

// suggest says which key may be meant by an unknown name in a section, or "" when none is like it.
func (l *loader) suggest(section, name string) string {
	name = name[strings.LastIndexByte(name, '.')+1:]
	if len(name) > 40 {
		return "" // a distance costs the product of the lengths
	}
	bestSection, best, least := "", "", -1
	for _, key := range slices.Concat(l.keys, l.sections) {
		dot := strings.LastIndexByte(key, '.')
		in, last := key[:max(dot, 0)], key[dot+1:]
		d := distance(strings.ToLower(name), last)
		if d > len(last)/2 {
			continue
		}
		if in != section {
			d += len(last) // rather a mistake of spelling than one of place
		}
		if least < 0 || d < least || d == least && len(in) < len(bestSection) {
			bestSection, best, least = in, last, d
		}
	}
	switch {
	case best == "":
		return ""
	case bestSection == section:
		return fmt.Sprintf(", did you mean %q?", best)
	case bestSection == "":
		return fmt.Sprintf(", did you mean %q at the top?", best)
	}
	return fmt.Sprintf(", did you mean %q below %q?", best, bestSection)
}

// meant says which of the words may be meant by another, or "" when none is like it.
func meant(name string, words []string) string {
	best, least := "", len(name)
	for _, w := range words {
		if d := distance(strings.ToLower(name), w); len(name) <= 40 && d <= len(w)/2 && d < least {
			best, least = w, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(", did you mean %q?", best)
}

// distance counts the letters to insert, delete or replace to turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
