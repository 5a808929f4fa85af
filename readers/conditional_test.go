package readers

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// judgeConditional asks for every document in all the ways of RFC 9110 in which a reader or a cache
// may ask for it.
func judgeConditional(t *testing.T, s *site) {
	for _, feed := range s.feeds {
		for _, format := range formats {
			judgeDocument(t, s, feed+format)
		}
	}
	judgeDocument(t, s, "/opml.xml")
}

func judgeDocument(t *testing.T, s *site, path string) {
	t.Helper()
	full := s.ask(t, http.MethodGet, path)
	for _, fault := range faultsOf(full) {
		t.Errorf("%s: %s", path, fault)
	}
	if hasLinks && path != "/opml.xml" {
		judgeLinks(t, path, full.header)
	}
	for _, q := range questions(t, full) {
		a := s.ask(t, q.method, path, q.headers...)
		if fault := q.fault(full, a); fault != "" {
			t.Errorf("%s: %s %q: %s", path, q.method, q.headers, fault)
		}
	}
	for _, c := range codings {
		judgeCoding(t, s, path, full, c)
	}
	if a := s.ask(t, http.MethodPost, path); a.status != http.StatusMethodNotAllowed || !strings.Contains(a.header.Get("Allow"), "GET") {
		t.Errorf("%s: POST: status %d, Allow: %q", path, a.status, a.header.Get("Allow")) // RFC 9110 §15.5.6
	}
}

var strongTag = regexp.MustCompile(`^"[\x21\x23-\x7e]+"$`) // RFC 9110 §8.8.3

// faultsOf looks at a full answer by itself.
func faultsOf(a answer) []string {
	var faults []string
	demand := func(ok bool, name string) {
		if !ok {
			faults = append(faults, fmt.Sprintf("%s: %q", name, a.header.Get(name)))
		}
	}
	if a.status != http.StatusOK || len(a.body) == 0 {
		faults = append(faults, fmt.Sprintf("status %d with %d bytes", a.status, len(a.body)))
	}
	modified, err := http.ParseTime(a.header.Get("Last-Modified"))
	demand(err == nil && !modified.After(time.Now()), "Last-Modified")
	demand(strongTag.MatchString(a.header.Get("ETag")), "ETag")
	demand(strings.HasSuffix(a.header.Get("Content-Type"), "; charset=utf-8"), "Content-Type")
	demand(a.header.Get("Content-Length") == fmt.Sprint(len(a.body)), "Content-Length")
	demand(strings.Contains(a.header.Get("Vary"), "Accept-Encoding"), "Vary")
	demand(a.header.Get("Cache-Control") != "", "Cache-Control")
	demand(a.header.Get("Date") != "", "Date")
	return faults
}

// A question about a document that the asker may have.
type question struct {
	method  string
	status  int // wanted
	headers []string
}

// questions about the document, of which full is the whole answer.
func questions(t *testing.T, full answer) []question {
	t.Helper()
	tag, date := full.header.Get("ETag"), full.header.Get("Last-Modified")
	modified, err := http.ParseTime(date)
	if err != nil {
		t.Fatalf("Last-Modified: %v", err)
	}
	since := func(d time.Duration) string {
		return "If-Modified-Since: " + modified.Add(d).UTC().Format(http.TimeFormat)
	}
	return []question{
		{"GET", 200, nil},
		{"HEAD", 200, nil},
		{"GET", 304, []string{"If-None-Match: " + tag}},
		{"HEAD", 304, []string{"If-None-Match: " + tag}},
		{"GET", 304, []string{`If-None-Match: "a", ` + tag + `, "b"`}},
		{"GET", 304, []string{"If-None-Match: W/" + tag}}, // weak comparison: §13.1.2
		{"GET", 304, []string{"If-None-Match: *"}},
		{"GET", 200, []string{`If-None-Match: "a"`}},
		{"GET", 304, []string{since(0)}},
		{"GET", 304, []string{since(time.Second)}},
		{"GET", 200, []string{since(-time.Second)}},
		{"GET", 200, []string{"If-Modified-Since: yesterday"}}, // not a date, so ignored: §13.1.3
		// If-None-Match rules where both are there: §13.2.2.
		{"GET", 200, []string{`If-None-Match: "a"`, since(0)}},
		{"GET", 304, []string{"If-None-Match: " + tag, since(-24 * time.Hour)}},
		{"GET", 200, []string{"Accept-Encoding: identity"}},
		{"GET", 200, []string{"Accept-Encoding: gzip;q=0"}},
		{"GET", 200, []string{"Accept-Encoding: gzip;q=0, *;q=0.5"}},
		{"GET", 200, []string{"Accept-Encoding: gzip;q=0.1, identity;q=0.5"}},
	}
}

