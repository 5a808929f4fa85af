// Package article turns the name and bytes of one content file into facts and HTML.
//
// [Parser.Parse] reads the front matter and gives an [Article]: plain facts, no HTML.
// [Parser.Render] makes the HTML and the summary of one article, when a reader asks for it.
// Neither opens a file, asks the clock, or fails as a whole: what is wrong with a file is told
// as [Problem] values with path and line.
//
// Content is not trusted. Front matter is refused beyond 64 KiB, 1,000 keys or 32 levels, and a
// file in UTF-16 altogether.
package article

import (
	"crypto/sha256"
	"time"
)

// Article is the facts of one content file. It is immutable and safe to share.
// Every string in it but Path is valid UTF-8 and holds XML 1.0 characters only.
type Article struct {
	Path string            // slash-separated, relative to the content folder
	Hash [sha256.Size]byte // SHA-256 of the file's bytes

	Title string // plain text on one line, never empty
	ID    string // absolute URI made from the author's explicit id, else by [Layout.ID], or ""
	URL   string // absolute RFC 3986 URL of the page

	Published time.Time // zero: neither the front matter nor the name tells
	Updated   time.Time // never before Published; zero: not told by the author

	Summary  string // plain text given by the author, or ""
	Authors  []Author
	Terms    Terms
	Language string // BCP 47, or "" for the site's own

	Image string // absolute URL, or ""

	// Refs are names by which the body may refer to other articles, sorted: paths of files below the
	// content folder, with or without ending, or mere names of files; after "//LANGUAGE/" those of the
	// article in that language. [Parser.Render] wants their URLs.
	Refs []string

	*Extras // never nil in an article that was parsed or read

	bodyOffset int32 // where the body begins in the file's bytes
	bodyLine   int32 // line of the file on which the body begins, from 1
	Hidden     bool  // a draft, or kept out of feeds by its author
	Derived    bool  // ID is by the layout, not the author's
}

// Extras are the facts that few articles have. A site has many articles, to which room for them would
// be dear. They are immutable, too, since all articles without any share theirs.
type Extras struct {
	Expires    time.Time // zero: never
	Enclosures []Enclosure
	Podcast    *Podcast // what the author says of the article as an episode; nil without [Article.Recording]
	Source     string   // absolute URL of the original that the author names, or ""
}

// noExtras are those of an article that has none.
var noExtras Extras

// orNone is x itself, or what all share where there is nothing in it.
func (x *Extras) orNone() *Extras {
	if x.Expires.IsZero() && x.Enclosures == nil && x.Podcast == nil && x.Source == "" {
		return &noExtras
	}
	return x
}

// Body is what follows the front matter in the bytes of the file, src.
func (a *Article) Body(src []byte) []byte { return src[a.bodyOffset:] }

// Explicit is the id that the author gave the article, or "".
func (a *Article) Explicit() string {
	if a.Derived {
		return ""
	}
	return a.ID
}

// Terms is the terms of an article, of each taxonomy that it has any of. A site has few taxonomies
// and many articles, to which maps would be dear.
type Terms []TermNames

// TermNames is the names of the terms of one taxonomy ("categories", "tags", …), as the author writes
// them and in that order.
type TermNames struct {
	Taxonomy string
	Names    []string
}

// Of returns the names of the terms of a taxonomy.
func (ts Terms) Of(taxonomy string) []string {
	for _, t := range ts {
		if t.Taxonomy == taxonomy {
			return t.Names
		}
	}
	return nil
}

// Author is a person or organisation that wrote an article. Name is never empty.
type Author struct {
	Name  string
	URL   string // absolute, or ""
	Email string
}

// Enclosure is a media file that belongs to an article.
type Enclosure struct {
	URL    string // absolute
	Type   string // MIME type, never empty
	Length int64  // bytes; 0: unknown

	// Path is where the file may lie below the content folder, slash-separated, when the author does
	// not tell its length; else "". Whoever opens files may measure it.
	Path string `json:"-"` // which feeds do not show
}

// Content is what [Parser.Render] makes of an article's body.
type Content struct {
	HTML    string // sanitised, every URL absolute
	Summary string // plain text: the author's, else made from the body
}
