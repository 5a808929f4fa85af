package browser

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestEdge: whatever is written from right to left begins at the same edge as all else in its list, and
// so do the rules of an article.
func TestEdge(t *testing.T) {
	s := unruly(t)
	p := newTab(t)
	p.do(chromedp.EmulateViewport(1200, 900))
	for _, test := range []struct{ path, texts string }{
		{"/", ".terms .name"},
		{"/", ".posts > li > a"},
		{s.article, ".content > p, .content hr"},
	} {
		p.do(chromedp.Navigate(s.address + test.path))
		edges := eval[[]int](p, `[...document.querySelectorAll("`+test.texts+`")].map(e => {
			const text = document.createRange();
			text.selectNodeContents(e);
			return Math.round((e.firstChild ? text : e).getBoundingClientRect().left);
		})`)
		slices.Sort(edges)
		if edges = slices.Compact(edges); len(edges) != 1 {
			t.Errorf("%s: %s begin at %d", test.path, test.texts, edges)
		}
	}
}
