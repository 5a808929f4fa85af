package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"feedmill/catalog"
	"feedmill/feed"
)

// paper is a document to be made and written.
type paper struct {
	feed.Document // without its Body
	file          string
	rank          int // those that a document leads to have lower ones
	body          func(context.Context) ([]byte, error)
}

// The ranks of what leads to archive documents, which have the lower ones, and to feeds.
const (
	feedRank = math.MaxInt - 1
	listRank = math.MaxInt
)

// papers yields all documents of the snapshot: those of each feed, page by page in its formats, and the
// list of all feeds. Those that show the same articles come together, since these are made HTML of once
// where they follow each other.
func papers(snap *catalog.Snapshot, mill *feed.Mill) iter.Seq[[]paper] {
	return func(yield func([]paper) bool) {
		for sel := range snap.Selections() {
			for together := range papersOf(mill, sel) {
				if !yield(together) {
					return
				}
			}
		}
		body, err := mill.OPML(snap)
		sum := sha256.Sum256(body)
		yield([]paper{{
			Document: feed.Document{Path: feed.OPMLPath, MediaType: feed.OPMLType, Tag: hex.EncodeToString(sum[:]), MaxAge: time.Hour},
			file:     feed.OPMLPath[1:], rank: listRank,
			body: func(context.Context) ([]byte, error) { return body, err },
		}})
	}
}

// papersOf yields all documents of one feed, those that show the same articles together.
func papersOf(mill *feed.Mill, sel *catalog.Selection) iter.Seq[[]paper] {
	return func(yield func([]paper) bool) {
		formats := mill.Formats(sel)
		var newest []paper
		for _, f := range formats {
			newest = append(newest, newPaper(mill.Head(sel, f), feedRank, func(ctx context.Context) ([]byte, error) {
				d, err := mill.Build(ctx, sel, f)
				return d.Body, err
			}))
		}
		if !yield(newest) {
			return
		}
		pages := slices.Collect(sel.Pages())
		for i, p := range pages {
			var older []paper
			for _, f := range formats {
				older = append(older, newPaper(mill.PageHead(sel, p, f), len(pages)-i, func(ctx context.Context) ([]byte, error) { // the oldest is the last
					d, err := mill.BuildPage(ctx, sel, p, f)
					return d.Body, err
				}))
			}
			if !yield(older) {
				return
			}
		}
	}
}

// newPaper names the file of a document: a web server that is to serve the files must find those of
// folders.
func newPaper(d feed.Document, rank int, body func(context.Context) ([]byte, error)) paper {
	file := d.Path[1:]
	if file == "" || strings.HasSuffix(file, "/") {
		file += "index.xml"
		if d.MediaType == feed.JSON.MediaType() {
			file = strings.TrimSuffix(file, "xml") + "json"
		}
	}
	return paper{d, file, rank, body}
}
