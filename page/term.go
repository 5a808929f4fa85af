package page

import (
	"context"
	"time"

	"feedmill/catalog"
)

type termPage struct {
	frame
	Heading  named
	Up       link // the page of the taxonomy
	Count    int
	Last     time.Time
	Rhythm   rhythm
	Articles []post
}

// Term is the page about a term: what a subscriber of its feed would read.
func (s Site) Term(ctx context.Context, sel *catalog.Selection) ([]byte, error) {
	d := termPage{
		frame: s.frame(sel), Heading: nameOf(sel), Count: sel.Count,
		Last: last(sel), Rhythm: rhythmOf(sel, spanOf(s.Snapshot.Site)),
	}
	d.Up = link{Name: taxonomyName(d.words, sel.Taxonomy), URL: s.Mill.At("/" + sel.Taxonomy + "/")}
	for _, e := range sel.Entries {
		c, err := s.Mill.Content(ctx, e)
		if err != nil {
			return nil, err
		}
		d.Articles = append(d.Articles, s.post(e, c.Summary))
	}
	return render("term.html", d)
}
