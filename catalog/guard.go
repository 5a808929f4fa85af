package catalog

import (
	"fmt"
	"time"
)

// guard doubts the sudden loss of most articles: a folder that was unmounted looks just like one
// that was emptied. What is missing is kept until a second look, a grace later, finds the same.
type guard struct {
	grace time.Duration

	lost  int       // files removed in the present run of losses,
	of    int       // out of so many,
	last  time.Time // of which the newest was seen then
	since time.Time // when the doubt began; zero: there is none

	missing int // files that are kept for the doubt
}

// fewArticles is the number up to which the loss of more than half is nothing unusual.
const fewArticles = 20

// doubt says why missing files, out of known ones, should not be believed to be gone, or "".
// rescan tells that the whole tree was looked at.
func (g *guard) doubt(missing, known int, rescan bool, now time.Time) string {
	if now.Sub(g.last) > g.grace {
		g.lost, g.of = 0, known
	}
	suspicious := g.of > fewArticles && 2*(g.lost+missing) > g.of || rescan && missing > 0 && missing == known
	switch {
	case rescan && !suspicious:
		g.since = time.Time{}
	case g.since.IsZero() && suspicious:
		g.since = now
	}
	agreed := rescan && now.Sub(g.since) >= g.grace
	if rescan || g.since.IsZero() { // a look at a part says nothing of what is missing elsewhere
		g.missing = 0
	}
	switch {
	case missing == 0:
		return ""
	case !g.since.IsZero() && !agreed:
		g.missing = max(g.missing, missing)
		return fmt.Sprintf("%d of %d articles are missing; they stay in the feeds until a second look at %s agrees",
			g.missing, known, g.again().Format(time.TimeOnly))
	case !g.since.IsZero():
		*g = guard{grace: g.grace}
	default:
		g.lost, g.last = g.lost+missing, now
	}
	return ""
}

// again is when the second look is due, or zero.
func (g *guard) again() time.Time {
	if g.since.IsZero() {
		return time.Time{}
	}
	return g.since.Add(g.grace)
}

// blinded notes that nothing could be seen: a second look must be a grace after the folder is there again.
func (g *guard) blinded(now time.Time) {
	if !g.since.IsZero() {
		g.since = now
	}
}
