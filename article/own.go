package article

import (
	"strings"
	"unique"
)

// own gives a the strings that it keeps for itself: a part of the front matter's text would keep all
// of it in memory for as long as the article. What many articles say is there once. Addresses and
// the names of terms have been made anew.
func (a *Article) own() {
	for _, s := range []*string{&a.Title, &a.ID, &a.Summary} {
		*s = strings.Clone(*s)
	}
	for i := range a.Authors {
		share(&a.Authors[i].Name)
		share(&a.Authors[i].Email)
	}
	for i := range a.Enclosures {
		share(&a.Enclosures[i].Type)
		a.Enclosures[i].Path = strings.Clone(a.Enclosures[i].Path)
	}
	if p := a.Podcast; p != nil {
		share(&p.Type)
		for i := range p.Transcripts {
			share(&p.Transcripts[i].Type)
		}
		share(&p.Chapters.Type)
	}
}

func share(s *string) { *s = unique.Make(*s).Value() }
