package browser

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

func abs(t *testing.T, path string) string {
	t.Helper()
	p, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sites are the same program in languages that are written in different ways.
func sites(t *testing.T) []site {
	t.Helper()
	withProblems := t.TempDir()
	if err := os.CopyFS(withProblems, os.DirFS("../example/content")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(withProblems, "posts", "heron.md"), "---\ntitle: The Heron's Year\ndate: the day after tomorrow\n---\nIt stands.\n")
	write(t, filepath.Join(withProblems, "posts", "ice.md"), "---\ntitle: Ice on the Leat\ntags: [winter\n---\nThin.\n")
	inChinese := t.TempDir()
	for _, name := range []string{"cui-niao.md", "hong-shui-zhi-ye.md", "lao-qiao.md", "san-wen-shui-zha.md", "zhong-qiu.md", "凌晨四点的面包.md"} {
		text, err := os.ReadFile(filepath.Join("../example/content/posts", name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(inChinese, name), string(text))
	}
	if err := os.CopyFS(filepath.Join(inChinese, "biscuit-tin"), os.DirFS("../example/content/posts/biscuit-tin")); err != nil {
		t.Fatal(err)
	}
	return []site{
		{name: "english", article: "/posts/first-turn/", env: []string{
			"FEEDMILL_CONTENT=" + withProblems, "FEEDMILL_TITLE=The Mill Pond",
			"FEEDMILL_DESCRIPTION=Notes from a village water mill, its river, and the people who keep both running.",
		}},
		{name: "chinese", article: "/biscuit-tin/", env: []string{
			"FEEDMILL_CONTENT=" + inChinese, "FEEDMILL_TITLE=磨坊池塘", "FEEDMILL_LANGUAGE=zh-CN",
			"FEEDMILL_DESCRIPTION=一座乡间水磨坊、一条河，以及照看它们的人们的札记。",
		}},
		{name: "arabic", article: "/wheel/", env: []string{
			"FEEDMILL_CONTENT=" + abs(t, "testdata/ar"), "FEEDMILL_TITLE=بركة الطاحونة", "FEEDMILL_LANGUAGE=ar",
			"FEEDMILL_DESCRIPTION=يوميات طاحونة ماء في قرية، ونهرها، ومن يسهرون عليهما.",
		}},
		{name: "unruly", article: "/ledger/", env: []string{
			"FEEDMILL_CONTENT=" + abs(t, "testdata/unruly"), "FEEDMILL_TITLE=What Nobody Thought Of",
		}},
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// read has feed readers come, so that there is something to tell of them.
func (s site) read(t *testing.T) {
	t.Helper()
	for _, r := range []struct {
		agent string
		feed  string
		times int
	}{
		{"Feedly/1.0 (+http://www.feedly.com/fetcher.html; 42 subscribers)", "/rss.xml", 9},
		{"Feedbin feed-id:1373711 - 19 subscribers", "/rss.xml", 6},
		{"NetNewsWire (RSS Reader; https://netnewswire.com/)", "/atom.xml", 12},
		{"Mozilla/5.0 (compatible; theoldreader.com; 3 subscribers; feed-id=1a)", "/feed.json", 4},
		{"", "/rss.xml", 1},
		{"\"><script>alert(1)</script>/1 (1 subscribers)", "/rss.xml", 1},
	} {
		tag := ""
		for range r.times {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.address+r.feed, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header["User-Agent"] = []string{r.agent}
			if tag != "" {
				req.Header.Set("If-None-Match", tag)
			}
			answer, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			tag = answer.Header.Get("ETag")
		}
	}
}

// TestLook looks at every kind of page in every language: in light and dark, and on a narrow screen.
func TestLook(t *testing.T) {
	needBrowser(t)
	for _, s := range sites(t) {
		t.Run(s.name, func(t *testing.T) {
			s := s.serve(t)
			s.read(t)
			p := newTab(t)
			p.do(chromedp.Navigate(s.address + "/"))
			term := eval[string](p, `document.querySelector(".terms .name").href`)
			for _, page := range []struct{ name, address string }{
				{"catalogue", s.address + "/"},
				{"taxonomy", s.address + "/tags/"},
				{"term", term},
				{"article", s.address + s.article},
				{"missing", s.address + "/nothing/here/"},
				{"owner", s.admin + "/"},
			} {
				t.Run(page.name, func(t *testing.T) { look(t, s.name+"-"+page.name, page.address) })
			}
		})
	}
}

func look(t *testing.T, name, address string) {
	p := newTab(t)
	if strings.HasSuffix(name, "-missing") {
		p.expects = "status of 404" // which is what is looked at
	}
	p.do(chromedp.EmulateViewport(1200, 900), scheme("light"), chromedp.Navigate(address))
	p.await("true")
	light := eval[string](p, `getComputedStyle(document.body).backgroundColor`)
	p.checkAccess("light")
	p.picture(name + "-light")

	p.do(scheme("dark"))
	if dark := eval[string](p, `getComputedStyle(document.body).backgroundColor`); dark == light {
		t.Errorf("the page is %s in light and dark", dark)
	}
	p.checkAccess("dark")
	p.picture(name + "-dark")

	p.do(scheme("light"), chromedp.EmulateViewport(360, 740, chromedp.EmulateScale(2)))
	if wide := eval[int](p, `document.documentElement.scrollWidth`); wide > 360 {
		t.Errorf("on a screen of 360 pixels the page is %d wide", wide)
	}
	p.checkAccess("narrow")
	p.picture(name + "-narrow")

	p.do(scheme("dark"))
	p.picture(name + "-narrow-dark")
}

// scheme is what the person prefers: light or dark.
func scheme(value string) chromedp.Action[chromedp.Void] {
	return prefers("prefers-color-scheme", value)
}

// prefers is what the person has set, by its media feature: the only thing that is set.
func prefers(feature, value string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		features := []*emulation.MediaFeature{{Name: feature, Value: value}}
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		return err
	})
}

// picture keeps how the page looks, where that is asked for.
func (p *tab) picture(name string) {
	p.t.Helper()
	dir := os.Getenv("FEEDMILL_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(p.context(), chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}
