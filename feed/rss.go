package feed

import (
	"fmt"
	"html"
	"io"
	"strconv"
	"time"

	"github.com/gorilla/feeds"
)

// The types here embed those of gorilla/feeds and add what these leave out. Where an outer field
// has the XML name of an embedded one, encoding/xml takes the outer.

// rss adds the namespaces that the elements below need.
type rss struct {
	*feeds.RssFeedXml
	Atom    string `xml:"xmlns:atom,attr"`
	DC      string `xml:"xmlns:dc,attr"`
	Media   string `xml:"xmlns:media,attr"`
	Channel rssChannel
}

// FeedXml makes rss a [feeds.XmlFeed].
func (r *rss) FeedXml() any { return r }

type rssChannel struct {
	*feeds.RssFeed
	// RSS Advisory Board, Best Practices Profile, "atom:link": the feed's own address; WebSub §4: hubs.
	Links []rssLink `xml:"atom:link"`
	Items []rssItem `xml:"item"`
}

type rssLink struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
}

type rssItem struct {
	*feeds.RssItem
	// gorilla/feeds knows one category, and no domain.
	Categories []rssCategory `xml:"category"`
	// RSS 2.0 <author> is an e-mail address; Dublin Core names people.
	Creators []string `xml:"dc:creator"`
	Language string   `xml:"dc:language,omitempty"`
	Original string   `xml:"dc:source,omitempty"`
	// Media RSS 1.5.1. The thumbnail is what most readers show, the content what others do.
	Image     *rssMedia `xml:"media:content"`
	Thumbnail *rssMedia `xml:"media:thumbnail"`
}

type rssCategory struct {
	Domain string `xml:"domain,attr"`
	Name   string `xml:",chardata"`
}

type rssMedia struct {
	URL    string `xml:"url,attr"`
	Medium string `xml:"medium,attr,omitempty"`
}

func writeRSS(w io.Writer, c channel) error {
	ch := rssChannel{
		RssFeed: &feeds.RssFeed{
			Title:         c.title,
			Link:          c.home,
			Description:   c.description,
			Language:      c.language,
			LastBuildDate: c.updated.Format(time.RFC1123Z), // RFC 822 with four-digit years
			Generator:     generator,
			Docs:          "https://www.rssboard.org/rss-specification",
			Ttl:           int(c.ttl.Minutes()),
		},
		Links: []rssLink{{Href: c.self, Rel: "self", Type: RSS.MediaType()}},
	}
	for _, h := range c.hubs {
		ch.Links = append(ch.Links, rssLink{Href: h, Rel: "hub"})
	}
	for _, it := range c.items {
		ch.Items = append(ch.Items, rssItemOf(it, c.language))
	}
	doc := &rss{
		RssFeedXml: &feeds.RssFeedXml{Version: "2.0", ContentNamespace: "http://purl.org/rss/1.0/modules/content/"},
		Atom:       "http://www.w3.org/2005/Atom",
		DC:         "http://purl.org/dc/elements/1.1/",
		Media:      "http://search.yahoo.com/mrss/",
		Channel:    ch,
	}
	return feeds.WriteXML(doc, w)
}

func rssItemOf(it item, language string) rssItem {
	x := rssItem{
		RssItem: &feeds.RssItem{
			Title:       it.Title,
			Link:        it.URL,
			Description: html.EscapeString(it.summary), // read as HTML
			Guid:        &feeds.RssGuid{Id: it.ID, IsPermaLink: strconv.FormatBool(it.ID == it.URL)},
			PubDate:     it.Published.Format(time.RFC1123Z),
		},
		Original: it.Source,
	}
	if it.html != "" {
		x.Content = &feeds.RssContent{Content: it.html}
	}
	if it.Language != language {
		x.Language = it.Language
	}
	for _, a := range it.Authors {
		x.Creators = append(x.Creators, a.Name)
		if a.Email != "" && x.Author == "" {
			x.Author = fmt.Sprintf("%s (%s)", a.Email, a.Name)
		}
	}
	for _, t := range it.terms {
		x.Categories = append(x.Categories, rssCategory{Domain: t.scheme, Name: t.name})
	}
	if it.Image != "" {
		x.Image = &rssMedia{URL: it.Image, Medium: "image"}
		x.Thumbnail = &rssMedia{URL: it.Image}
	}
	// RSS Advisory Board, Best Practices Profile, "enclosure": one an item, for the sake of readers.
	if len(it.Enclosures) > 0 {
		e := it.Enclosures[0]
		x.Enclosure = &feeds.RssEnclosure{Url: e.URL, Type: e.Type, Length: strconv.FormatInt(e.Length, 10)}
	}
	return x
}
