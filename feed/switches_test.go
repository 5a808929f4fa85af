package feed_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"feedmill/feed"
)

// TestSwitchTags checks that a switch changes the ETags of the documents it concerns, and no others.
func TestSwitchTags(t *testing.T) {
	tags := func(change func(*feed.Options)) map[string]string {
		s := newSite(t, os.DirFS("testdata/site"), change)
		all := map[string]string{}
		for sel := range s.Selections() {
			for _, f := range s.Formats(sel) {
				all[fmt.Sprintf("/%s/%s %s", sel.Taxonomy, sel.Slug, f)] = s.Head(sel, f).Tag
			}
		}
		return all
	}
	formats := []feed.Format{feed.RSS, feed.Atom, feed.JSON}
	plain := tags(nil)
	for _, test := range []struct {
		name     string
		taxonomy string
		switches feed.Switches
		formats  []feed.Format // whose documents differ
	}{
		{"the same", "tags", feed.Switches{Formats: formats, Title: ":term – :site"}, nil},
		{"summary", "tags", feed.Switches{Formats: formats, SummaryOnly: true}, formats},
		{"title", "tags", feed.Switches{Formats: formats, Title: ":term"}, formats},
		{"title of the site", "", feed.Switches{Formats: formats, Title: "All of :site"}, formats},
		{"address", "tags", feed.Switches{Formats: formats, Paths: map[feed.Format][]string{feed.RSS: {"/t/:term/"}}}, formats[:1]},
		{"fewer formats", "tags", feed.Switches{Formats: formats[1:]}, nil},
	} {
		want := map[string]bool{}
		for key := range plain {
			for _, f := range test.formats {
				taxonomy, _, _ := strings.Cut(key[1:], "/")
				want[key] = want[key] || strings.TrimSpace(taxonomy) == test.taxonomy && strings.HasSuffix(key, " "+string(f))
			}
		}
		for key, tag := range tags(func(o *feed.Options) { o.For = map[string]feed.Switches{test.taxonomy: test.switches} }) {
			if changed := tag != plain[key]; changed != want[key] {
				t.Errorf("%s: %s: changed = %v, want %v", test.name, key, changed, want[key])
			}
		}
	}
}

func TestLocate(t *testing.T) {
	s := newSite(t, os.DirFS("testdata/site"), func(o *feed.Options) {
		o.For = map[string]feed.Switches{
			"": {Formats: []feed.Format{feed.RSS, feed.Atom}, Paths: map[feed.Format][]string{feed.RSS: {"/index.xml", "/feed/"}}},
			"tags": {Formats: o.Formats, Paths: map[feed.Format][]string{
				feed.RSS: {"/:term/index.xml"}, feed.JSON: {"/t/:term"},
			}},
		}
	})
	for _, test := range []struct {
		path string
		want feed.Location // zero: none
	}{
		{"/index.xml", feed.Location{Format: feed.RSS}},
		{"/feed/", feed.Location{Format: feed.RSS}},
		{"/feed", feed.Location{}},
		{"/rss.xml", feed.Location{Format: feed.RSS}},
		{"/atom.xml", feed.Location{Format: feed.Atom}},
		{"/feed.json", feed.Location{}},
		{"/", feed.Location{}},
		{"/算力/index.xml", feed.Location{Taxonomy: "tags", Slug: "算力", Format: feed.RSS}},
		{"//index.xml", feed.Location{}},
		{"/a/b/index.xml", feed.Location{}},
		{"/t/go", feed.Location{Taxonomy: "tags", Slug: "go", Format: feed.JSON}},
		{"/t/", feed.Location{}},
		{"/t/go/", feed.Location{}},
		{"/tags/go/feed.json", feed.Location{Taxonomy: "tags", Slug: "go", Format: feed.JSON}},
		{"/tags/go/", feed.Location{}},
		{"/tags/rss.xml", feed.Location{}},
		{"/other/go/rss.xml", feed.Location{Taxonomy: "other", Slug: "go", Format: feed.RSS}},
		{"/tags/a/b/rss.xml", feed.Location{}},
	} {
		have, ok := s.Locate(test.path)
		if have != test.want || ok != (test.want != feed.Location{}) {
			t.Errorf("Locate(%q) = %+v, %v, want %+v", test.path, have, ok, test.want)
		}
	}
	for sel := range s.Selections() {
		for _, f := range s.Formats(sel) {
			want := feed.Location{Taxonomy: sel.Taxonomy, Slug: sel.Slug, Format: f}
			if have, _ := s.Locate(s.Path(sel, f)); have != want {
				t.Errorf("Locate(%q) = %+v, want %+v", s.Path(sel, f), have, want)
			}
		}
	}
}
