package main

import (
	"feedmill/catalog"
	"feedmill/config"
	"feedmill/feed"
)

// setSwitches gives the stages what the configuration says about the feed of the site and about
// those of each taxonomy.
func setSwitches(f config.Feeds, c *catalog.Options, m *feed.Options) {
	c.Limits, c.Minimum, m.For = map[string]int{}, map[string]int{}, map[string]feed.Switches{}
	for _, taxonomy := range append([]string{""}, f.Taxonomies...) {
		own := f.Of(taxonomy)
		c.Limits[taxonomy], c.Minimum[taxonomy] = own.Limit, own.Minimum
		s := feed.Switches{SummaryOnly: own.Content == "summary", Title: own.Title, Paths: map[feed.Format][]string{}}
		for _, format := range own.Formats {
			s.Formats = append(s.Formats, feed.Format(format))
			s.Paths[feed.Format(format)] = own.Paths[format]
		}
		m.For[taxonomy] = s
	}
}
