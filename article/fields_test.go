package article

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHidden(t *testing.T) {
	tests := []struct {
		front string
		want  bool
	}{
		{"draft: true", true},
		{"Draft: yes", true},
		{"draft: y", true},
		{"published: false", true},
		{"publish: n", true},
		{`publish: "false"`, true},
		{"ignore: true", true},
		{"build: {list: never}", true},
		{"_build: {list: false}", true},
		{"feed: false", true},
		{"hiddenInRss: true", true},
		{"unlisted: true", true},
		{"include_in_feeds: false", true},
		{"eleventyExcludeFromCollections: true", true},
		{"permalink: false", true},
		{"status: Draft", true},
		{"extra: {draft: true}", true},
		{"params: {feed: no}", true},
		{"draft: false\nunlisted: true", true},
		{"draft: true\nprivate: maybe", true},

		{"draft: false", false},
		{"draft: n", false},
		{"draft:", false},
		{`draft: ""`, false},
		{"published: true", false},
		{"published: 2024-05-01", false},
		{"publish: now", false},
		{"feed: {style: big}", false},
		{"build: {list: always}", false},
		{"status: published", false},
		{"eleventyExcludeFromCollections: [posts]", false},
		{"other: {draft: true}", false},
		{"redirect: /elsewhere/", true},
		{"redirect: \"\"", false},
	}
	for _, test := range tests {
		a, problems := New(testOptions()).Parse("a.md", []byte("---\n"+test.front+"\n---\n"))
		if a == nil || len(problems) > 0 || a.Hidden != test.want {
			t.Errorf("Parse(%q) = %+v, %v, want Hidden: %v", test.front, a, problems, test.want)
		}
	}
}

// Front matter means the same in every syntax.
func TestSyntaxesAgree(t *testing.T) {
	const want = `title: The mill
url: https://example.org/a/
published: 2024-05-01T10:00:00+08:00
author: Ann | https://example.net/ann
author: Ben
tags: a | 2 | 1.5
language: de
`
	for syntax, src := range map[string]string{
		"YAML": `---
title: The mill
date: 2024-05-01 10:00:00
authors: [{name: Ann, url: https://example.net/ann}, Ben]
tags: [a, 2, 1.5]
draft: false
lang: [de]
---`,
		"TOML": `+++
title = "The mill"
date = 2024-05-01 10:00:00
authors = [{name = "Ann", url = "https://example.net/ann"}, "Ben"]
tags = ["a", 2, 1.5]
draft = false
lang = ["de"]
+++`,
		"JSON": `{
"title": "The mill",
"date": "2024-05-01 10:00:00",
"authors": [{"name": "Ann", "url": "https://example.net/ann"}, "Ben"],
"tags": ["a", 2, 1.5],
"draft": false,
"lang": ["de"],
"summary": null
}`,
	} {
		a, problems := New(testOptions()).Parse("a.md", []byte(src))
		got, _, _ := strings.Cut(listing(a, problems, []byte(src)), "body:")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", syntax, diff)
		}
	}
}
