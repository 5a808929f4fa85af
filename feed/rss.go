package feed

import (
	"fmt"
	"html"
	"io"
	"strconv"
	"time"

	"github.com/gorilla/feeds"

	"feedmill/article"
)

func writeRSS(w io.Writer, c channel) error {
	ch := rssChannel{
		Title:       newRSSText(c.title),
		Description: newRSSText(c.description),
		RssFeed: &feeds.RssFeed{
			Link:          c.home,
			Language:      c.language,
			LastBuildDate: c.updated.Format(time.RFC1123Z), // RFC 822 with four-digit years
			Generator:     generator,
			Docs:          "https://www.rssboard.org/rss-specification",
			Ttl:           int(c.ttl.Minutes()),
		},
		rssPodcast: rssPodcastOf(c),
	}
	for _, l := range c.links(RSS) {
		ch.Links = append(ch.Links, rssLink{Href: l.Href, Rel: l.Rel, Type: l.Type})
	}
	for _, it := range c.items {
		ch.Items = append(ch.Items, rssItemOf(it, c))
	}
	doc := &rss{
		RssFeedXml: &feeds.RssFeedXml{Version: "2.0", ContentNamespace: "http://purl.org/rss/1.0/modules/content/"},
		Atom:       "http://www.w3.org/2005/Atom",
		DC:         "http://purl.org/dc/elements/1.1/",
		Media:      "http://search.yahoo.com/mrss/",
		Channel:    ch,
	}
	if doc.Channel.history = c.history(); doc.Channel.history != (history{}) {
		doc.History = historyNamespace
	}
	doc.declarePodcast()
	return feeds.WriteXML(doc, w)
}

func rssItemOf(it item, c channel) rssItem {
	x := rssItem{
		Title: newRSSText(it.Title),
		RssItem: &feeds.RssItem{
			Link:        it.URL,
			Description: html.EscapeString(it.summary), // read as HTML
			Guid:        &feeds.RssGuid{Id: it.ID, IsPermaLink: strconv.FormatBool(it.ID == it.URL)},
			PubDate:     it.Published.Format(time.RFC1123Z),
		},
		Original:   it.Source,
		rssEpisode: rssEpisodeOf(it, c),
	}
	if it.html != "" {
		x.Content = &feeds.RssContent{Content: it.html}
	}
	if it.Language != c.language {
		x.Language = it.Language
	}
	authors := it.Authors
	if len(authors) == 0 && c.author.Name != "" {
		authors = []article.Author{c.author} // RSS knows no author of a feed
	}
	x.setAuthors(authors)
	for _, t := range it.terms {
		x.Categories = append(x.Categories, rssCategory{t.scheme, newRSSText(t.name)})
	}
	if it.Image != "" {
		x.Media = append(x.Media, rssMedia{URL: it.Image, Medium: "image"})
		x.Thumbnail = &rssMedia{URL: it.Image}
	}
	x.setEnclosures(it)
	return x
}

// setAuthors names people. An item that holds both <author> and <dc:creator> says it twice to some
// readers, so that the mail address goes where it would cost a name.
func (x *rssItem) setAuthors(authors []article.Author) {
	if len(authors) == 1 && authors[0].Email != "" {
		x.Author = fmt.Sprintf("%s (%s)", authors[0].Email, authors[0].Name)
		return
	}
	for _, a := range authors {
		x.Creators = append(x.Creators, newRSSText(a.Name))
	}
}

// setEnclosures encloses the recording, if there is one, else the first file.
func (x *rssItem) setEnclosures(it item) {
	if len(it.Enclosures) == 0 {
		return
	}
	first := &it.Enclosures[0]
	if recording := it.Recording(); recording != nil {
		first = recording
	}
	x.Enclosure = &feeds.RssEnclosure{Url: first.URL, Type: first.Type, Length: strconv.FormatInt(first.Length, 10)}
	for i, e := range it.Enclosures {
		if first != &it.Enclosures[i] {
			x.Media = append(x.Media, rssMedia{URL: e.URL, Type: e.Type, Size: e.Length})
		}
	}
}
