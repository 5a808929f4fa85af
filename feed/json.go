package feed

import (
	"cmp"
	"encoding/json"
	"io"
	"slices"

	"github.com/gorilla/feeds"
)

// The types here embed those of gorilla/feeds; where an outer field has the JSON name of an
// embedded one, encoding/json takes the outer.

type jsonFeed struct {
	*feeds.JSONFeed
	Items []jsonItem `json:"items"` // required, in an empty feed too
}

type jsonItem struct {
	*feeds.JSONItem
	Language    string           `json:"language,omitempty"`
	Attachments []jsonAttachment `json:"attachments,omitempty"` // gorilla/feeds' size ends at 2 GiB
}

type jsonAttachment struct {
	URL      string `json:"url"`
	MIMEType string `json:"mime_type"`
	Size     int64  `json:"size_in_bytes,omitempty"`
}

func writeJSON(w io.Writer, c channel) error {
	doc := jsonFeed{
		JSONFeed: &feeds.JSONFeed{
			Version:     "https://jsonfeed.org/version/1.1",
			Title:       c.title,
			Description: c.description,
			Language:    c.language,
			HomePageUrl: c.home,
			FeedUrl:     c.self,
			Authors:     []*feeds.JSONAuthor{{Name: c.author.Name, Url: c.author.URL}},
		},
		Items: make([]jsonItem, 0, len(c.items)),
	}
	for _, h := range c.hubs {
		doc.Hubs = append(doc.Hubs, &feeds.JSONHub{Type: "WebSub", Url: h})
	}
	for _, it := range c.items {
		doc.Items = append(doc.Items, jsonItemOf(it, c.language))
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}

func jsonItemOf(it item, language string) jsonItem {
	x := jsonItem{JSONItem: &feeds.JSONItem{
		Id:            it.ID,
		Url:           it.URL,
		ExternalUrl:   it.Source,
		Title:         it.Title,
		ContentHTML:   it.html,
		Summary:       it.summary,
		Image:         it.Image,
		PublishedDate: &it.Published,
		ModifiedDate:  &it.Updated,
	}}
	if it.html == "" {
		// One of the two contents is required.
		x.ContentText = cmp.Or(it.summary, it.Title)
	}
	if it.Language != language {
		x.Language = it.Language
	}
	for _, a := range it.Authors {
		x.Authors = append(x.Authors, &feeds.JSONAuthor{Name: a.Name, Url: a.URL})
	}
	for _, t := range it.terms {
		if !slices.Contains(x.Tags, t.name) {
			x.Tags = append(x.Tags, t.name)
		}
	}
	for _, e := range it.Enclosures {
		x.Attachments = append(x.Attachments, jsonAttachment{URL: e.URL, MIMEType: e.Type, Size: e.Length})
	}
	return x
}