// fault returns what is wrong with an answer, "" for nothing.
func (q question) fault(full, a answer) string {
	if a.status != q.status {
		return fmt.Sprintf("status %d, want %d", a.status, q.status)
	}
	want := full.body
	if q.method == http.MethodHead || q.status == http.StatusNotModified {
		want = nil
	}
	if !bytes.Equal(a.body, want) {
		return fmt.Sprintf("another body, of %d bytes", len(a.body))
	}
	same := []string{"ETag", "Cache-Control", "Vary"} // §15.4.5
	if q.status == http.StatusOK {
		same = append(same, "Last-Modified", "Content-Type", "Content-Length", "Content-Encoding") // §9.3.2
	}
	for _, name := range same {
		if have, want := a.header.Get(name), full.header.Get(name); have != want {
			return fmt.Sprintf("%s: %q, want %q", name, have, want)
		}
	}
	return ""
}

type coding struct {
	name   string
	decode func([]byte) ([]byte, error)
}

var codings = []coding{
	{"gzip", gunzip},
	{"zstd", func(b []byte) ([]byte, error) {
		d, err := zstd.NewReader(nil)
		if err != nil {
			return nil, err
		}
		defer d.Close()
		return d.DecodeAll(b, nil)
	}},
	{"br", func(b []byte) ([]byte, error) { return io.ReadAll(brotli.NewReader(bytes.NewReader(b))) }},
}

// judgeCoding asks for the document in a coding: one representation more, with a validator of its
// own (RFC 9110 §8.8.3.3).
func judgeCoding(t *testing.T, s *site, path string, full answer, c coding) {
	t.Helper()
	accept := "Accept-Encoding: " + c.name
	a := s.ask(t, http.MethodGet, path, accept)
	if have := a.header.Get("Content-Encoding"); have != c.name {
		t.Errorf("%s: %s: Content-Encoding: %q", path, accept, have)
		return
	}
	if b, err := c.decode(a.body); err != nil || !bytes.Equal(b, full.body) {
		t.Errorf("%s: %s: another body, or an error: %v", path, accept, err)
	}
	if a.header.Get("ETag") == full.header.Get("ETag") {
		t.Errorf("%s: %s: the ETag of the plain document", path, accept)
	}
	coded := question{http.MethodGet, http.StatusNotModified, []string{accept, "If-None-Match: " + a.header.Get("ETag")}}
	if fault := coded.fault(a, s.ask(t, coded.method, path, coded.headers...)); fault != "" {
		t.Errorf("%s: %q: %s", path, coded.headers, fault)
	}
}

var linkRel = regexp.MustCompile(`<([^>]*)>[^,]*;\s*rel="?(\w+)"?`)

// judgeLinks looks for the feed's own address, its page and its hub among the Link headers.
func judgeLinks(t *testing.T, path string, h http.Header) {
	t.Helper()
	links := map[string][]string{}
	for _, m := range linkRel.FindAllStringSubmatch(strings.Join(h.Values("Link"), ", "), -1) {
		links[m[2]] = append(links[m[2]], m[1])
	}
	if self := links["self"]; len(self) != 1 || self[0] != base+path {
		t.Errorf("%s: Link: self is %q, want %q", path, self, base+path)
	}
	for _, rel := range []string{"alternate", "hub"} {
		if len(links[rel]) == 0 {
			t.Errorf("%s: Link: no %s in %q", path, rel, h.Values("Link"))
		}
	}
}
