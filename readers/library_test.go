package readers

import (
	"bytes"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/mmcdole/gofeed"
)

// Libraries that understand feeds, each in its own language.

func readGofeed(t *testing.T, s *site) {
	for _, url := range s.urls(formats...) {
		feed, err := gofeed.NewParser().ParseURLWithContext(url, t.Context())
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		r := reading{URL: url, Title: feed.Title}
		for _, i := range feed.Items {
			e := entry{Title: i.Title, Link: i.Link, ID: i.GUID, Tags: i.Categories}
			if i.PublishedParsed != nil {
				e.Date = i.PublishedParsed.Unix()
			}
			for _, enclosure := range i.Enclosures {
				e.Enclosures = append(e.Enclosures, enclosure.URL)
			}
			r.Entries = append(r.Entries, e)
		}
		s.judge(t, r)
	}
}

func readFeedparser(t *testing.T, s *site) {
	python := pythonWith(t, "feedparser")
	for _, r := range readingsOf(t, s.urls("rss.xml", "atom.xml"), python, "feedparser_read.py") {
		s.judge(t, r)
	}
}

// pythonWith returns a Python that knows the module. The system's, for which packages install their
// modules, need not be the first in the path.
func pythonWith(t *testing.T, module string) string {
	t.Helper()
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.CommandContext(t.Context(), python, "-c", "import "+module).Run() == nil {
			return python
		}
	}
	missing(t, "python's "+module)
	return ""
}

func readNPM(t *testing.T, s *site) {
	for _, library := range []struct {
		name    string
		formats []string
		blind   []blindness
	}{
		{"feedparser", []string{"rss.xml", "atom.xml"}, []blindness{noEnclosures}}, // media:content is one to it
		{"rss-parser", []string{"rss.xml", "atom.xml"}, []blindness{noTags, noEnclosures}},
		{"@extractus/feed-extractor", []string{"rss.xml", "feed.json"}, []blindness{noTags, noEnclosures}},
		{"@extractus/feed-extractor", []string{"atom.xml"}, []blindness{noTags, noEnclosures, updatedIsDate}},
		{"feedsmith", formats, nil},
	} {
		t.Run(library.name, func(t *testing.T) {
			for _, r := range readingsOf(t, s.urls(library.formats...), "node", "npm/read.mjs", library.name) {
				s.judge(t, r, library.blind...)
			}
		})
	}
}

// readSfeed reads with sfeed, which prints a line with columns for each entry: sfeed(5).
func readSfeed(t *testing.T, s *site) {
	for _, feed := range s.feeds {
		for _, format := range []string{"rss.xml", "atom.xml"} {
			cmd := exec.CommandContext(t.Context(), "sfeed", base+feed+format)
			cmd.Stdin = bytes.NewReader(s.get(t, feed+format))
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("sfeed: %v", err)
			}
			// It does not tell the title of the feed.
			r := reading{URL: s.address + feed + format, Title: s.wanted[feed].Title}
			for line := range strings.Lines(string(out)) {
				column := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
				date, _ := strconv.ParseInt(column[0], 10, 64) // zero is no date of an entry
				e := entry{Title: column[1], Link: column[2], ID: column[5], Date: date}
				if column[8] != "" {
					e.Tags = strings.Split(column[8], "|")
				}
				r.Entries = append(r.Entries, e)
			}
			s.judge(t, r, noEnclosures) // of several it has one
		}
	}
}
