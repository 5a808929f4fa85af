package main

import (
	"cmp"
	"slices"
	"time"

	"feedmill/article"
	"feedmill/catalog"
	"feedmill/config"
	"feedmill/feed"
	"feedmill/preset"
	"feedmill/watcher"
)

// What the configuration says to each stage of the pipeline.

func parserOptions(cfg *config.Config, found *preset.Preset, kept state) article.Options {
	layout, limits := found.Layout, cfg.Content.Limits
	if cfg.Content.IDs == "permalink" {
		layout.ID = nil
	}
	return article.Options{
		Site:       cfg.SiteURL,
		Zone:       cmp.Or(cfg.Timezone, found.Timezone, time.UTC),
		Layout:     layout,
		Fields:     cfg.Content.Fields,
		Taxonomies: namedTaxonomies(cfg),
		Shown:      cfg.Shown,
		Undated:    catalog.Undated(kept.keep != nil),
		Limits: article.Limits{
			FrontMatter: int(limits.FrontMatter), Keys: limits.Keys, Depth: limits.Depth, Terms: limits.Terms, Render: limits.Render,
		},
	}
}

// catalogOptions leaves out what comes of other stages: Parser, Language, Progress, Settings and Recalled.
func catalogOptions(cfg *config.Config, kept state) catalog.Options {
	o := catalog.Options{
		Open:        catalog.Dir(cfg.Content.Dir),
		Taxonomies:  cfg.Feeds.Taxonomies,
		Limit:       cfg.Feeds.Limit,
		Limits:      map[string]int{},
		Minimum:     map[string]int{},
		MaxFileSize: cfg.Content.Limits.FileSize,
		TextBytes:   newBudget(cfg.Server.Cache).texts,
		DeleteGrace: cfg.Watch.DeleteGrace,
		Archive:     cfg.Feeds.Archive,
		Resurface:   cfg.Feeds.Resurface,
		Tombstones:  cfg.Feeds.Tombstones,
		Kept:        kept.kept,
		Keep:        kept.keep,
		Turn:        kept.turn,
		Before:      kept.before,
		Settle:      cfg.Watch.Settle,
		Worktree:    func() (string, bool) { return watcher.GitState(cfg.Content.Dir) },
	}
	if cfg.Content.Elsewhere() {
		// Each look finds one generation, whole: there is nothing to wait for, and nothing to doubt that origin has not.
		o.Settle, o.DeleteGrace, o.Worktree = 0, 0, nil
	}
	for _, taxonomy := range ownFeeds(cfg) {
		own := cfg.Feeds.Of(taxonomy)
		o.Limits[taxonomy], o.Minimum[taxonomy] = own.Limit, own.Minimum
	}
	return o
}

// feedOptions leaves out what comes of other stages: Title, Language, Parser, Problems and Text.
func feedOptions(cfg *config.Config) feed.Options {
	o := feed.Options{
		Description: cfg.Description,
		Author:      article.Author{Name: cfg.Author.Name, URL: cfg.Author.URL, Email: cfg.Author.Email},
		BaseURL:     cfg.BaseURL,
		SiteURL:     cfg.SiteURL,
		Taxonomies:  namedTaxonomies(cfg),
		Hubs:        hubsOf(cfg),
		Podcast:     podcast(cfg.Podcast),
		CacheBytes:  newBudget(cfg.Server.Cache).contents,
		For:         map[string]feed.Switches{},
	}
	for _, taxonomy := range ownFeeds(cfg) {
		own := cfg.Feeds.Of(taxonomy)
		s := feed.Switches{SummaryOnly: own.Content == "summary", Title: own.Title, Paths: map[feed.Format][]string{}}
		for _, format := range own.Formats {
			s.Formats = append(s.Formats, feed.Format(format))
			s.Paths[feed.Format(format)] = own.Paths[format]
		}
		o.For[taxonomy] = s
	}
	return o
}

// namedTaxonomies are those whose terms the front matter names.
func namedTaxonomies(cfg *config.Config) []string {
	return slices.DeleteFunc(slices.Clone(cfg.Content.Taxonomies), catalog.Derived)
}

// ownFeeds are the taxonomies that have feeds, after "" for the site, which has one too.
func ownFeeds(cfg *config.Config) []string {
	return append([]string{""}, cfg.Feeds.Taxonomies...)
}

// podcast is what feeds say of themselves as podcasts; nil: nothing.
func podcast(p config.Podcast) *feed.Podcast {
	if !p.Given {
		return nil
	}
	return &feed.Podcast{
		Image: p.Image, Categories: p.Categories, Explicit: p.Explicit, Type: p.Type,
		Owner: article.Author{Name: p.Owner.Name, Email: p.Owner.Email}, GUID: p.GUID,
	}
}
