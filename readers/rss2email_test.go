package readers

import (
	"fmt"
	"mime"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// readRSS2Email lets rss2email send all feeds as mails into a folder, twice: the second time there
// must be nothing to send.
func readRSS2Email(t *testing.T, s *site) {
	p := newProxy(t, s)
	urls := s.urls("rss.xml", "atom.xml")
	home := t.TempDir()
	mailer := rss2email(t, home, p, urls)
	mailer(t)
	mails := mailsIn(t, home)
	mailer(t)
	if again := mailsIn(t, home); len(again) != len(mails) {
		t.Errorf("%d mails, %d after a second run", len(mails), len(again))
	}

	entries := map[string][]entry{}
	for _, m := range mails {
		feed, e := entryOf(t, m)
		entries[feed] = append(entries[feed], e)
	}
	for _, url := range urls {
		p.revalidated(t, url, 2)
		// The title of the feed is in no mail by itself.
		r := reading{URL: url, Title: s.wanted[feedOf(t, url)].Title, Entries: entries[url]}
		blind := []blindness{noTags, noEnclosures}
		if strings.HasSuffix(url, "/atom.xml") {
			blind = append(blind, updatedIsDate)
		}
		s.judge(t, r, blind...)
	}
}

// rss2email returns a function that runs it with these subscriptions.
func rss2email(t *testing.T, home string, p *proxy, urls []string) func(*testing.T) {
	t.Helper()
	var config strings.Builder
	fmt.Fprintf(&config, `[DEFAULT]
from = feedmill@example.org
to = reader@example.org
date-header = True
email-protocol = maildir
maildir-path = %s
maildir-mailbox = INBOX
`, filepath.Join(home, "Maildir"))
	for n, url := range urls {
		fmt.Fprintf(&config, "[feed.feed%d]\nurl = %s\n", n, url)
	}
	file := filepath.Join(home, "rss2email.cfg")
	err := os.Mkdir(filepath.Join(home, "Maildir"), 0o755)
	if err == nil {
		err = os.WriteFile(file, []byte(config.String()), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "r2e", "--config", file, "--data", filepath.Join(home, "data.json"), "run")
		cmd.Env = append(os.Environ(), "HOME="+home, "LC_ALL=C.UTF-8", "http_proxy="+p.url, "no_proxy=", "NO_PROXY=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("r2e: %v\n%s", err, out)
		}
	}
}

func mailsIn(t *testing.T, home string) []*mail.Message {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(home, "Maildir", "INBOX", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var mails []*mail.Message
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(f) // which reads as far as the body
		f.Close()
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		mails = append(mails, m)
	}
	return mails
}

// entryOf returns the address of the feed and the entry that a mail tells of.
func entryOf(t *testing.T, m *mail.Message) (feed string, e entry) {
	t.Helper()
	header := func(name string) string {
		v, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		return v
	}
	date, err := m.Header.Date()
	if err != nil {
		t.Errorf("Date: %v", err)
	}
	return header("X-RSS-Feed"), entry{
		Title: header("Subject"),
		Link:  header("X-RSS-URL"),
		ID:    header("X-RSS-ID"),
		Date:  date.Unix(),
	}
}
