package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestPublished compares the feed of a real site with the one that its generator published: every
// item must be there, at the same address and date. The sites lie in the folder that FEEDMILL_CORPORA
// names; without it the test is skipped.
func TestPublished(t *testing.T) {
	corpora := os.Getenv("FEEDMILL_CORPORA")
	if corpora == "" {
		t.Skip("FEEDMILL_CORPORA names no folder of real sites")
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "config.yaml")
	err := os.WriteFile(config, fmt.Appendf(nil, `
title: Flink
base_url: https://flink.apache.org
state: none
content:
  dir: %q
  permalink: {posts: "/:year/:month/:day/:title/"}
feeds: {limit: 1000}
`, filepath.Join(corpora, "hugo-flink/docs/content")), 0o644)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	if err := run(t.Context(), []string{"build", "--config", config, "--out", out}, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	have := publishedAt(t, filepath.Join(out, "rss.xml"))
	want := publishedAt(t, filepath.Join(corpora, "hugo-flink/content/posts/index.xml"))
	if len(want) == 0 {
		t.Fatal("the published feed is empty")
	}
	for link, date := range want {
		if !have[link].Equal(date) {
			t.Errorf("%s: have %v, want %v", link, have[link], date)
		}
	}
}

// publishedAt reads the addresses and dates of the items of an RSS file.
func publishedAt(t *testing.T, file string) map[string]time.Time {
	t.Helper()
	var doc struct {
		Items []struct {
			Link    string `xml:"link"`
			PubDate string `xml:"pubDate"`
		} `xml:"channel>item"`
	}
	text, err := os.ReadFile(file)
	if err == nil {
		err = xml.Unmarshal(text, &doc)
	}
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]time.Time{}
	for _, i := range doc.Items {
		if at[i.Link], err = time.Parse(time.RFC1123Z, i.PubDate); err != nil {
			t.Fatal(err)
		}
	}
	return at
}
