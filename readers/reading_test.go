package readers

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// reading is what one reader understood of one feed.
type reading struct {
	URL      string // at which it was read
	Title    string
	Entries  []entry
	Problems []string // that the reader had
}

type entry struct {
	Title, Link, ID string
	Date            int64 // when it was published, in seconds since 1970
	Updated         int64 // only of what must be seen: few readers tell both
	Tags            []string
	Enclosures      []string // addresses
}

// A blindness takes from the entries what a reader does not show, or shows in a way of its own.
type blindness func(*entry)

func noTags(e *entry)       { e.Tags = nil }
func noEnclosures(e *entry) { e.Enclosures = nil }

// updatedIsDate is of those who take Atom's "updated" for the date.
func updatedIsDate(e *entry) { e.Date = cmp.Or(e.Updated, e.Date) }

// judge compares a reading with what a reader must see of that feed, as far as this one sees.
func (s *site) judge(t *testing.T, r reading, blind ...blindness) {
	t.Helper()
	for _, p := range r.Problems {
		t.Errorf("%s: %s", r.URL, p)
	}
	want, ok := s.wanted[feedOf(t, r.URL)]
	if !ok {
		t.Fatalf("%s is no feed of the site", r.URL)
	}
	if r.Title != want.Title {
		t.Errorf("%s: the title of the feed is %q, want %q", r.URL, r.Title, want.Title)
	}
	if diff := gocmp.Diff(normal(want.Entries, blind), normal(r.Entries, blind)); diff != "" {
		t.Errorf("%s: other entries than in feed.json (-want +have):\n%s", r.URL, diff)
	}
}

// normal returns the entries in an order of their own, since readers order them as they like.
func normal(entries []entry, blind []blindness) []entry {
	out := []entry{}
	for _, e := range entries {
		for _, b := range blind {
			b(&e)
		}
		e.Updated = 0
		e.Title = strings.Join(strings.Fields(e.Title), " ")
		e.Tags = slices.Compact(slices.Sorted(slices.Values(e.Tags)))
		e.Enclosures = slices.Sorted(slices.Values(e.Enclosures))
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.Link, b.Link), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Date, b.Date))
	})
	return out
}

// readingOfJSON reads a JSON Feed by its definition: the measure for all readers.
func readingOfJSON(t *testing.T, file string) reading {
	t.Helper()
	var feed struct {
		Title string
		Items []struct {
			Title, URL, ID string
			Published      time.Time `json:"date_published"`
			Modified       time.Time `json:"date_modified"`
			Tags           []string
			Attachments    []struct{ URL string }
		}
	}
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &feed)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	r := reading{Title: feed.Title}
	for _, i := range feed.Items {
		e := entry{Title: i.Title, Link: i.URL, ID: i.ID, Date: i.Published.Unix(), Updated: i.Modified.Unix(), Tags: i.Tags}
		for _, a := range i.Attachments {
			e.Enclosures = append(e.Enclosures, a.URL)
		}
		r.Entries = append(r.Entries, e)
	}
	return r
}

// readingsOf runs a command that prints a reading a line, one for each of the URLs, which are its
// last arguments.
func readingsOf(t *testing.T, urls []string, name string, args ...string) []reading {
	t.Helper()
	out := command(t, name, append(args, urls...)...)
	var readings []reading
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var r reading
		err := d.Decode(&r)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		readings = append(readings, r)
	}
	if len(readings) != len(urls) {
		t.Fatalf("%s read %d feeds of %d", name, len(readings), len(urls))
	}
	return readings
}

// command runs a program, which must succeed, and returns what it printed.
func command(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", name, err, out, stderr.String())
	}
	return out
}
