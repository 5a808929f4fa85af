package browser

import (
	"context"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// unruly is the site that has what nobody thinks of.
func unruly(t *testing.T) site {
	t.Helper()
	needBrowser(t)
	all := sites(t)
	return all[slices.IndexFunc(all, func(s site) bool { return s.name == "unruly" })].serve(t)
}

// visit leads p, with those settings, to a page of each kind, and yields its name.
func (s site) visit(p *tab, settings ...chromedp.Action[chromedp.Void]) iter.Seq[string] {
	return func(yield func(string) bool) {
		p.do(chromedp.Navigate(s.address + "/"))
		term := eval[string](p, `document.querySelector(".terms .name").href`)
		p.do(settings...)
		for name, address := range map[string]string{"catalogue": s.address + "/", "term": term, "article": s.address + s.article, "owner": s.admin + "/"} {
			p.do(chromedp.Navigate(address))
			p.await("true")
			if !yield(name) {
				return
			}
		}
	}
}

// TestZoom: whoever reads at four times the size need not scroll sideways (WCAG 2.2, 1.4.10).
func TestZoom(t *testing.T) {
	s := unruly(t)
	s.read(t)
	p := newTab(t)
	for _, times := range []int64{2, 4} {
		width := 1280 / times
		for name := range s.visit(p, chromedp.EmulateViewport(width, 1024/times, chromedp.EmulateScale(float64(times)))) {
			if wide := eval[int64](p, `document.documentElement.scrollWidth`); wide > width {
				t.Errorf("%s at %d times the size is %d wide, want %d", name, times, wide, width)
			}
			p.picture("zoomed-" + name)
		}
	}
}

// TestPrint: paper gets dark ink whatever the screen has, all of what is wide, and no buttons.
func TestPrint(t *testing.T) {
	s := unruly(t)
	s.read(t)
	p := newTab(t)
	onPaper := chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		dark := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: dark, Media: "print"})
		return err
	})
	for name := range s.visit(p, chromedp.EmulateViewport(700, 1000), onPaper) {
		if ink := eval[string](p, `getComputedStyle(document.body).color`); ink != "rgb(0, 0, 0)" {
			t.Errorf("%s is printed in %s", name, ink)
		}
		if seen := eval[[]string](p, `[...document.querySelectorAll("button, input, .skip, footer > p")].filter(e => e.checkVisibility()).map(e => e.outerHTML)`); len(seen) > 0 {
			t.Errorf("%s: paper can't be pressed: %q", name, seen)
		}
		const apart = `[...document.querySelectorAll("table")].filter(e => Math.abs(e.tHead.rows[0].lastElementChild.getBoundingClientRect().right - e.tBodies[0].rows[0].lastElementChild.getBoundingClientRect().right) > 1).length`
		if n := eval[int](p, apart); n > 0 {
			t.Errorf("%s: in %d tables the heads do not stand over their columns", name, n)
		}
		if cut := eval[[]string](p, `[...document.querySelectorAll("body *")].filter(e => e.checkVisibility() && e.clientWidth > 1 && (e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > innerWidth + 1)).map(e => e.outerHTML.slice(0, 200))`); len(cut) > 0 {
			t.Errorf("%s: paper cuts off %q", name, cut)
		}
		p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			paper, err := chromedp.Call(ctx, page.PrintToPDF, page.PrintToPDFParams{})
			if dir := os.Getenv("FEEDMILL_SCREENSHOTS"); err == nil && dir != "" {
				err = os.WriteFile(filepath.Join(dir, "printed-"+name+".pdf"), paper.Data, 0o644)
			}
			return err
		}))
	}
}

// TestContrast: who asks for more contrast gets all text in full ink, and lines to be seen.
func TestContrast(t *testing.T) {
	s := unruly(t)
	p := newTab(t)
	for name := range s.visit(p, prefers("prefers-contrast", "more")) {
		const pale = `[...document.querySelectorAll(".note, .facts, .count, time, .format, .lead, dt, thead th")].filter(e => getComputedStyle(e).color !== getComputedStyle(document.body).color).length`
		if n := eval[int](p, pale); n > 0 {
			t.Errorf("%s: %d texts are pale where more contrast is asked for", name, n)
		}
		const faint = `[...document.querySelectorAll("a")].filter(e => getComputedStyle(e).textDecorationColor !== getComputedStyle(e).color).length`
		if n := eval[int](p, faint); n > 0 {
			t.Errorf("%s: %d links are underlined faintly", name, n)
		}
		p.checkAccess("contrast")
		p.picture("contrast-" + name)
	}
}

// TestStill: nothing moves by itself, or on the way to what was asked for.
func TestStill(t *testing.T) {
	s := unruly(t)
	p := newTab(t)
	for name := range s.visit(p, prefers("prefers-reduced-motion", "reduce")) {
		const moves = `[...document.querySelectorAll("*")].filter(e => { const s = getComputedStyle(e); return s.animationName !== "none" || parseFloat(s.transitionDuration) > 0 || s.scrollBehavior === "smooth" }).map(e => e.tagName).join()`
		if what := eval[string](p, moves); strings.TrimSpace(what) != "" {
			t.Errorf("%s: moves: %s", name, what)
		}
	}
}
