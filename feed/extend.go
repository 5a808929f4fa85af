package feed

import (
	"strings"

	"github.com/gorilla/feeds"
)

// The types here are those of gorilla/feeds with what its model lacks, each with the gap that it
// fills and the rule that asks for it. They embed what they extend: where an outer field has the XML
// or JSON name of an embedded one, encoding/xml and encoding/json take the outer.

// rss is a document of RSS 2.0. gorilla/feeds declares no namespace but that of content:encoded.
type rss struct {
	*feeds.RssFeedXml
	Atom    string `xml:"xmlns:atom,attr"`
	DC      string `xml:"xmlns:dc,attr"`
	Media   string `xml:"xmlns:media,attr"`
	History string `xml:"xmlns:fh,attr,omitempty"`      // where there is something of RFC 5005
	ITunes  string `xml:"xmlns:itunes,attr,omitempty"`  // where there are episodes
	Podcast string `xml:"xmlns:podcast,attr,omitempty"` // likewise
	Channel rssChannel
}

// FeedXml makes rss a [feeds.XmlFeed].
func (r *rss) FeedXml() any { return r }

type rssChannel struct {
	Title       rssText `xml:"title"`
	Description rssText `xml:"description"`
	*feeds.RssFeed
	// No address of its own. RSS Advisory Board, Best Practices Profile, "atom:link"; hubs: WebSub §4.
	Links []rssLink `xml:"atom:link"`
	history
	// Nothing of podcasts; nil: this is none.
	*rssPodcast
	Items []rssItem `xml:"item"` // extended, too
}

type rssLink struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
}

type rssItem struct {
	Title rssText `xml:"title"`
	*feeds.RssItem
	// One category, without a domain. RSS 2.0, "category": as many as there are, each with its own.
	Categories []rssCategory `xml:"category"`
	// <author> alone, which RSS 2.0 makes a mail address. Dublin Core 1.1, "creator", is a name.
	Creators []rssText `xml:"dc:creator"`
	Language string    `xml:"dc:language,omitempty"` // none; Dublin Core 1.1, "language"
	Original string    `xml:"dc:source,omitempty"`   // <source>, which RSS 2.0 makes a feed; Dublin Core 1.1, "source"
	// No picture, and one enclosure, which is what readers expect (Best Practices Profile,
	// "enclosure"). Media RSS 1.5.1, "media:content": the picture, and all further enclosures;
	// "media:thumbnail" is the picture as most readers want it.
	Media     []rssMedia `xml:"media:content"`
	Thumbnail *rssMedia  `xml:"media:thumbnail"`
	// Nothing of podcasts; nil: this is no episode.
	*rssEpisode
}

// rssText is text that is no HTML. gorilla/feeds leaves that to encoding/xml, which writes "&lt;".
// RSS Advisory Board, Best Practices Profile, "Character data": hexadecimal references are what most
// readers take for the characters themselves.
type rssText struct {
	XML string `xml:",innerxml"`
}

var hexadecimal = strings.NewReplacer("&", "&#x26;", "<", "&#x3C;", ">", "&#x3E;", "\r", "&#xD;")

func newRSSText(s string) rssText { return rssText{hexadecimal.Replace(s)} }

type rssCategory struct {
	Domain string `xml:"domain,attr"`
	rssText
}

type rssMedia struct {
	URL    string `xml:"url,attr"`
	Medium string `xml:"medium,attr,omitempty"`
	Type   string `xml:"type,attr,omitempty"`
	Size   int64  `xml:"fileSize,attr,omitempty"`
}

// rssPodcast is what players and directories ask of a channel: Apple's namespace, as in "A
// Podcaster's Guide to RSS", and that of Podcasting 2.0.
type rssPodcast struct {
	Author     string           `xml:"itunes:author"`
	Owner      *rssOwner        `xml:"itunes:owner"`
	Image      *rssHref         `xml:"itunes:image"`
	Categories []itunesCategory `xml:"itunes:category"`
	Explicit   string           `xml:"itunes:explicit"`
	Type       string           `xml:"itunes:type,omitempty"`
	GUID       string           `xml:"podcast:guid,omitempty"`
}

