package article

import (
	"time"

	"feedmill/internal/record"
)

// Write writes all that is known of a, for [Read].
func (a *Article) Write(w *record.Writer) {
	for _, s := range []string{a.Path, a.Title, a.ID, a.URL, a.Summary, a.Language, a.Image, a.Source} {
		w.Text(s)
	}
	w.Bytes(a.Hash[:])
	for _, t := range []time.Time{a.Published, a.Updated, a.Expires} {
		w.Time(t)
	}
	w.Bool(a.Hidden)
	w.Bool(a.Derived)
	record.List(w, a.Authors, func(p Author) {
		w.Word(p.Name)
		w.Word(p.URL)
		w.Word(p.Email)
	})
	record.List(w, a.Terms, func(t TermNames) {
		w.Word(t.Taxonomy)
		record.List(w, t.Names, w.Word)
	})
	record.List(w, a.Enclosures, func(e Enclosure) {
		w.Text(e.URL)
		w.Text(e.Type)
		w.Int(e.Length)
		w.Text(e.Path)
	})
	w.Bool(a.Podcast != nil)
	if a.Podcast != nil {
		a.Podcast.write(w)
	}
	record.List(w, a.Refs, w.Text)
	w.Int(int64(a.bodyOffset))
	w.Int(int64(a.bodyLine))
}

// Read reads what [Article.Write] has written. Whether that was all there tells r.
func Read(r *record.Reader) *Article {
	a, x := &Article{Extras: &noExtras}, Extras{}
	for _, s := range []*string{&a.Path, &a.Title, &a.ID, &a.URL, &a.Summary, &a.Language, &a.Image, &x.Source} {
		*s = r.Text()
	}
	r.Bytes(a.Hash[:])
	for _, t := range []*time.Time{&a.Published, &a.Updated, &x.Expires} {
		*t = r.Time()
	}
	a.Hidden, a.Derived = r.Bool(), r.Bool()
	a.Authors = record.ReadList(r, func() Author { return Author{Name: r.Word(), URL: r.Word(), Email: r.Word()} })
	a.Terms = record.ReadList(r, func() TermNames {
		return TermNames{Taxonomy: r.Word(), Names: record.ReadList(r, r.Word)}
	})
	x.Enclosures = record.ReadList(r, func() Enclosure {
		return Enclosure{URL: r.Text(), Type: r.Text(), Length: r.Int(), Path: r.Text()}
	})
	if r.Bool() {
		x.Podcast = readPodcast(r)
	}
	a.Refs = record.ReadList(r, r.Text)
	a.bodyOffset, a.bodyLine = int32(r.Int()), int32(r.Int())
	if x.orNone() != &noExtras {
		some := x // else there would be room for them in all cases
		a.Extras = &some
	}
	return a
}

func (p *Podcast) write(w *record.Writer) {
	w.Int(int64(p.Episode))
	w.Int(int64(p.Season))
	w.Text(p.Type)
	w.Int(int64(p.Duration))
	w.Text(p.Explicit)
	w.Text(p.Image)
	record.List(w, append(p.Transcripts[:len(p.Transcripts):len(p.Transcripts)], p.Chapters), func(f Resource) {
		w.Text(f.URL)
		w.Text(f.Type)
		w.Text(f.Language)
	})
}

func readPodcast(r *record.Reader) *Podcast {
	p := &Podcast{
		Episode: int(r.Int()), Season: int(r.Int()), Type: r.Text(), Duration: time.Duration(r.Int()),
		Explicit: r.Text(), Image: r.Text(),
	}
	files := record.ReadList(r, func() Resource { return Resource{URL: r.Text(), Type: r.Text(), Language: r.Text()} })
	if n := len(files) - 1; n >= 0 {
		p.Chapters = files[n]
		if n > 0 {
			p.Transcripts = files[:n]
		}
	}
	return p
}
