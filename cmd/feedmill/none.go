package main

import (
	"log/slog"
	"time"
)

// none tells why the site has no article, and what would be one. Like [catalog.Catalog.Census] it must
// not be called during a look.
func (s *site) none(now time.Time) (why, hint string) {
	c := s.catalog.Census(now)
	why = "no file ends in .md, .markdown, .mdown or .mdx, or in .html with front matter"
	if c.Files > 0 {
		why = summary(c)
	}
	if c.Files > c.Others {
		return why, "feedmill check tells what is wrong with files; a draft comes when it is none any more, one of the future on its date"
	}
	return why, "articles of the preset " + s.preset + " are " + s.takes + ": add one, or name their folder with --content or content.dir"
}

// warnNone warns of a site without any article.
func (s *site) warnNone(log *slog.Logger, now time.Time) {
	if snap := s.catalog.Current(); snap == nil || snap.Articles > 0 {
		return
	}
	why, hint := s.none(now)
	log.Warn("no article", "folder", s.cfg.Content.Dir, "why", why, "hint", hint)
}
