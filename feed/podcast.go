package feed

import (
	"cmp"
	"slices"
	"strings"

	"feedmill/article"
	"feedmill/catalog"
)

// Podcast is what directories want to know of a site as a podcast. It stands in every feed that
// shows an episode, which is an article with a recording, so that each of them can be subscribed to
// as a podcast; the identity alone is that of the whole site's.
type Podcast struct {
	Image      string         // absolute URL of the cover, or ""
	Categories []string       // Apple's, as in "Arts" or "Arts > Books"
	Explicit   string         // "true" or "false"
	Type       string         // "episodic", "serial", or ""
	Owner      article.Author // for directories alone; zero: not told
	GUID       string         // of Podcasting 2.0, or ""
}

// podcast is what a document says of itself as a podcast, or nil.
func (m *Mill) podcast(of part) *Podcast {
	if m.o.Podcast == nil || !slices.ContainsFunc(of.entries(), isEpisode) {
		return nil
	}
	p := *m.o.Podcast
	if of.sel.Taxonomy != "" {
		p.GUID = ""
	}
	return &p
}

func isEpisode(e *catalog.Entry) bool { return e.Recording() != nil }

func rssPodcastOf(c channel) *rssPodcast {
	p := c.podcast
	if p == nil {
		return nil
	}
	x := &rssPodcast{
		Author: cmp.Or(c.author.Name, c.site), Explicit: p.Explicit, Type: p.Type, GUID: p.GUID, Image: href(p.Image),
	}
	if p.Owner.Name+p.Owner.Email != "" {
		x.Owner = &rssOwner{p.Owner.Name, p.Owner.Email}
	}
	for _, category := range p.Categories {
		name, sub, ok := strings.Cut(category, " > ")
		y := itunesCategory{Text: name}
		if ok {
			y.Sub = []itunesCategory{{Text: sub}}
		}
		x.Categories = append(x.Categories, y)
	}
	return x
}

// rssEpisodeOf is nil for an item that is no episode, and for one of which nothing is told.
func rssEpisodeOf(it item, c channel) *rssEpisode {
	p := it.Podcast
	switch {
	case !isEpisode(it.Entry) || p == nil && c.podcast == nil:
		return nil
	case p == nil:
		p = &article.Podcast{}
	}
	x := &rssEpisode{
		Episode: p.Episode, Season: p.Season, Type: p.Type, Duration: int(p.Duration.Seconds()), Explicit: p.Explicit,
		Image: href(cmp.Or(p.Image, it.Image)),
	}
	for _, t := range p.Transcripts {
		x.Transcripts = append(x.Transcripts, rssResource(t))
	}
	if p.Chapters.URL != "" {
		x.Chapters = &rssResource{URL: p.Chapters.URL, Type: p.Chapters.Type}
	}
	return x
}

func href(url string) *rssHref {
	if url == "" {
		return nil
	}
	return &rssHref{url}
}

// declarePodcast declares the namespaces of podcasts that the document uses.
func (r *rss) declarePodcast() {
	itunes, podcast := r.Channel.rssPodcast != nil, r.Channel.rssPodcast != nil && r.Channel.GUID != ""
	for _, it := range r.Channel.Items {
		if e := it.rssEpisode; e != nil {
			itunes = true
			podcast = podcast || e.Transcripts != nil || e.Chapters != nil
		}
	}
	if itunes {
		r.ITunes = "http://www.itunes.com/dtds/podcast-1.0.dtd"
	}
	if podcast {
		r.Podcast = "https://podcastindex.org/namespace/1.0"
	}
}
