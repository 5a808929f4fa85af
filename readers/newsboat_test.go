package readers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// readNewsboat lets newsboat load each feed three times: it keeps no validators of the first time,
// so the third is asked with those of the second.
func readNewsboat(t *testing.T, s *site) {
	p := newProxy(t, s)
	for _, url := range s.urls("rss.xml", "atom.xml") {
		n := subscribe(t, p, url)
		for range 3 {
			n.reload(t)
		}
		p.revalidated(t, url, 3)
		// Its cache has one enclosure for each entry, and no tags.
		s.judge(t, n.reading(t), noTags, noEnclosures)
	}
}

// judgeDelta lets newsboat load a feed, puts an article into the folder of content, and lets it load
// the feed again: it must get that article alone, and then hold all.
func judgeDelta(t *testing.T, s *site, content string) {
	for _, format := range []string{"rss.xml", "atom.xml"} {
		url := s.address + "/" + format
		p := newProxy(t, s)
		n := subscribe(t, p, url)
		n.reload(t)
		n.reload(t)
		before := len(n.reading(t).Entries)

		title := "New in " + format
		text := fmt.Appendf(nil, "---\ntitle: %s\ndate: 2025-01-02\n---\nText.\n", title)
		if err := os.WriteFile(filepath.Join(content, format+".md"), text, 0o644); err != nil {
			t.Fatal(err)
		}
		s.await(t, "/"+format, title)
		n.reload(t)
		n.reload(t)

		p.delta(t, url)
		if after := len(n.reading(t).Entries); after != before+1 {
			t.Errorf("%s: newsboat holds %d entries after %d, want one more", url, after, before)
		}
	}
}

// delta demands that of four exchanges the third was a delta against the second, and that the fourth
// confirms it.
func (p *proxy) delta(t *testing.T, url string) {
	t.Helper()
	all := p.of(url)
	if len(all) != 4 {
		t.Fatalf("%s: %d exchanges, want 4", url, len(all))
	}
	full, delta := all[1], all[2]
	if delta.status != http.StatusIMUsed {
		t.Fatalf("%s: status %d for A-IM: %s, want 226", url, delta.status, delta.request.Get("A-IM"))
	}
	if im := delta.response.Get("IM"); im != "feed" { // RFC 3229 §10.5.2
		t.Errorf("%s: IM: %q, want feed", url, im)
	}
	if delta.size >= full.size {
		t.Errorf("%s: the delta has %d bytes, the feed %d", url, delta.size, full.size)
	}
	if tag := delta.response.Get("ETag"); tag == "" || tag == delta.request.Get("If-None-Match") {
		t.Errorf("%s: the ETag of the delta is %q, want that of the new feed", url, tag)
	}
	p.revalidated(t, url, 4)
}

// await asks for a document until it holds the text.
func (s *site) await(t *testing.T, path, text string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !bytes.Contains(s.get(t, path), []byte(text)); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not show %q", path, text)
		}
	}
}

// newsboat is one with a single subscription: its cache knows entries by their ids alone, and one
// that comes in two feeds would be in the last of them.
type newsboat struct {
	home, url string
}

func subscribe(t *testing.T, p *proxy, url string) newsboat {
	t.Helper()
	n := newsboat{t.TempDir(), url}
	config := fmt.Sprintf("download-retries 1\nuse-proxy yes\nproxy %s\n", p.url)
	for name, text := range map[string]string{"urls": url + "\n", "config": config} {
		if err := os.WriteFile(filepath.Join(n.home, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

func (n newsboat) reload(t *testing.T) {
	t.Helper()
	n.run(t, "--config-file", filepath.Join(n.home, "config"), "--execute", "reload")
}

func (n newsboat) run(t *testing.T, args ...string) {
	t.Helper()
	files := []string{"--url-file", filepath.Join(n.home, "urls"), "--cache-file", filepath.Join(n.home, "cache.db")}
	cmd := exec.CommandContext(t.Context(), "newsboat", slices.Concat(files, args)...)
	// Without the variables by which loopback would be reached around the proxy.
	cmd.Env = append(os.Environ(), "HOME="+n.home, "LC_ALL=C.UTF-8", "no_proxy=", "NO_PROXY=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("newsboat: %v\n%s", err, out)
	}
}

// reading returns what newsboat's cache holds of the feed.
func (n newsboat) reading(t *testing.T) reading {
	t.Helper()
	r := reading{URL: n.url}
	var feeds []struct{ Title string }
	n.query(t, "select title from rss_feed", &feeds)
	if len(feeds) == 1 {
		r.Title = feeds[0].Title
	}
	n.query(t, "select title, url as link, guid as id, pubDate as date from rss_item where deleted = 0", &r.Entries)
	return r
}

func (n newsboat) query(t *testing.T, query string, rows any) {
	t.Helper()
	out := command(t, "sqlite3", "-readonly", "-json", filepath.Join(n.home, "cache.db"), query)
	if len(out) == 0 { // as it says that there are no rows
		return
	}
	if err := json.Unmarshal(out, rows); err != nil {
		t.Fatalf("sqlite3: %v", err)
	}
}
