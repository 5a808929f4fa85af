package catalog

import "time"

// Census counts the files of the content folder by what became of them: the counts add up to Files.
type Census struct {
	Files    int `json:"files"`
	Articles int `json:"articles"` // in the feeds
	Hidden   int `json:"hidden"`   // by their authors: drafts and the like
	Future   int `json:"future"`   // not due yet
	Expired  int `json:"expired"`  // not due any more
	Others   int `json:"others"`   // no articles to the site's generator: section pages, layouts and the like
	Broken   int `json:"broken"`   // no version could be read; a problem says why
}

// Census counts the files known, at the time now. It must not be called during [Catalog.Apply].
func (c *Catalog) Census(now time.Time) Census {
	n := Census{Files: len(c.files)}
	for _, f := range c.files {
		switch a := f.good.article; {
		case a == nil && len(f.problems) > 0:
			n.Broken++
		case a == nil:
			n.Others++
		case a.Hidden:
			n.Hidden++
		case due(a, now):
			n.Articles++
		case a.Published.After(now):
			n.Future++
		default:
			n.Expired++
		}
	}
	return n
}
