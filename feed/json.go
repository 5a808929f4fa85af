package feed

import (
	"cmp"
	"encoding/json"
	"io"
	"slices"

	"github.com/gorilla/feeds"
)

func writeJSON(w io.Writer, c channel) error {
	doc := jsonFeed{
		JSONFeed: &feeds.JSONFeed{
			Version:     "https://jsonfeed.org/version/1.1",
			Title:       c.title,
			Description: c.description,
			Language:    c.language,
			HomePageUrl: c.home,
			FeedUrl:     c.self,
			NextUrl:     c.previous,
			Authors:     []*feeds.JSONAuthor{{Name: cmp.Or(c.author.Name, c.site), Url: c.author.URL}},
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
		x.ContentText = it.summary // one of the two contents is required
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
	for i, e := range it.Enclosures {
		a := jsonAttachment{URL: e.URL, MIMEType: e.Type, Size: e.Length}
		if it.Podcast != nil && it.Recording() == &it.Enclosures[i] {
			a.Duration = int(it.Podcast.Duration.Seconds())
		}
		x.Attachments = append(x.Attachments, a)
	}
	return x
}
