package browser

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	cdp "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

const visibleTerms = `[...document.querySelectorAll(".terms > li")].filter(e => e.checkVisibility()).map(e => e.querySelector(".name").textContent)`

func (p *tab) enter(field, text string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`document.querySelector(%q).value = "", true`, field))
	p.do(chromedp.SendKeys(chromedp.CSS(field), text))
}

func TestSearch(t *testing.T) {
	needBrowser(t)
	s := sites(t)[0].serve(t)
	p := newTab(t)
	p.do(chromedp.Navigate(s.address + "/"))
	all := len(eval[[]string](p, visibleTerms))
	for _, test := range []struct{ typed, want string }{
		{"riv", "River"},
		{"REPAIRS mill", "Mill Repairs"}, // every word, in whatever order and case
		{"水磨", "水磨"},
		{"nowhere", ""},
	} {
		p.enter("#search", test.typed)
		p.await(fmt.Sprintf(`(%s).join() === %q`, visibleTerms, test.want))
		p.await(`document.querySelector("[role=status]").textContent !== ""`)
	}
	p.await(`document.querySelector("[role=status]").checkVisibility()`) // that there is nothing is for all to see
	p.enter("#search", " ")
	p.await(fmt.Sprintf(`(%s).length === %d`, visibleTerms, all))
}

// TestSearchMany: what the page leaves out for its size is found all the same.
func TestSearchMany(t *testing.T) {
	needBrowser(t)
	content := t.TempDir()
	for i := range 20 {
		var tags []string
		for j := range 100 {
			tags = append(tags, fmt.Sprintf("tag %04d", 100*i+j))
		}
		write(t, filepath.Join(content, fmt.Sprintf("%d.md", i)),
			fmt.Sprintf("---\ntitle: Article %d\ndate: 2024-01-%02d\ntags: [common, %s]\n---\nText.\n", i, i+1, strings.Join(tags, ", ")))
	}
	s := site{env: []string{"FEEDMILL_CONTENT=" + content}}.serve(t)
	p := newTab(t)
	p.do(chromedp.Navigate(s.address + "/"))
	if n := eval[int](p, `document.querySelectorAll(".terms > li").length`); n > 100 {
		t.Errorf("the catalogue shows %d terms", n)
	}
	p.enter("#search", "1987")
	p.await(fmt.Sprintf(`(%s).join() === "tag 1987"`, visibleTerms))
	p.await(`document.querySelector(".terms > li:not([hidden]) .copy") !== null`)
	p.picture("many")
}

func TestCopy(t *testing.T) {
	needBrowser(t)
	s := sites(t)[0].serve(t)
	p := newTab(t)
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.CallBrowser(ctx, cdp.SetPermission, cdp.SetPermissionParams{
				Permission: &cdp.PermissionDescriptor{Name: name}, Setting: cdp.PermissionSettingGranted, Origin: s.address,
			})
			return err
		}))
	}
	p.do(chromedp.Navigate(s.address + "/"))
	for _, test := range []struct{ button, want string }{
		{".address:nth-child(2) .copy", s.address + "/atom.xml"},
		{`.terms > li:has(a.name[href$="/river/"]) .copy`, s.address + "/categories/river/rss.xml"},
	} {
		p.do(chromedp.Focus(chromedp.CSS(test.button)), chromedp.KeyEvent("\r")) // by keyboard
		p.await(`document.querySelector("[role=status]").textContent === "Copied"`)
		if have := eval[string](p, `navigator.clipboard.readText()`); have != test.want {
			t.Errorf("copied %q, want %q", have, test.want)
		}
	}
}

// TestWithoutScript: pages are whole where scripts do not run, and show no button that would do nothing.
func TestWithoutScript(t *testing.T) {
	needBrowser(t)
	s := sites(t)[0].serve(t)
	p := newTab(t)
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}), chromedp.Navigate(s.address+"/"))
	for what, want := range map[string]bool{
		`document.querySelectorAll(".terms > li").length > 20`:          true,
		`document.querySelector(".copy") !== null`:                      false,
		`document.querySelector(".search").checkVisibility()`:           false,
		`document.querySelector(".address a").href.endsWith("rss.xml")`: true,
	} {
		if have := eval[bool](p, what); have != want {
			t.Errorf("%s is %t", what, have)
		}
	}
	p.do(chromedp.Navigate(s.admin+"/"), chromedp.Click(chromedp.CSS("#rebuild button")))
	p.await(`location.pathname === "/" && document.querySelector(".figures") !== null`)
}
