package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestKeyboard: what the Tab key comes to first leads past everything.
func TestKeyboard(t *testing.T) {
	needBrowser(t)
	s := sites(t)[0].serve(t)
	p := newTab(t)
	p.do(chromedp.Navigate(s.address+"/"), chromedp.KeyEvent("\t"))
	if top := eval[float64](p, `document.activeElement.getBoundingClientRect().top`); top < 0 {
		t.Errorf("the skip link is out of sight: %v", top)
	}
	p.do(chromedp.KeyEvent("\r"))
	p.await(`document.activeElement.id === "main"`)
}

// focused tells what is wrong with where the keyboard is, or which it is: whether nothing lies over it,
// on a screen that has scrolled to it, and whether it is outlined.
const focused = `(() => {
	const e = document.activeElement, all = [...document.querySelectorAll("a[href], button, input, [tabindex='0'], audio, video")];
	const box = e.getClientRects()[0], over = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
	const name = e.tagName + " " + (e.textContent || e.id).trim().slice(0, 30);
	const outline = getComputedStyle(e);
	return {
		Index: all.filter(e => e.checkVisibility()).indexOf(e), Count: all.filter(e => e.checkVisibility()).length, Name: name,
		Covered: over === null || !e.contains(over) && !over.contains(e) || box.top < 0 || box.bottom > innerHeight,
		Plain: outline.outlineStyle === "none" || parseFloat(outline.outlineWidth) < 2,
	};
})()`

// TestTab goes through each page by the keyboard alone and back again: to everything that can be used,
// in the order of the page, each time outlined and in sight.
func TestTab(t *testing.T) {
	needBrowser(t)
	s := sites(t)[0].serve(t)
	s.read(t)
	p := newTab(t)
	type at struct {
		Index, Count   int
		Name           string
		Covered, Plain bool
	}
	for _, address := range []string{s.address + "/", s.address + "/categories/river/", s.address + s.article, s.admin + "/"} {
		for _, width := range []int64{1200, 360} {
			p.do(chromedp.EmulateViewport(width, 600), chromedp.Navigate(address))
			p.await("true")
			step := func(want int, key ...chromedp.KeyOption) at {
				p.do(chromedp.KeyEvent("\t", key...))
				have := eval[at](p, focused)
				if have.Index != want || have.Covered || have.Plain {
					t.Fatalf("%s, %d wide: the keyboard comes to %+v, want number %d, outlined and in sight", address, width, have, want)
				}
				return have
			}
			n := step(0).Count
			if n < 5 {
				t.Fatalf("%s: %d things can be used", address, n)
			}
			for i := 1; i < n; i++ {
				step(i)
			}
			for i := n - 2; i >= 0; i-- {
				step(i, chromedp.KeyModifiers(8)) // Shift
			}
		}
	}
}
