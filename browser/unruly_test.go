package browser

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestEdge: whatever is written from right to left begins at the same edge as all else in its list, and
// so do the rules and tables of an article.
func TestEdge(t *testing.T) {
	s := unruly(t)
	p := newTab(t)
	p.do(chromedp.EmulateViewport(1200, 900))
	for _, test := range []struct{ path, texts, edge string }{
		{"/", ".terms .name", "left"},
		{"/", ".posts > li > a", "left"},
		{s.article, ".content > p, .content hr", "left"},
		{"/arabic/", ".content > p, .content :is(td, th):first-child", "right"},
	} {
		p.do(chromedp.Navigate(s.address + test.path))
		edges := eval[[]int](p, `[...document.querySelectorAll("`+test.texts+`")].map(e => {
			const text = document.createRange();
			text.selectNodeContents(e);
			return Math.round((e.firstChild ? text : e).getBoundingClientRect().`+test.edge+`);
		})`)
		slices.Sort(edges)
		if edges = slices.Compact(edges); len(edges) != 1 {
			t.Errorf("%s: %s begin at %d", test.path, test.texts, edges)
		}
	}
}

// TestEven: a line of Chinese is not pulled apart because a long address follows it.
func TestEven(t *testing.T) {
	s := unruly(t)
	p := newTab(t)
	p.do(chromedp.EmulateViewport(1200, 900), chromedp.Navigate(s.address+"/chinese/"))
	p.await("true")
	const widest = `(() => {
		const text = document.querySelector(".content p").firstChild, letter = document.createRange();
		return Math.max(...[...text.data].map((_, i) => {
			letter.setStart(text, i);
			letter.setEnd(text, i + 1);
			return letter.getBoundingClientRect().width;
		}));
	})()`
	if wide := eval[float64](p, widest); wide > 30 {
		t.Errorf("a letter takes %v pixels", wide)
	}
}
