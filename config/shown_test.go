package config

import "testing"

func TestShown(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "config.yaml", "feeds: {for: {site: {paths: {rss: [/index.xml]}}}, taxonomies: [tags]}\ncontent: {taxonomies: [tags, topics]}\n")
	c := load(t, Source{File: "config.yaml"})
	for path, want := range map[string]string{
		"/": "the page of all feeds", "/opml.xml": "the list of all feeds", "/healthz": "feedmill's own /healthz",
		"/tags/": "the page of tags", "/index.xml": "the rss feed of site", "/rss.xml": "the rss feed of site",
		"/topics/": "", "/tags/birds/": "", "/healthz/": "", "/archive/": "", "/archive/2020/": "", "/about/": "",
	} {
		if got := c.Shown(path); got != want {
			t.Errorf("Shown(%q) = %q, want %q", path, got, want)
		}
	}
	c = load(t, Source{File: "config.yaml", Flags: []Override{{Key: "site_url", Name: "--site-url", Value: "https://example.org/"}}})
	if got := c.Shown("/"); got != "" {
		t.Errorf("of a site with an address of its own: %q", got)
	}
}
