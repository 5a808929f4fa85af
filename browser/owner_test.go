package browser

import (
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestOwnerLive: an open owner's page shows what happens, without being asked.
func TestOwnerLive(t *testing.T) {
	needBrowser(t)
	content := t.TempDir()
	file := filepath.Join(content, "a.md")
	write(t, file, "---\ntitle: First\ndate: 2024-01-01\n---\nText.\n")
	s := site{env: []string{"FEEDMILL_CONTENT=" + content}}.serve(t)
	p := newTab(t)
	p.do(chromedp.Navigate(s.admin + "/"))
	p.await(`document.querySelectorAll("#past tbody tr").length === 1 && document.querySelector("#audience table") === null`)

	write(t, file, "---\ntitle: First\ndate: 2024-01-01\ntags: [new\n---\nText.\n")
	p.await(`document.querySelector(".problems pre")?.textContent === "tags: [new"`)
	write(t, file, "---\ntitle: Second\ndate: 2024-01-01\n---\nText.\n")
	p.await(`document.querySelector(".problems") === null && document.querySelector("#past .more") !== null`)
	s.read(t)
	p.await(`document.querySelector("#audience").textContent.includes("Feedly")`)

	p.do(chromedp.Click(chromedp.CSS("#rebuild button")))
	p.await(`document.querySelector("#told").textContent.startsWith("1 files looked at, 0 articles changed, 0 feeds changed")`)
}

// TestToken: where there is a token, the page is for those who know it.
func TestToken(t *testing.T) {
	needBrowser(t)
	content := t.TempDir()
	write(t, filepath.Join(content, "a.md"), "---\ntitle: First\ndate: 2024-01-01\n---\nText.\n")
	s := site{env: []string{"FEEDMILL_CONTENT=" + content, "FEEDMILL_SERVER_ADMIN_TOKEN=a-long-secret"}}.serve(t)
	p := newTab(t)
	p.expects = "401"
	p.do(chromedp.Navigate(s.admin + "/"))
	p.checkAccess("login")
	p.picture("login")
	p.enter("#token", "wrong")
	p.do(chromedp.KeyEvent("\r"))
	p.await(`document.querySelector("[role=alert]") !== null`)
	p.enter("#token", "a-long-secret")
	p.do(chromedp.KeyEvent("\r"))
	p.await(`document.querySelector(".figures") !== null`)
	if cookie := eval[string](p, `document.cookie`); cookie != "" {
		t.Errorf("scripts see the session: %s", cookie)
	}
	p.do(chromedp.Click(chromedp.CSS("#rebuild button")))
	p.await(`document.querySelector("#told").textContent.startsWith("1 files looked at")`)
	p.do(chromedp.Click(chromedp.CSS("footer button")))
	p.await(`document.querySelector("#token") !== null`)
}
