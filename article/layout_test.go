package article

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestLink says which URL an address of a layout becomes.
func TestLink(t *testing.T) {
	tests := []struct{ link, want string }{
		{"", "https://example.org/blog/posts/50%25%20off/"},
		{"/", "https://example.org/blog/"},
		{"2024/mill", "https://example.org/blog/2024/mill"},
		{"/2024//mill/", "https://example.org/blog/2024/mill/"},
		{"/a b/ä/%C3%A4/100%/", "https://example.org/blog/a%20b/%C3%A4/%C3%A4/100%25/"},
		{"/a?b#c", "https://example.org/blog/a%3Fb%23c"},
		{"/a:b/c@d/(e)!", "https://example.org/blog/a:b/c@d/(e)!"},
		{"mailto:a@b", "https://example.org/blog/mailto:a@b"},
		{"../../../etc/", "https://example.org/blog/etc/"},
		{"//elsewhere.example/a", "https://example.org/blog/elsewhere.example/a"},
		{"https://elsewhere.example/ä", "https://elsewhere.example/%C3%A4"},
		{"https://[", "https://example.org/blog/posts/50%25%20off/"},
	}
	for _, test := range tests {
		p := New(Options{
			Site:   &url.URL{Scheme: "https", Host: "example.org", Path: "/blog/"},
			Layout: Layout{Link: func(Page) string { return test.link }},
		})
		a, problems := p.Parse("posts/50% off.md", []byte("Text."))
		if a == nil || a.URL != test.want {
			t.Errorf("Parse with the address %q = %v, %v, want URL %s", test.link, a, problems, test.want)
		}
	}
}

