package feed

import (
	"context"
	"time"

	"github.com/maypok86/otter/v2"

	"feedmill/article"
	"feedmill/catalog"
)

// channel is a feed as all formats tell it: what differs between them is only how.
type channel struct {
	title, description string
	id                 string // the same in every format
	home               string // the page for people
	self               string // the document's own URL
	current, next      string // URLs of the feed and of the next archive document, for an archive document; or ""
	previous           string // URL of the archive document before, or ""
	complete           bool   // there is nothing that the document leaves out (RFC 5005 §2)
	deleted            []catalog.Deleted
	hubs               []string
	language           string
	site               string         // its title
	author             article.Author // of articles that name nobody; zero: nobody
	podcast            *Podcast       // nil: it is none
	updated            time.Time
	ttl                time.Duration
	items              []item
}

// item is an entry with its content.
type item struct {
	*catalog.Entry
	html    string
	summary string
	terms   []term
}

// term is one category or tag of an item. The name is as the article writes it, so that no other
// article has a say in it.
type term struct {
	scheme string // URL of the taxonomy
	name   string
}

// size is about how many bytes a document of c has.
func (c channel) size() int {
	const head, around = 2 << 10, 1 << 10 // what stands before the items, and around the texts of one
	size := head
	for _, it := range c.items {
		size += around + len(it.summary) + len(it.html)*5/4 // of which some is escaped
	}
	return size
}

// noArticles dates a feed that has none: RFC 4287 §4.2.15 demands a date, and it must not depend
// on when it is asked for.
var noArticles = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func (m *Mill) channel(ctx context.Context, p part, f Format) (channel, error) {
	sel := p.sel
	c := channel{
		title:       m.Title(sel),
		description: m.o.Description,
		id:          m.PageURL(sel),
		home:        m.Home(sel),
		self:        m.At(m.pathOf(p, f)),
		language:    m.o.Language,
		site:        m.o.Title,
		author:      m.o.Author,
		updated:     p.updated(),
		ttl:         p.maxAge(),
	}
	if p.page == nil {
		c.complete, c.deleted = sel.Complete(), sel.Deleted
		c.hubs = m.o.Hubs // which tell of feeds alone
	} else {
		c.current = m.URL(sel, f)
		c.next = m.At(m.PagePath(sel, p.page.Next, f))
	}
	if name := p.previous(); name != "" {
		c.previous = m.At(m.PagePath(sel, name, f))
	}
	if sel.Taxonomy == catalog.Languages {
		c.language = sel.Name
	}
	if c.description == "" || sel.Taxonomy != "" {
		c.description = c.title
	}
	c.podcast = m.podcast(p)
	for _, e := range p.entries() {
		content, err := m.Content(ctx, e)
		if err != nil {
			return channel{}, err
		}
		it := item{Entry: e, html: content.HTML, summary: content.Summary}
		if m.of(sel.Taxonomy).SummaryOnly {
			it.html = ""
		}
		if it.html == "" && it.summary == "" {
			// JSON Feed 1.1, "items", wants one of them, and validators of the others miss one.
			it.summary = it.Title
		}
		for _, taxonomy := range m.o.Taxonomies {
			for _, name := range e.Terms.Of(taxonomy) {
				it.terms = append(it.terms, term{scheme: m.At("/" + taxonomy + "/"), name: name})
			}
		}
		c.items = append(c.items, it)
	}
	return c, nil
}

// Content returns the HTML and the summary of an entry. It fails where [Options.Text] does.
func (m *Mill) Content(ctx context.Context, e *catalog.Entry) (article.Content, error) {
	return m.contents.Get(ctx, e.Digest(), otter.LoaderFunc[digest, article.Content](
		func(context.Context, digest) (article.Content, error) {
			src, err := m.o.Text(e)
			if err != nil {
				return article.Content{}, err
			}
			c, problems := m.o.Parser.Render(e.Article, src, e.Links)
			if len(problems) > 0 {
				m.o.Problems(problems)
			}
			return c, nil
		}))
}
