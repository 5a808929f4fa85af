package article

import (
	"cmp"
	"time"
)

// Limits bounds what one article may cost. What is beyond one is a problem of that article alone.
type Limits struct {
	FrontMatter int // bytes
	Keys        int // of front matter, all levels together
	Depth       int // levels of lists and maps in front matter
	Terms       int // names of one taxonomy

	// Render is the time that a body may take to become HTML on a common machine, as it is estimated
	// from the body alone: so every machine treats it the same. A body beyond it is shown as plain text.
	Render time.Duration
}

// DefaultLimits are far above what people write, and far below what keeps a machine busy.
var DefaultLimits = Limits{FrontMatter: 64 << 10, Keys: 1000, Depth: 32, Terms: 500, Render: 500 * time.Millisecond}

func (l Limits) orDefault() Limits {
	d := DefaultLimits
	return Limits{
		FrontMatter: cmp.Or(l.FrontMatter, d.FrontMatter),
		Keys:        cmp.Or(l.Keys, d.Keys),
		Depth:       cmp.Or(l.Depth, d.Depth),
		Terms:       cmp.Or(l.Terms, d.Terms),
		Render:      cmp.Or(l.Render, d.Render),
	}
}