type rssOwner struct {
	Name  string `xml:"itunes:name,omitempty"`
	Email string `xml:"itunes:email,omitempty"`
}

type itunesCategory struct {
	Text string           `xml:"text,attr"`
	Sub  []itunesCategory `xml:"itunes:category"`
}

// rssEpisode is the same of an item.
type rssEpisode struct {
	Episode     int           `xml:"itunes:episode,omitempty"`
	Season      int           `xml:"itunes:season,omitempty"`
	Type        string        `xml:"itunes:episodeType,omitempty"`
	Duration    int           `xml:"itunes:duration,omitempty"` // seconds
	Explicit    string        `xml:"itunes:explicit,omitempty"`
	Image       *rssHref      `xml:"itunes:image"`
	Transcripts []rssResource `xml:"podcast:transcript"`
	Chapters    *rssResource  `xml:"podcast:chapters"`
}

type rssHref struct {
	Href string `xml:"href,attr"`
}

type rssResource struct {
	URL      string `xml:"url,attr"`
	Type     string `xml:"type,attr"`
	Language string `xml:"language,attr,omitempty"`
}

// history is what a feed says of the articles that it leaves out; gorilla/feeds knows nothing of
// that. RFC 5005 §2: it is complete; §4: it is an archive document. Links lead to the others.
type history struct {
	Complete *struct{} `xml:"fh:complete"`
	Archive  *struct{} `xml:"fh:archive"`
}

const historyNamespace = "http://purl.org/syndication/history/1.0"

// deletedEntry tells that an entry was deleted: RFC 6721 §3, which gorilla/feeds does not know.
type deletedEntry struct {
	Ref  string `xml:"ref,attr"`
	When string `xml:"when,attr"`
}

// atom is a document of RFC 4287.
type atom struct {
	*feeds.AtomFeed
	Lang    string           `xml:"xml:lang,attr,omitempty"` // none; §2
	Media   string           `xml:"xmlns:media,attr"`        // no namespace but its own
	History string           `xml:"xmlns:fh,attr,omitempty"` // where there is something of RFC 5005
	Deletes string           `xml:"xmlns:at,attr,omitempty"` // where there is something of RFC 6721
	Author  atomPerson       `xml:"author"`                  // one without a URI; §3.2.2
	Creator string           `xml:"generator"`               // none; §4.2.4
	Links   []feeds.AtomLink `xml:"link"`                    // a single one; §4.2.7: self and alternate
	history
	Deleted []deletedEntry `xml:"at:deleted-entry"`
	Entries []atomEntry    `xml:"entry"` // extended, too
}

// FeedXml makes atom a [feeds.XmlFeed].
func (a *atom) FeedXml() any { return a }

type atomEntry struct {
	*feeds.AtomEntry
	Lang       string         `xml:"xml:lang,attr,omitempty"` // none; §2
	Categories []atomCategory `xml:"category"`                // one, as text; §4.2.2: a term is an attribute
	Authors    []atomPerson   `xml:"author"`                  // one; §4.2.1: as many as there are
	Image      *rssMedia      `xml:"media:content"`           // no picture; Media RSS 1.5.1, as in RSS
	Thumbnail  *rssMedia      `xml:"media:thumbnail"`
}

type atomPerson = feeds.AtomPerson

type atomCategory struct {
	Term   string `xml:"term,attr"`
	Scheme string `xml:"scheme,attr"`
	Label  string `xml:"label,attr"`
}

// jsonFeed is a document of JSON Feed 1.1.
type jsonFeed struct {
	*feeds.JSONFeed
	Items []jsonItem `json:"items"` // left out where empty; "items": required
}

type jsonItem struct {
	*feeds.JSONItem
	Language    string           `json:"language,omitempty"` // none; "items", "language"
	Attachments []jsonAttachment `json:"attachments,omitempty"`
}

// jsonAttachment has its size under the wrong name, and up to 2 GiB. JSON Feed 1.1, "attachments":
// size_in_bytes.
type jsonAttachment struct {
	URL      string `json:"url"`
	MIMEType string `json:"mime_type"`
	Size     int64  `json:"size_in_bytes,omitempty"`
	Duration int    `json:"duration_in_seconds,omitempty"`
}
