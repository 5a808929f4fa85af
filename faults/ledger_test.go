//go:build linux

package faults

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// item is what the feed tells of an article.
type item struct {
	ID        string    `json:"id"`
	HTML      string    `json:"content_html"`
	Published time.Time `json:"date_published"`
	Modified  time.Time `json:"date_modified"`
}

// ledger is all that was ever served.
type ledger struct {
	first   map[int]item         // by article, as it was served first
	changed map[[2]int]time.Time // by article and version
	present map[int]bool         // articles in the last answer
	deleted map[string]bool      // ids
	tags    map[string]bool      // that had a feed
	wrong   []string             // what contradicts what was served before
	answers int
}

func newLedger() *ledger {
	return &ledger{first: map[int]item{}, changed: map[[2]int]time.Time{}, deleted: map[string]bool{}, tags: map[string]bool{}}
}

var (
	mark    = regexp.MustCompile(`mark-(\d+)-(\d+)`)
	deleted = regexp.MustCompile(`at:deleted-entry ref="([^"]+)"`)
)

// ask adds what the daemon at addr serves. It returns an error where the daemon does not answer.
func (l *ledger) ask(addr string) error {
	feed, err := get("http://" + addr + "/feed.json")
	if err != nil {
		return err
	}
	var items struct{ Items []item }
	if err := json.Unmarshal(feed, &items); err != nil {
		return err
	}
	l.answers++
	l.present = map[int]bool{}
	for _, it := range items.Items {
		m := mark.FindStringSubmatch(it.HTML)
		if m == nil {
			continue
		}
		n, _ := strconv.Atoi(m[1])
		version, _ := strconv.Atoi(m[2])
		l.present[n] = true
		was, known := l.first[n]
		switch {
		case !known:
			l.first[n] = it
		case was.ID != it.ID:
			l.wrong = append(l.wrong, fmt.Sprintf("article %d: the id was %s and is %s", n, was.ID, it.ID))
		case !was.Published.Equal(it.Published):
			l.wrong = append(l.wrong, fmt.Sprintf("article %d: published %s, and now %s", n, was.Published, it.Published))
		}
		key := [2]int{n, version}
		if at, known := l.changed[key]; known && !at.Equal(it.Modified) {
			l.wrong = append(l.wrong, fmt.Sprintf("article %d, version %d: changed %s, and now %s", n, version, at, it.Modified))
		}
		l.changed[key] = it.Modified
		l.tags[fmt.Sprintf("own%d", n)] = true
	}
	atom, err := get("http://" + addr + "/atom.xml")
	for _, m := range deleted.FindAllSubmatch(atom, -1) {
		l.deleted[string(m[1])] = true
	}
	return err
}

func get(url string) ([]byte, error) {
	resp, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %d", url, resp.StatusCode)
	}
	return io.ReadAll(resp.Body)
}

// check asks a daemon that has just started for all that was ever served. Here are the articles
// that are there.
func (l *ledger) check(s *site, here map[int]string) {
	s.Helper()
	told := l.deleted
	l.deleted = map[string]bool{}
	if err := l.ask(s.addr); err != nil {
		s.Fatal(err)
	}
	ids := map[string]bool{} // that an article has, which may have come back
	for n := range here {
		ids[l.first[n].ID] = true
	}
	for id := range told {
		if !l.deleted[id] && !ids[id] {
			l.wrong = append(l.wrong, id+" was told deleted, and is no more")
		}
	}
	for n := range l.first {
		if _, is := here[n]; is != l.present[n] {
			l.wrong = append(l.wrong, fmt.Sprintf("article %d: in the folder %t, in the feed %t", n, is, l.present[n]))
		}
		status, _, err := s.ask(fmt.Sprintf("http://%s/tags/own%d/rss.xml", s.addr, n))
		if want := map[bool]int{true: http.StatusOK, false: http.StatusGone}[here[n] != ""]; err != nil || status != want {
			l.wrong = append(l.wrong, fmt.Sprintf("the feed of the tag of article %d: %d, %v, want %d", n, status, err, want))
		}
	}
	if len(l.wrong) > 0 {
		s.Fatal(strings.Join(l.wrong, "\n"))
	}
}