// TestPage says what a layout learns of an article that has no address yet.
func TestPage(t *testing.T) {
	var page Page
	fields := map[string]string{}
	lists := map[string][][]string{}
	var dates []time.Time
	p := New(Options{
		Site: &url.URL{Scheme: "https", Host: "example.org", Path: "/"},
		Zone: china,
		Layout: Layout{
			Keys:  map[string][]string{"url": {"permalink"}, "slug": {"slug"}},
			Place: func(string) (Place, bool) { return Place{Categories: []string{"Crafts"}}, true },
			Link: func(got Page) string {
				page = got
				for _, key := range []string{"title", "weight", "extra.mill", "slug", "none", "categories"} {
					fields[key] = got.Field(key)
				}
				for _, key := range []string{"title", "categories", "tags", "none"} {
					lists[key] = got.Lists(key)
				}
				for _, key := range []string{"date", "title", "none"} {
					dates = append(dates, got.Date(key))
				}
				got.Warn("no such place")
				return ""
			},
		},
	})
	_, problems := p.Parse("posts/2024-01-02-the-mill.zh.md", []byte(strings.TrimLeft(`
---
title: The *mill*
weight: 7
permalink: /mill/
date: 2024-03-09T23:30:00-05:00
extra: {mill: yes, permalink: /unused/}
categories: [Water, Wheels]
tags: [[a, b], c]
---
`, "\n")))
	if diff := cmp.Diff([]Problem{{"posts/2024-01-02-the-mill.zh.md", 4, Warning, "permalink: no such place"}}, problems[:1]); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	page.draft = nil
	want := Page{
		Path:       "posts/2024-01-02-the-mill.zh.md",
		Title:      "The mill",
		Name:       "the-mill",
		URL:        "/mill/",
		Published:  time.Date(2024, 3, 10, 12, 30, 0, 0, china),
		Categories: []string{"Crafts", "Water", "Wheels"},
	}
	if diff := cmp.Diff(want, page, cmp.AllowUnexported(Page{})); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
	wantFields := map[string]string{"title": "The *mill*", "weight": "7", "extra.mill": "yes", "slug": "", "none": "", "categories": "Water"}
	if diff := cmp.Diff(wantFields, fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	wantLists := map[string][][]string{
		"title": {{"The *mill*"}}, "categories": {{"Water", "Wheels"}}, "tags": {{"a", "b"}, {"c"}}, "none": nil,
	}
	if diff := cmp.Diff(wantLists, lists); diff != "" {
		t.Errorf("lists (-want +got):\n%s", diff)
	}
	if got := dates[0].Format(time.RFC3339); got != "2024-03-09T23:30:00-05:00" || !dates[1].IsZero() || !dates[2].IsZero() {
		t.Errorf("dates = %v, want that of date as it is written, and no others", dates)
	}
}

// TestLayout runs one article through layouts; "want" is the facts that matter, as TestParse lists
// them.
func TestLayout(t *testing.T) {
	at := func(p Place) func(string) (Place, bool) {
		return func(string) (Place, bool) { return p, true }
	}
	tests := []struct {
		name   string
		layout Layout
		src    string
		want   []string
	}{
		{"refused", Layout{Place: func(string) (Place, bool) { return Place{}, false }}, "Text.", []string{"no article"}},
		{"fenced", Layout{Place: at(Place{Fenced: true})}, "Text.", []string{"no article"}},
		{"fenced, with a fence", Layout{Place: at(Place{Fenced: true})}, "---\n---\n", nil},
		{"undated", Layout{Dated: true}, "Text.", []string{"no article"}},
		{"dated by the place", Layout{Dated: true, Place: at(Place{Date: "2024-03-09"})}, "Text.", []string{"published: 2024-03-09T00:00:00+08:00"}},
		{"badly dated", Layout{Dated: true}, "---\ndate: someday\n---\n", nil},
		{
			"own front matter beats the place's",
			Layout{Place: at(Place{Date: "2024-03-09", Language: "fr", Front: map[string][]string{
				"tags": {"a", "b"}, "summary": {"Given."}, "build.list": {"never"}, "date": {"2020-01-01"},
			}})},
			"---\nsummary: Own.\nbuild: {list: always}\n---\n",
			[]string{"published: 2020-01-01T00:00:00+08:00", "summary: Own.", "tags: a | b", "language: fr"},
		},
		{
			"front matter of the place hides",
			Layout{Place: at(Place{Front: map[string][]string{"draft": {"true"}}})},
			"Text.",
			[]string{"hidden: yes"},
		},
		{
			"ignored keys", Layout{Ignore: []string{"draft"}}, "---\ndraft: true\n---\n", nil,
		},
		{
			"words",
			Layout{Words: true, Place: at(Place{Categories: []string{"Folder"}})},
			"---\ncategories: a folder b\ncategory: Two Words\ntags: [no split]\n---\n",
			[]string{"categories: Folder | a | b | Two Words", "tags: no split"},
		},
		{
			"bare time",
			Layout{Time: func(yaml time.Time, _ *time.Location) time.Time { return yaml }},
			"---\ndate: 2024-03-09 20:00:00\n---\n",
			[]string{"published: 2024-03-10T04:00:00+08:00"},
		},
		{
			"time in quotes",
			Layout{Time: func(yaml time.Time, _ *time.Location) time.Time { return yaml }},
			"---\ndate: \"2024-03-09 20:00:00\"\n---\n",
			[]string{"published: 2024-03-09T20:00:00+08:00"},
		},
		{
			"keys of the layout and the owner's",
			Layout{Keys: map[string][]string{"date": {"day"}}},
			"---\ndate: 2020-01-01\nday: 2021-01-01\n---\n",
			[]string{"published: 2021-01-01T00:00:00+08:00"},
		},
	}
	for _, test := range tests {
		o := testOptions()
		o.Layout = test.layout
		a, problems := New(o).Parse("a.md", []byte(test.src))
		var got []string
		for line := range strings.Lines(listing(a, problems, []byte(test.src))) {
			for _, fact := range []string{"no article", "hidden", "published", "summary", "categories", "tags", "language"} {
				if strings.HasPrefix(line, fact) {
					got = append(got, strings.TrimSpace(line))
				}
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestParserIsArticle(t *testing.T) {
	p := New(Options{Layout: Layout{
		Place: func(path string) (Place, bool) { return Place{}, strings.HasPrefix(path, "posts/") },
		Index: []string{"index.md"},
	}})
	for name, want := range map[string]bool{"posts/a.md": true, "a.md": false, "posts/_index.md": false, "posts/a.txt": false} {
		if got := p.IsArticle(name); got != want {
			t.Errorf("IsArticle(%q) = %v, want %v", name, got, want)
		}
	}
	if diff := cmp.Diff([]string{"index.md"}, p.Indexes()); diff != "" {
		t.Errorf("Indexes (-want +got):\n%s", diff)
	}
}
