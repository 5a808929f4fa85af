package page

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"feedmill/catalog"
)

// The picture of a rhythm: so many bars side by side.
const (
	rhythmBars = 26
	barWidth   = 4
	barHeight  = 16
)

// span is the time that the pictures show. It ends with the newest article of the site and not with
// the present day, so that it changes with the content alone.
type span struct{ begin, end time.Time }

const (
	shortest = 26 * 7 * 24 * time.Hour
	longest  = 5 * 365 * 24 * time.Hour
)

// spanOf is as long as there are articles, within reason.
func spanOf(site *catalog.Selection) span {
	end := last(site)
	s := span{end.Add(-shortest), end}
	for e := range published(site, end.Add(-longest)) {
		if e.Published.Before(s.begin) {
			s.begin = e.Published
		}
	}
	return s
}

// published yields the articles that were published since begin.
func published(sel *catalog.Selection, begin time.Time) iter.Seq[*catalog.Entry] {
	return func(yield func(*catalog.Entry) bool) {
		for e := range sel.All() {
			// What feeds order it by is never before its publication.
			if e.Position().Before(begin) || !e.Published.Before(begin) && !yield(e) {
				return
			}
		}
	}
}

// rhythm is when articles of a selection appeared, drawn small.
type rhythm struct {
	Path string // of the bars, for SVG; "" where there are none
}

// Width and Height are those of the picture.
func (rhythm) Width() int  { return rhythmBars*barWidth - 1 }
func (rhythm) Height() int { return barHeight }

func rhythmOf(sel *catalog.Selection, over span) rhythm {
	var counts [rhythmBars]int
	most := 0
	bar := over.end.Sub(over.begin)/rhythmBars + 1
	for e := range published(sel, over.begin) {
		if i := int(e.Published.Sub(over.begin) / bar); i < rhythmBars {
			counts[i]++
			most = max(most, counts[i])
		}
	}
	var b strings.Builder
	for i, n := range counts {
		if n > 0 {
			height := max(2, n*barHeight/most)
			fmt.Fprintf(&b, "M%d %dv-%dh3v%dz", i*barWidth, barHeight, height, height)
		}
	}
	return rhythm{b.String()}
}
